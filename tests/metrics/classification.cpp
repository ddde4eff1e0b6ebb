#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <akin/metrics/classification.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace {

// Drawn with numpy 2 and judged by scikit-learn 1.9.1: accuracy_score, log_loss, roc_auc_score,
// average_precision_score, mean_squared_error, mean_absolute_error, confusion_matrix, f1_score; a guess of 0.5 says
// yes.
const std::vector<double> truth = {0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0,
                                   0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0};
const std::vector<double> guess = {0.35, 0.17, 0.01, 0.43, 0.78, 0.14, 0.56, 0,    0.58, 0.11,
                                   0.49, 0.92, 0.66, 0.59, 0.45, 0.52, 0.06, 0.38, 0.36, 0.61,
                                   0.55, 0.72, 0.04, 0.57, 0.53, 0.11, 0.57, 0.27, 0.69, 0.41};

double auc_of_all_pairs(const std::vector<double>& t, const std::vector<double>& g) {
  double won = 0, pairs = 0;
  for (std::size_t i = 0; i < t.size(); ++i)
    for (std::size_t j = 0; j < t.size(); ++j)
      if (t[i] == 1 && t[j] == 0) {
        ++pairs;
        won += g[i] > g[j] ? 1 : g[i] == g[j] ? 0.5 : 0;
      }
  return won / pairs;
}

}  // namespace

TEST_CASE("classification metrics have scikit-learn's numbers") {
  CHECK(akin::accuracy(truth, guess) == Approx(0.7333333333333333).epsilon(1e-14));
  CHECK(akin::log_loss(truth, guess) == Approx(0.4645306239845778).epsilon(1e-13));
  CHECK(akin::roc_auc(truth, guess) == Approx(0.8325).epsilon(1e-14));
  CHECK(akin::pr_auc(truth, guess) == Approx(0.723240778829014).epsilon(1e-13));
  CHECK(akin::mean_squared_error(truth, guess) == Approx(0.15605666666666665).epsilon(1e-13));
  CHECK(akin::root_mean_squared_error(truth, guess) == Approx(std::sqrt(0.15605666666666665)).epsilon(1e-13));
  CHECK(akin::mean_absolute_error(truth, guess) == Approx(0.3403333333333333).epsilon(1e-13));
  const auto counts = akin::confusion(truth, guess);
  CHECK(counts.true_negatives == 14);
  CHECK(counts.false_positives == 6);
  CHECK(counts.false_negatives == 2);
  CHECK(counts.true_positives == 8);
  CHECK(counts.f1() == Approx(0.6666666666666666).epsilon(1e-14));
  CHECK(counts.precision() == Approx(8.0 / 14));
  CHECK(counts.recall() == Approx(0.8));
  CHECK(counts.specificity() == Approx(0.7));
}

TEST_CASE("the area under the ROC curve is the share of pairs in order, ties counted half") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    const akin::random_stream random(seed, 0);
    std::vector<double> t, g;
    for (std::uint64_t i = 0; i < 40; ++i) {
      t.push_back(i < 2 ? static_cast<double>(i) : static_cast<double>(random.below(2 * i, 2)));
      g.push_back(static_cast<double>(random.below(2 * i + 1, 8)) / 8);
    }
    CHECK(akin::roc_auc(t, g) == Approx(auc_of_all_pairs(t, g)).epsilon(1e-14));
  }
}

TEST_CASE("classification by hand") {
  const std::vector<float> t = {0, 1};
  const float right[] = {0.25F, 0.75F}, wrong[] = {1, 0};
  CHECK(akin::roc_auc(t, right) == 1);
  CHECK(akin::roc_auc(t, wrong) == 0);
  CHECK(akin::roc_auc(t, std::vector<float>{0.5F, 0.5F}) == 0.5);
  CHECK(akin::pr_auc(t, wrong) == 0.5);
  CHECK(akin::pr_auc(t, std::vector<float>{0.5F, 0.5F}) == 0.5);
  CHECK(akin::log_loss(t, right) == Approx(-std::log(0.75)));
  // Certain and wrong is cut to the rounding of the type.
  CHECK(akin::log_loss(t, wrong) == Approx(-std::log(static_cast<double>(std::numeric_limits<float>::epsilon()))));
  CHECK(akin::accuracy(t, std::span<const float>(right), 0.9) == 0.5);
  const auto none = akin::confusion(std::vector<double>{0, 0}, std::vector<double>{0, 0});
  CHECK(none.precision() == 0);
  CHECK(none.recall() == 0);
  CHECK(none.f1() == 0);
  CHECK(none.specificity() == 1);
}

TEST_CASE("classification refuses what cannot be judged") {
  const std::vector<double> none, one = {1}, two = {0, 1}, odd = {0, 2}, nan = {0, std::nan("")};
  CHECK_THROWS_WITH(akin::roc_auc(two, one), "roc_auc: truth and guess must be of one length, got 2 and 1");
  CHECK_THROWS_WITH(akin::accuracy(none, none), "confusion: there must be something to judge");
  CHECK_THROWS_WITH(akin::roc_auc(odd, two), "roc_auc: truth must be 0 or 1, got 2 at 1");
  CHECK_THROWS_WITH(akin::pr_auc(two, nan), "pr_auc: guess must be numbers, got NaN at 1");
  CHECK_THROWS_WITH(akin::roc_auc(one, one), "roc_auc: truth must have both 0 and 1");
  CHECK_THROWS_WITH(akin::pr_auc(std::vector<double>{0}, one), "pr_auc: truth must have a 1");
  CHECK_THROWS_WITH(akin::log_loss(two, std::vector<double>{0, 1.5}),
                    "log_loss: guess must be a chance from 0 to 1, got 1.5 at 1");
  CHECK_THROWS_WITH(akin::confusion(two, two, std::nan("")), Catch::Contains("threshold must be a number"));
  CHECK_THROWS_WITH(akin::mean_squared_error(none, none), "mean_squared_error: there must be something to judge");
  CHECK_THROWS_WITH(akin::root_mean_squared_error(nan, two),
                    "root_mean_squared_error: truth and guess must be numbers, got NaN at 1");
  CHECK_THROWS_WITH(akin::mean_absolute_error(two, one),
                    "mean_absolute_error: truth and guess must be of one length, got 2 and 1");
}
