// Options that are chosen from the data of a fit: what is chosen, when, and what a file keeps of it.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/factorization/warp.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/parameters.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace execution = akin::execution;
using akin_test::bytes_of;
using akin_test::sparse_of;

namespace {

/// 20 rows, 16 of them users, 50 columns, 25 of them items; 100 values of mean 3: d = 1/4, 6.25 a user, 4 an item.
constexpr akin::data_shape some_shape{20, 50, 16, 25, 100, 3, 12, false};

/// Counts from 1 to 5 in clusters, an empty row and an empty column.
akin::sparse_matrix<float> some_counts(std::uint64_t seed = 11) {
  auto x = akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 600, .seed = seed});
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i) x.valuePtr()[i] = static_cast<float>(1 + i * 7 % 5);
  x.conservativeResize(61, 41);
  x.makeCompressed();
  return x;
}

template <class Model>
Model loaded(const std::vector<std::byte>& bytes) {
  return akin::detail::read_model<Model>(akin::detail::read_model_bytes(bytes, "memory"));
}

/// The file with each `from` in it, which is as long, replaced.
std::vector<std::byte> edited(std::vector<std::byte> file, const std::string& from, const std::string& to) {
  const auto as_bytes = [](const std::string& text) {
    const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
    return std::vector<std::byte>(begin, begin + text.size());
  };
  const auto old = as_bytes(from), now = as_bytes(to);
  std::size_t count = 0;
  for (auto at = file.begin(); (at = std::search(at, file.end(), old.begin(), old.end())) != file.end(); ++count)
    at = std::copy(now.begin(), now.end(), at);
  REQUIRE(count > 0);
  craft::seal(file);
  return file;
}

/// visit(a model that ranks, with its default options).
template <class Visit>
void for_each_ranking_model(const Visit& visit) {
  visit(akin::implicit_als<float>());
  visit(akin::item_knn<float>());
  visit(akin::user_knn<float>());
  visit(akin::rp3beta<float>());
  visit(akin::ease<float>());
  visit(akin::slim<float>());
  visit(akin::graph_filter<float>());
  visit(akin::bpr<float>());
  visit(akin::warp<float>());
  visit(akin::logistic_mf<float>());
}

/// The number of its options that are numbers, all of them finite.
template <class Model>
std::size_t finite_options(const Model& model) {
  std::size_t count = 0;
  for (const auto& [name, value] : akin::parameters_of(model.options())) {
    CAPTURE(name);
    CHECK(std::isfinite(value.number()));
    ++count;
  }
  return count;
}

std::size_t count_of_fields(const auto& options) {
  std::size_t count = 0;
  fields(options, [&](auto, const auto&, const auto&...) { ++count; });
  return count;
}

}  // namespace

TEST_CASE("implicit_als chooses by the density of the data and the size of their values") {
  const auto o = chosen(akin::implicit_als_options{}, some_shape);
  CHECK(*o.factors == 128);
  CHECK(*o.alpha == Approx(1.0 / 3));
  CHECK(*o.unobserved_weight == Approx(0.5));  // sqrt(1/4)
  CHECK(*o.regularization_exponent == 1);
  // alpha0 C/c = 0.5 * 50/25, alpha0 R/r = 0.5 * 20/16.
  const double shares = std::sqrt(0.25 / (0.25 + 1) * 0.25 / (0.25 + 0.625));
  CHECK(*o.regularization == Approx(0.2 * shares * 0.75));  // 3^2 / 12

  SECTION("what is given counts, and changes what goes with it") {
    const auto flat = chosen(akin::implicit_als_options{.regularization_exponent = 0}, some_shape);
    CHECK(*flat.regularization_exponent == 0);
    CHECK(*flat.regularization == Approx(0.15 * shares * std::sqrt((6.25 + 0.5 * 50) * (4 + 0.5 * 20))));
    const auto loud = chosen(akin::implicit_als_options{.factors = 7, .alpha = 2}, some_shape);
    CHECK((*loud.factors == 7 && *loud.alpha == 2));
    CHECK(*loud.unobserved_weight == Approx(3));  // w = 6
    CHECK(*loud.regularization == Approx(0.15 * 6 * std::sqrt(0.25 / (0.25 + 6) * 0.25 / (0.25 + 3.75))));
    const auto positive = chosen(akin::implicit_als_options{.unobserved_weight = 0}, some_shape);
    CHECK((*positive.unobserved_weight == 0 && *positive.regularization == Approx(0.15)));
    const auto even = chosen(akin::implicit_als_options{.alpha = 0}, some_shape);  // as w = 1
    CHECK((*even.alpha == 0 && *even.unobserved_weight == Approx(0.5)));
    CHECK(*even.regularization == Approx(0.15 * shares));
  }
  SECTION("a given regularization means what it meant without a choice") {
    const auto given = chosen(akin::implicit_als_options{.regularization = 0.3}, some_shape);
    CHECK((*given.factors == 128 && *given.regularization == 0.3));
    CHECK((*given.alpha == 1 && *given.unobserved_weight == 1 && *given.regularization_exponent == 0));
    const auto all = chosen(
        akin::implicit_als_options{
            .regularization = 0, .alpha = 3, .unobserved_weight = 0.1, .regularization_exponent = 0.5},
        some_shape);
    CHECK((*all.regularization == 0 && *all.alpha == 3 && *all.unobserved_weight == 0.1));
    CHECK(*all.regularization_exponent == 0.5);
  }
  SECTION("rho falls with long histories, factors grow with the catalogue") {
    const akin::data_shape large{20000, 3001, 20000, 3001, 8000000, 1, 1, false};
    const double d = 8000000.0 / (20000.0 * 3001.0), user = 400, item = 8000000.0 / 3001;
    const double rho = 0.5 * (1 / std::sqrt(user) + 1 / std::sqrt(item));
    const auto many = chosen(akin::implicit_als_options{}, large);
    CHECK(*many.factors == 256);
    CHECK(*many.unobserved_weight == Approx(std::sqrt(d)));
    CHECK(*many.regularization == Approx(rho * d / (d + std::sqrt(d))));
  }
}

TEST_CASE("neighbours of a ranking are weighted, those of anything else are plain") {
  using akin::interaction_weighting;
  const auto items = akin::chosen_for_items({}, some_shape), users = akin::chosen_for_users({}, some_shape);
  CHECK((*items.neighbors == 200 && *items.significance == 5 && *items.amplification == 2.25));
  CHECK((*items.similarity == akin::similarity::cosine && *users.similarity == akin::similarity::cosine));
  CHECK((*items.weighting == interaction_weighting::bm25 && *items.value_unit == 3));
  CHECK((*users.neighbors == 200 && *users.significance == 0 && *users.amplification == 2.25));
  CHECK((*users.weighting == interaction_weighting::bm25 && *users.value_unit == 3));

  const akin::data_shape sparse{1000, 1000, 1000, 1000, 1000, 1, 1, false},
      sparser{10000, 10000, 10000, 10000, 1000, 1, 1, false};
  CHECK(*akin::chosen_for_items({}, sparse).amplification == Approx(1.62));
  CHECK(*akin::chosen_for_users({}, sparser).amplification == 1.25);

  const auto by_hand = akin::chosen_for_items({.weighting = interaction_weighting::bm25}, some_shape);
  CHECK((*by_hand.value_unit == 1 && *by_hand.neighbors == 200));
  const auto own =
      akin::chosen_for_items({.neighbors = 9, .significance = 2, .amplification = 3, .value_unit = 7}, some_shape);
  CHECK((*own.neighbors == 9 && *own.significance == 2 && *own.amplification == 3 && *own.value_unit == 7));

  auto disliked = some_shape;
  disliked.has_negative = true;
  for (const auto& plain : {akin::chosen_for_items({.similarity = akin::similarity::jaccard}, some_shape),
                            akin::chosen_for_users({.similarity = akin::similarity::cosine}, some_shape),
                            akin::chosen_for_users({.centering = akin::centering::user_mean}, some_shape),
                            akin::chosen_for_items({.aggregation = akin::aggregation::weighted_average}, some_shape),
                            akin::chosen_for_users({}, disliked)}) {
    CHECK((*plain.neighbors == 100 && *plain.significance == 0 && *plain.amplification == 1));
    CHECK((*plain.weighting == interaction_weighting::none && *plain.value_unit == 1));
  }
}

TEST_CASE("walks, linear models and logistic_mf choose by the data") {
  const auto beta = [](std::int64_t nonzeros) {
    return *chosen(akin::rp3beta_options{}, {100, 100, 100, 100, nonzeros, 1, 1, false}).beta;
  };
  CHECK(beta(100) == Approx(0.2 + 0.29 * 1.2));  // d = 0.01
  CHECK((beta(2) == 0.2 && beta(9000) == 0.6));
  CHECK(*chosen(akin::p3alpha(), some_shape).beta == 0);

  const auto closed = chosen(akin::ease_options{}, some_shape), given = chosen(akin::ease_options{5}, some_shape);
  CHECK((*closed.regularization == 150 * 12 && *closed.dropout == 0.5));
  CHECK((*given.regularization == 5 && *given.dropout == 0));
  CHECK(*chosen(akin::ease_options{.dropout = 0.1}, some_shape).regularization == 150 * 12);

  const auto sparse = chosen(akin::slim_options{}, some_shape), tuned = chosen(akin::slim_options{.l2 = 2}, some_shape);
  CHECK((*sparse.l1 == Approx(0.3 * 12) && *sparse.l2 == 50 * 12));
  CHECK((*sparse.neighbors == 100 && *sparse.tolerance == 1e-3));
  CHECK((*tuned.l1 == 1 && *tuned.l2 == 2 && *tuned.neighbors == 0 && *tuned.tolerance == 1e-5));
  CHECK(*chosen(akin::slim_options{.l1 = 2}, some_shape).l2 == 5);
  CHECK(*chosen(akin::slim_options{.neighbors = 0}, some_shape).l2 == 50 * 12);

  CHECK(*chosen(akin::logistic_mf_options{}, some_shape).alpha == Approx(0.1));
  CHECK(*chosen(akin::logistic_mf_options{}, some_shape).regularization == Approx(0.01));
  CHECK(*chosen(akin::logistic_mf_options{.alpha = 4}, some_shape).alpha == 4);
  CHECK(*chosen(akin::logistic_mf_options{.alpha = 4}, some_shape).regularization == Approx(0.03));
  CHECK(*chosen(akin::logistic_mf_options{.alpha = 0.2}, some_shape).regularization == Approx(0.02));
  CHECK(*chosen(akin::logistic_mf_options{.regularization = 0.5}, some_shape).alpha == 1);
  CHECK(*chosen(akin::warp_options{}, some_shape).regularization == 0.85);
  const akin::data_shape rare{100, 1000, 100, 1000, 200, 1, 1, false};  // a density of 0.002
  CHECK(*chosen(akin::warp_options{}, rare).regularization == Approx(1.6861).epsilon(1e-4));
  CHECK(*chosen(akin::warp_options{.regularization = 4}, rare).regularization == 4);
}

TEST_CASE("options are as given before a fit, and after each fit what was chosen for its data") {
  akin::ease<float> model({.dropout = 0.25});
  CHECK_FALSE(model.options().regularization);
  const auto x = sparse_of<float, std::int32_t>(2, 2, {{0, 0, 2.0f}, {1, 0, 2.0f}, {1, 1, 2.0f}});
  model.fit(x);
  CHECK((*model.options().regularization == 600 && *model.options().dropout == 0.25));
  model.fit(akin::sparse_matrix<float>(x * 2.0f));
  CHECK(*model.options().regularization == 2400);
  model.partial_fit(sparse_of<float, std::int32_t>(3, 2, {{2, 1, 2.0f}}));
  CHECK(*model.options().regularization == 150 * (3 * 16 + 4) / 4.0);
  model.forget(2);
  CHECK(*model.options().regularization == 2400);

  akin::logistic_mf<float> rows({.factors = 3, .epochs = 2, .keep_interactions = true});
  rows.fit(x);
  CHECK(*rows.options().alpha == Approx(0.15));
  rows.partial_fit(sparse_of<float, std::int32_t>(2, 2, {{0, 1, 8.0f}}));
  CHECK(*rows.options().alpha == Approx(0.15));  // a model that is updated by rows keeps what its fit chose
  rows.fit(akin::sparse_matrix<float>(x * 2.0f));
  CHECK(*rows.options().alpha == Approx(0.075));
}

TEST_CASE("a fit that throws leaves the options, too") {
  akin::slim<float> model({.neighbors = 0, .memory_limit = 2000});
  model.fit(sparse_of<float, std::int32_t>(2, 2, {{0, 0, 2.0f}, {1, 1, 2.0f}}));
  const auto before = bytes_of(model);
  CHECK_THROWS_AS(model.fit(some_counts()), std::length_error);
  CHECK(*model.options().l2 == 200);
  CHECK_THROWS_AS(model.partial_fit(some_counts()), std::length_error);
  CHECK(*model.options().l2 == 200);
  CHECK(bytes_of(model) == before);
}

TEMPLATE_TEST_CASE("a model from a file goes on choosing what was automatic", "", akin::item_knn<float>,
                   akin::user_knn<float>, akin::rp3beta<float>, akin::ease<float>, akin::slim<float>) {
  TestType model;
  model.fit(execution::par.threads(2), some_counts());
  const auto bytes = bytes_of(model);
  auto again = loaded<TestType>(bytes);
  CHECK(akin::same_options(again.options(), model.options()));
  CHECK(bytes_of(again) == bytes);
  const akin::sparse_matrix<float> news = some_counts(12) * 3.0f;
  model.partial_fit(news);
  again.partial_fit(news);
  CHECK_FALSE(bytes_of(model) == bytes);
  CHECK(bytes_of(again) == bytes_of(model));
  for (const int threads : {1, 3}) {
    TestType other;
    other.fit(execution::par.threads(threads), some_counts());
    CHECK(bytes_of(other) == bytes);
  }
}

TEST_CASE("a file says by name which options were automatic") {
  akin::ease<float> model;
  model.fit(some_counts());
  akin::model_writer writer;
  akin::detail::write_model(writer, model);
  CHECK(craft::read(writer).text("automatic_options") == "regularization,dropout");

  akin::ease<float> given({.regularization = 3, .dropout = 0});
  given.fit(some_counts());
  akin::model_writer without;
  akin::detail::write_model(without, given);
  CHECK_FALSE(craft::read(without).has("automatic_options"));
}

TEST_CASE("options of a file without names are given ones, and an option that it lacks is chosen") {
  akin::item_knn<float> model;
  model.fit(some_counts());
  // The file of version 0.1 has neither section.
  auto file = edited(bytes_of(model), "automatic_options", "automatic_optionz");
  auto old = loaded<akin::item_knn<float>>(edited(file, "value_unit", "value_uniu"));
  CHECK((*old.options().value_unit == 1 && *old.options().weighting == akin::interaction_weighting::bm25));
  const double significance = *old.options().significance;
  old.fit(akin::sparse_matrix<float>(some_counts() * -1.0f + some_counts() * 2.0f));
  CHECK((*old.options().value_unit == 1 && *old.options().significance == significance));
}

TEST_CASE("a file with the name of no automatic option is refused") {
  akin::ease<float> model;
  model.fit(some_counts());
  const auto file = bytes_of(model);
  for (const char* names : {"regularization,dropouz", "memory_limit  ,dropout", "regularization,dropou,"})
    CHECK(craft::message<akin::format_error>([&] {
            return loaded<akin::ease<float>>(edited(file, "regularization,dropout", std::string(names).substr(0, 22)));
          }).find("section \"automatic_options\" names") != std::string::npos);
}

TEST_CASE("values times a constant give the same lists with default options") {
  const auto x = some_counts();
  for_each_ranking_model([&](const auto& defaults) {
    auto model = defaults;
    CAPTURE(model.kind);
    model.fit(execution::par, x);
    for (const float factor : {4.0f, 0.25f}) {
      CAPTURE(factor);
      auto other = defaults;
      other.fit(execution::par, akin::sparse_matrix<float>(x * factor));
      const auto a = akin::recommend(execution::par, model, {.k = 10, .exclude = x}),
                 b = akin::recommend(execution::par, other, {.k = 10, .exclude = x});
      REQUIRE(a.size() == b.size());
      std::size_t different = 0, listed = 0;
      for (std::size_t u = 0; u < a.size(); ++u) {
        listed += a.items(u).size();
        different += !std::ranges::equal(a.items(u), b.items(u));
      }
      CHECK(listed > 500);
      CHECK(different == 0);
    }
  });
}

TEST_CASE("default options have a value for any data") {
  const auto cells = [](Eigen::Index rows, Eigen::Index cols, const std::vector<Eigen::Triplet<float>>& values) {
    return sparse_of<float, std::int32_t>(rows, cols, values);
  };
  const std::vector<akin::sparse_matrix<float>> all = {cells(0, 0, {}),
                                                       cells(0, 3, {}),
                                                       cells(4, 0, {}),
                                                       cells(4, 3, {}),
                                                       cells(1, 1, {{0, 0, 1}}),
                                                       cells(1, 5, {{0, 0, 1}, {0, 3, 2}}),
                                                       cells(5, 1, {{0, 0, 1}, {4, 0, 3}}),
                                                       cells(9, 7, {{6, 2, 1}, {6, 3, 1}}),
                                                       cells(2, 2, {{0, 0, 0}, {1, 1, 0}}),
                                                       cells(2, 2, {{0, 0, 1e-6f}, {1, 1, 1e6f}})};
  for (std::size_t number = 0; number < all.size(); ++number)
    for_each_ranking_model([&](auto model) {
      CAPTURE(number, model.kind);
      CHECK_NOTHROW(model.fit(execution::par.threads(2), all[number]));
      CHECK(finite_options(model) == count_of_fields(model.options()));
    });
}
