#include "metrics/fixtures/classification.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
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

TEST_CASE("a guess at the threshold says yes, in floats too") {
  const std::vector<double> t = {1, 0};
  for (const double threshold : {0.1, 0.3, 0.7, 0.9}) {
    INFO(threshold);
    const auto of_float = static_cast<float>(threshold);
    const float at[] = {of_float, std::nextafter(of_float, 0.0F)};
    CHECK(akin::accuracy(t, at, threshold) == 1);
    CHECK(akin::confusion(t, at, threshold).true_positives == 1);
    const double of_double[] = {threshold, std::nextafter(threshold, 0.0)};
    CHECK(akin::accuracy(t, of_double, threshold) == 1);
  }
  // Beyond all floats nobody says yes.
  CHECK(akin::confusion(t, std::vector<float>{3e38F, 0}, 1e300).true_positives == 0);
}

TEST_CASE("Matthews' coefficient by hand") {
  const auto of = [](std::int64_t tp, std::int64_t fp, std::int64_t tn, std::int64_t fn) {
    return akin::confusion_counts{tp, fp, tn, fn}.matthews();
  };
  CHECK(of(6, 1, 3, 2) == Approx((6.0 * 3 - 1 * 2) / std::sqrt(7.0 * 8 * 4 * 5)));
  CHECK(of(5, 0, 9, 0) == Approx(1).epsilon(1e-15));
  CHECK(of(0, 5, 0, 9) == Approx(-1).epsilon(1e-15));
  CHECK(of(2, 2, 3, 3) == 0);
  CHECK(of(0, 0, 0, 0) == 0);
  CHECK(of(5, 5, 0, 0) == 0);  // always yes
  CHECK(of(0, 0, 5, 0) == 0);
  constexpr std::int64_t many = std::int64_t{1} << 60;  // no overflow
  CHECK(of(many, 0, many, 0) == Approx(1).epsilon(1e-15));
}

TEST_CASE("classification metrics are scikit-learn's on random guesses, many of them tied") {
  const auto check = [](const fixtures::guesses& known, const auto& given, double tolerance) {
    CHECK(akin::roc_auc(known.truth, given) == Approx(known.roc_auc).epsilon(tolerance));
    CHECK(akin::pr_auc(known.truth, given) == Approx(known.pr_auc).epsilon(tolerance));
    CHECK(akin::log_loss(known.truth, given) == Approx(known.log_loss).epsilon(tolerance));
    const auto counts = akin::confusion(known.truth, given, known.threshold);
    CHECK(akin::accuracy(known.truth, given, known.threshold) == Approx(known.accuracy).epsilon(1e-14));
    CHECK(counts.matthews() == Approx(known.matthews).epsilon(1e-13).margin(1e-15));
    CHECK(counts.f1() == Approx(known.f1).epsilon(1e-14));
    CHECK(counts.precision() == Approx(known.precision).epsilon(1e-14));
    CHECK(counts.recall() == Approx(known.recall).epsilon(1e-14));
  };
  REQUIRE(fixtures::classifications.size() >= 20);
  for (std::size_t i = 0; i < fixtures::classifications.size(); ++i) {
    INFO("fixture " << i);
    const auto& known = fixtures::classifications[i];
    check(known, known.guess, 1e-13);
    // Rounding keeps the order and the ties, and what is at the threshold.
    const std::vector<float> floats(known.guess.begin(), known.guess.end());
    const bool certain = std::count(known.guess.begin(), known.guess.end(), 0.0) +
                             std::count(known.guess.begin(), known.guess.end(), 1.0) >
                         0;
    if (!certain) check(known, floats, 1e-6);
  }
}

TEST_CASE("classification refuses what cannot be judged") {
  const std::vector<double> none, one = {1}, two = {0, 1}, odd = {0, 2}, nan = {0, std::nan("")};
  CHECK_THROWS_WITH(akin::roc_auc(two, one), "roc_auc: truth and guess must be of one length, got 2 and 1");
  CHECK_THROWS_WITH(akin::accuracy(none, none), "accuracy: there must be something to judge");
  CHECK_THROWS_WITH(akin::confusion(none, none), "confusion: there must be something to judge");
  CHECK_THROWS_WITH(akin::accuracy(two, two, std::nan("")), "accuracy: threshold must be a number, got nan");
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
