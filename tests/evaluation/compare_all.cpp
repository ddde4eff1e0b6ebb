#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <akin/evaluation/compare_all.hpp>
#include <akin/metrics/ranking.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

// Counts how often a user's scores are asked for.
struct counting_model : table_model<double, std::int64_t> {
  int* asked;

  void score_all(std::int64_t user, std::span<double> out) const {
    ++*asked;
    table_model<double, std::int64_t>::score_all(user, out);
  }
};

void check_equal(const akin::comparison& x, const akin::comparison& y) {
  CHECK(x.mean_a == y.mean_a);
  CHECK(x.mean_b == y.mean_b);
  CHECK(x.mean_difference == y.mean_difference);
  CHECK(x.standard_error == y.standard_error);
  CHECK(x.low == y.low);
  CHECK(x.high == y.high);
  CHECK(x.p_value == y.p_value);
  CHECK(x.wilcoxon_p == y.wilcoxon_p);
  CHECK(x.sign_flip_p == y.sign_flip_p);
  CHECK(x.users == y.users);
}

}  // namespace

TEST_CASE("each comparison is that of compare, and the p values are adjusted by holm, whatever the threads") {
  const std::uint64_t seed = 12;
  INFO("seed " << seed);
  const auto drawn = draw_case(seed, 150, 30);
  auto worse = drawn.model, other = draw_case(seed + 1, 150, 30).model;
  worse.table = -worse.table;
  worse.table.row(0).setZero();
  for (Eigen::Index u = 0; u < worse.table.rows(); ++u)
    for (Eigen::Index i = 0; i < worse.table.cols(); ++i)
      if (!(std::abs(worse.table(u, i)) < 100)) worse.table(u, i) = 0;
  const akin::comparison_options options{.evaluation = {.exclude_seen = false}, .flips = 300, .seed = 5};
  const metrics::ndcg metric{10};
  const std::array singles{
      akin::compare(execution::seq, drawn.model, worse, drawn.train, drawn.test, metric, options),
      akin::compare(execution::seq, drawn.model, other, drawn.train, drawn.test, metric, options),
      akin::compare(execution::seq, drawn.model, drawn.model, drawn.train, drawn.test, metric, options)};
  std::vector<double> student, wilcoxon, flips;
  for (const auto& one : singles) {
    student.push_back(one.p_value);
    wilcoxon.push_back(one.wilcoxon_p);
    flips.push_back(one.sign_flip_p);
  }
  student = akin::holm(student);
  wilcoxon = akin::holm(wilcoxon);
  flips = akin::holm(flips);
  CHECK(student[0] != singles[0].p_value);
  for (const int threads : {1, 2, 3}) {
    const auto all = akin::compare_all(execution::par.threads(threads), drawn.train, drawn.test, metric, options,
                                       drawn.model, worse, other, drawn.model);
    REQUIRE(all.size() == 3);
    for (std::size_t i = 0; i < all.size(); ++i) {
      check_equal(all[i], singles[i]);
      CHECK(all[i].adjusted_p == student[i]);
      CHECK(all[i].adjusted_wilcoxon_p == wilcoxon[i]);
      CHECK(all[i].adjusted_sign_flip_p == flips[i]);
    }
  }
}

TEST_CASE("the baseline is evaluated once; one model needs no adjustment") {
  int asked = 0, asked_model = 0;
  counting_model baseline{{akin::dense_matrix<double>(3, 2)}, &asked};
  counting_model model{{akin::dense_matrix<double>(3, 2)}, &asked_model};
  baseline.table << 2, 1, 2, 1, 2, 1;
  model.table << 1, 2, 1, 2, 2, 1;
  const akin::sparse_matrix<double, std::int64_t> train(3, 2);
  const auto test = matrix_of<double, std::int64_t>(3, 2, {{0, 1, 1}, {1, 1, 1}, {2, 0, 1}});
  const auto all = akin::compare_all(execution::seq, train, test, metrics::recall{1}, baseline, model, model, baseline);
  CHECK(asked == 6);
  CHECK(asked_model == 6);
  CHECK(all[0].mean_difference == Approx(2.0 / 3));
  CHECK(all[0].wilcoxon_p == 0.5);
  CHECK(all[0].adjusted_wilcoxon_p == 1);
  CHECK(all[0].adjusted_p == Approx(3 * 0.18350341907227397).epsilon(1e-10));
  CHECK(all[1].adjusted_p == all[0].adjusted_p);
  CHECK(all[2].adjusted_p == 1);
  const auto [one] =
      akin::compare_all(execution::seq, train, test, metrics::recall{1}, {.flips = 100}, baseline, model);
  CHECK(one.adjusted_p == one.p_value);
  CHECK(one.adjusted_wilcoxon_p == one.wilcoxon_p);
  CHECK(one.adjusted_sign_flip_p == one.sign_flip_p);
}

TEST_CASE("what cannot be compared is refused by the name that was called") {
  const auto model = small_model();
  const akin::sparse_matrix<float> nobody(5, 4);
  const auto one = matrix_of<float>(5, 4, {{0, 2, 1}});
  CHECK_THROWS_WITH(akin::compare_all(execution::seq, small_train(), one, metrics::recall{1}, model, model),
                    "compare_all: at least two users must have relevant items, got 1");
  CHECK_THROWS_WITH(akin::compare_all(execution::seq, small_train(), nobody, metrics::recall{1}, model, model),
                    "compare_all: at least two users must have relevant items, got 0");
  CHECK_THROWS_WITH(
      akin::compare_all(execution::seq, small_train(), small_test(), metrics::recall{1}, {.flips = 0}, model, model),
      "compare_all: flips must be positive, got 0");
  const model_type narrow{akin::dense_matrix<float>::Zero(5, 3)};
  CHECK_THROWS_WITH(akin::compare_all(execution::seq, small_train(), small_test(), metrics::recall{1}, model, narrow),
                    "per_user: train must have the model's shape, 5 users x 3 items, got 5 x 4");
}
