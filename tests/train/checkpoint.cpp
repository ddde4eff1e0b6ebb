#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/factorization/nmf.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/factorization/warp.hpp>
#include <akin/progress.hpp>
#include <akin/train/checkpoint.hpp>

#include "io/folder.hpp"
#include "neighbors/reference.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace {

namespace execution = akin::execution;

constexpr int planned = 6;

template <class Model>
typename Model::options_type small_options() {
  typename Model::options_type options;
  options.factors = 4;
  if constexpr (requires { options.epochs; })
    options.epochs = planned;
  else
    options.iterations = planned;
  if constexpr (requires { options.learning_rate_decay; }) options.learning_rate_decay = 0.7;
  return options;
}

/// As if the process were killed in this iteration: nothing is written any more.
struct killed_in {
  int iteration;
  void operator()(const akin::progress& reached) const {
    if (reached.iteration == iteration) throw std::runtime_error("killed");
  }
};

/// Fits to the same data as `fit`, killed and gone on with twice, and compares with a fit that nobody disturbs.
template <class Make, class Fit>
void check_goes_on(const Make& make, const Fit& fit) {
  const folder files;
  const auto path = files / "training";
  auto whole = make();
  akin::no_observer nobody;
  fit(whole, nobody);

  auto model = make();
  for (const int iteration : {3, 5}) {
    auto observer = akin::checkpoint(path, {}, killed_in{iteration});
    CHECK_THROWS_WITH(fit(model, observer), "killed");
    CHECK_FALSE(model.is_fitted());
    CHECK(std::filesystem::exists(path));
  }
  std::vector<int> told;
  auto observer = akin::checkpoint(path, {.every = 2}, [&](const akin::progress& p) { told.push_back(p.iteration); });
  fit(model, observer);
  CHECK(told == std::vector<int>{5, 6});
  CHECK(akin_test::bytes_of(model) == akin_test::bytes_of(whole));
  CHECK_FALSE(std::filesystem::exists(path));
}

}  // namespace

TEMPLATE_TEST_CASE("a killed training goes on to the same bits", "", akin::implicit_als<float>,
                   akin::implicit_als<double>, akin::explicit_als<float>, akin::nmf<float>, akin::bpr<float>,
                   akin::warp<float>, akin::logistic_mf<float>, akin::biased_mf<float>, akin::svdpp<float>) {
  const auto clicks = akin_test::some_clicks<TestType>();
  check_goes_on([] { return TestType(small_options<TestType>()); },
                [&](TestType& model, auto& observer) { model.fit(execution::par.threads(2), clicks, observer); });
}

TEST_CASE("a training with features goes on to the same bits") {
  using model_type = akin::implicit_als<float>;
  const auto clicks = akin_test::some_clicks<model_type>();
  const auto features = akin_test::matrix_of<model_type>(40, 3, {{0, 0, 1}, {3, 1, 2}, {17, 2, 1}, {39, 0, 3}});
  check_goes_on(
      [] { return model_type(small_options<model_type>()); },
      [&](model_type& model, auto& observer) { model.fit(execution::seq, clicks, {.items = features}, observer); });
}

TEST_CASE("a training with validation data goes on to the same bits, its best epoch included") {
  using model_type = akin::biased_mf<float>;
  const auto ratings = akin_test::some_ratings<float>(60, 40, 3);  // there is nothing to learn but the items' means
  auto options = small_options<model_type>();
  options.validation_fraction = 0.3;
  options.patience = 100;
  options.factors = 16;
  SECTION("the last epoch is the best") { options.learning_rate = 0.001; }
  SECTION("an epoch before the checkpoint is the best") { options.learning_rate = 0.05; }
  std::vector<double> losses;
  model_type(options).fit(execution::seq, ratings, [&](const akin::progress& p) { losses.push_back(p.loss); });
  const auto best = std::min_element(losses.begin(), losses.end()) - losses.begin() + 1;
  CHECK((options.learning_rate < 0.01 ? best == planned : best < 3));
  check_goes_on([&] { return model_type(options); },
                [&](model_type& model, auto& observer) { model.fit(execution::seq, ratings, observer); });
}

TEST_CASE("a training with weights goes on to the same bits") {
  using model_type = akin::explicit_als<float>;
  const auto ratings = akin_test::some_clicks<model_type>();
  auto weights = ratings;
  for (int i = 0; i < weights.nonZeros(); ++i) weights.valuePtr()[i] = static_cast<float>(i % 3);
  check_goes_on([] { return model_type(small_options<model_type>()); },
                [&](model_type& model, auto& observer) { model.fit(execution::seq, ratings, weights, observer); });
}

TEST_CASE("what the observer behind a checkpoint ends stays on the disk, and can go on") {
  using model_type = akin::bpr<float>;
  const folder files;
  const auto path = files / "training";
  const auto clicks = akin_test::some_clicks<model_type>();
  model_type whole(small_options<model_type>()), model(small_options<model_type>());
  whole.fit(execution::seq, clicks);
  model.fit(execution::seq, clicks,
            akin::checkpoint(path, {.every = 100}, [](const akin::progress& p) { return p.iteration < 4; }));
  CHECK(model.is_fitted());
  CHECK(akin_test::bytes_of(model) != akin_test::bytes_of(whole));
  CHECK(std::filesystem::exists(path));
  model.fit(execution::seq, clicks, akin::checkpoint(path));
  CHECK(akin_test::bytes_of(model) == akin_test::bytes_of(whole));
}

TEST_CASE("a state is written every so many iterations") {
  using model_type = akin::nmf<float>;
  const folder files;
  const auto path = files / "training";
  const auto clicks = akin_test::some_clicks<model_type>();
  model_type model(small_options<model_type>());
  std::vector<int> told;
  auto before = akin::checkpoint(path, {.every = 3}, killed_in{6});
  CHECK_THROWS(model.fit(execution::seq, clicks, before));
  model.fit(execution::seq, clicks,
            akin::checkpoint(path, {}, [&](const akin::progress& p) { told.push_back(p.iteration); }));
  CHECK(told == std::vector<int>{4, 5, 6});
}

TEST_CASE("a checkpoint refuses what is not its training, and leaves model and file as they were") {
  using model_type = akin::implicit_als<float>;
  const folder files;
  const auto path = files / "training";
  const auto clicks = akin_test::some_clicks<model_type>();
  model_type model(small_options<model_type>());
  CHECK_THROWS(model.fit(execution::seq, clicks, akin::checkpoint(path, {}, killed_in{3})));
  const std::string bytes = read_text(path);
  const auto expected = contains("holds a training of implicit_als with other data or other options; remove the file");

  auto other = clicks;
  other.valuePtr()[5] += 1;
  CHECK_THROWS_WITH(model.fit(execution::seq, other, akin::checkpoint(path)), expected);
  auto options = small_options<model_type>();
  options.regularization = 0.5;
  model_type another(options);
  CHECK_THROWS_WITH(another.fit(execution::seq, clicks, akin::checkpoint(path)), expected);
  akin::explicit_als<float> of_another_kind(small_options<akin::explicit_als<float>>());
  CHECK_THROWS_WITH(of_another_kind.fit(execution::seq, clicks, akin::checkpoint(path)), expected);
  CHECK(read_text(path) == bytes);
  CHECK_FALSE(model.is_fitted());

  write_text(path, bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_AS(model.fit(execution::seq, clicks, akin::checkpoint(path)), akin::format_error);
  write_text(path, "no training");
  CHECK_THROWS_AS(model.fit(execution::seq, clicks, akin::checkpoint(path)), akin::format_error);
  std::filesystem::remove(path);
  akin::save(
      another =
          [&] {
            model_type fitted;
            fitted.fit(clicks);
            return fitted;
          }(),
      path);
  CHECK_THROWS_AS(model.fit(execution::seq, clicks, akin::checkpoint(path)), akin::format_error);
  CHECK_THROWS_AS(model.fit(execution::seq, clicks, akin::checkpoint(files / "nowhere" / "training")),
                  std::runtime_error);
  CHECK_THROWS_WITH(akin::checkpoint(path, {.every = 0}), "checkpoint: every must be positive, got 0");
}
