#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <akin/tuning/detail/proposals.hpp>

#include "support/catch.hpp"
#include "tuning/tuning_data.hpp"

using akin::detail::proposal_setting;
using akin::detail::proposals;
using akin::detail::tried_trial;

namespace {

proposal_setting small_data() {
  proposal_setting setting{{1000, 500, 20000, 20000 * 30.0, 20000 * 60.0}};
  return setting;
}

/// All that is proposed, if `score` is what comes of it. Its options are some of the model's.
template <class Score>
std::vector<tried_trial> run(const proposal_setting& setting, Score score, std::size_t most = 200) {
  proposals next(setting);
  std::vector<tried_trial> tried;
  while (tried.size() < most) {
    auto parameters = next.next(tried);
    if (!parameters) break;
    tried_trial trial{*parameters};
    trial.score = score(*parameters);
    trial.is_complete = true;
    for (const auto& [name, value] : *parameters)
      if (name != "model" && name != "values" && name != "half_life_days") trial.options.emplace(name, value);
    trial.options.emplace("neighbors", akin::parameter_value(200));
    trial.options.emplace("l1", akin::parameter_value(0.3));
    trial.options.emplace("regularization", akin::parameter_value(100.0));
    tried.push_back(std::move(trial));
  }
  return tried;
}

std::vector<std::string> kinds_of(const std::vector<tried_trial>& tried) {
  std::vector<std::string> kinds;
  for (const auto& trial : tried) kinds.push_back(trial.kind());
  return kinds;
}

bool proposes(const std::vector<tried_trial>& tried, const char* kind) {
  const auto kinds = kinds_of(tried);
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

double equal(const akin::parameter_map&) { return 0.1; }

}  // namespace

TEST_CASE("the portfolio begins with the cheap kinds and has the others later") {
  const auto tried = run(small_data(), equal);
  const auto kinds = kinds_of(tried);
  CHECK(std::vector<std::string>(kinds.begin(), kinds.begin() + 3) ==
        std::vector<std::string>{"user_knn", "rp3beta", "item_knn"});
  for (const char* kind : {"slim", "ease", "implicit_als", "graph_filter"}) CHECK(proposes(tried, kind));
  CHECK_FALSE(proposes(tried, "content_model"));
  auto with_features = small_data();
  with_features.has_features = true;
  CHECK(proposes(run(with_features, equal), "content_model"));
}

TEST_CASE("ease is for small catalogues, many factors for large ones") {
  auto large = small_data();
  large.size.items = 30000;
  CHECK_FALSE(proposes(run(large, equal, 14), "ease"));
  const auto has_512 = [](const std::vector<tried_trial>& tried) {
    return std::any_of(tried.begin(), tried.end(), [](const tried_trial& trial) {
      const auto factors = trial.parameters.find("factors");
      return factors != trial.parameters.end() && factors->second.number() == 512;
    });
  };
  CHECK(has_512(run(large, equal, 14)));
  CHECK_FALSE(has_512(run(small_data(), equal, 14)));
}

TEST_CASE("excluded kinds are not proposed") {
  auto setting = small_data();
  setting.exclude = {"user_knn", "ease", "slim"};
  const auto tried = run(setting, equal);
  CHECK(tried.size() > 20);
  for (const auto& kind : setting.exclude) CHECK_FALSE(proposes(tried, kind.c_str()));
  setting.exclude = {"user_knn", "rp3beta", "item_knn", "slim", "ease", "implicit_als", "graph_filter"};
  CHECK(run(setting, equal).empty());
}

TEST_CASE("no trial is proposed twice, and the seed alone decides") {
  const auto a = run(small_data(), equal), b = run(small_data(), equal);
  auto other = small_data();
  other.seed = 1;
  const auto c = run(other, equal);
  CHECK(a.size() > 30);
  REQUIRE(a.size() == b.size());
  bool differs = a.size() != c.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].parameters == b[i].parameters);
    for (std::size_t j = 0; j < i; ++j) REQUIRE(a[i].parameters != a[j].parameters);
    differs = differs || a[i].parameters != c[i].parameters;
  }
  CHECK(differs);
}

TEST_CASE("kinds far below the best get no further trials") {
  const auto tried = run(small_data(), [](const akin::parameter_map& parameters) {
    return parameters.at("model").text() == "ease" ? 0.2 : 0.1;
  });
  const auto kinds = kinds_of(tried);
  CHECK(std::count(kinds.begin(), kinds.end(), "user_knn") == 1);
  CHECK(std::count(kinds.begin(), kinds.end(), "ease") > 5);
  CHECK(proposes(tried, "graph_filter"));  // one trial is everybody's
}

TEST_CASE("other values are tried with the best kind after three trials; the best of them is everybody's") {
  auto setting = small_data();
  setting.values_differ = true;
  setting.days = 30;
  const auto tried = run(setting, [](const akin::parameter_map& parameters) {
    const auto values = parameters.find("values");
    return (values != parameters.end() && values->second.text() == "log" ? 0.2 : 0.1) +
           (parameters.at("model").text() == "rp3beta" ? 0.01 : 0);
  });
  REQUIRE(tried.size() > 8);
  for (std::size_t i = 3; i < 7; ++i) CHECK(tried[i].kind() == "rp3beta");
  CHECK(tried[3].parameters.at("values").text() == "presence");
  CHECK(tried[4].parameters.at("values").text() == "log");
  CHECK(tried[5].parameters.at("half_life_days").number() == Approx(10));
  CHECK(tried[6].parameters.at("half_life_days").number() == Approx(3));
  for (std::size_t i = 7; i < tried.size(); ++i) {
    REQUIRE(tried[i].parameters.contains("values"));
    CHECK(tried[i].parameters.at("values").text() == "log");
    CHECK_FALSE(tried[i].parameters.contains("half_life_days"));
  }
}

TEST_CASE("values that are as good as the stored ones are not taken on") {
  auto setting = small_data();
  setting.values_differ = true;
  const auto tried = run(setting, equal, 12);
  for (std::size_t i = 5; i < tried.size(); ++i) CHECK_FALSE(tried[i].parameters.contains("values"));
}

TEST_CASE("moves stay within their bounds") {
  const auto tried = run(small_data(), [step = 0.1](const akin::parameter_map&) mutable { return step += 0.0001; });
  for (const auto& trial : tried) {
    const auto number = [&](const char* name) { return akin::detail::number_of(trial.parameters, name, 0); };
    CHECK(number("neighbors") <= 2000);
    CHECK(number("beta") >= 0);
    CHECK(number("beta") <= 1);
    CHECK(number("dropout") <= 0.9);
    CHECK(number("factors") <= 1024);
  }
}

TEST_CASE("the best of each kind: complete trials only, the earlier one of equals") {
  std::vector<tried_trial> tried;
  const auto add = [&](const char* kind, double score, bool is_complete) {
    tried_trial trial{tuning_test::trial_of(kind).parameters};
    trial.score = score;
    trial.is_complete = is_complete;
    tried.push_back(std::move(trial));
  };
  add("ease", 0.1, true), add("slim", 0.3, true), add("ease", 0.2, true), add("slim", 0.3, true);
  add("ease", 0.9, false), add("item_knn", 0.9, false);
  const auto best = akin::detail::best_of_kinds(tried);
  REQUIRE(best.size() == 2);
  CHECK(best[0] == &tried[1]);
  CHECK(best[1] == &tried[2]);
}
