/// @file
/// Metrics of binary classification: of clicks, purchases, likes.
///
/// All take (truth, guess): contiguous ranges of float or double of one length, such as std::vector<double>; truth is 0
/// or 1, except in the errors of numbers at the end. They throw std::invalid_argument if lengths differ or are 0, truth
/// is another number or a guess is NaN. Source, unless another is named: C. D. Manning, P. Raghavan, H. Schütze,
/// "Introduction to Information Retrieval", 2008, chapter 8.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>

namespace akin::inline AKIN_ABI {

/// The confusion matrix of guess and truth, and its rates; a rate with denominator 0 is 0.
struct confusion_counts {
  std::int64_t true_positives = 0;
  std::int64_t false_positives = 0;
  std::int64_t true_negatives = 0;
  std::int64_t false_negatives = 0;

  [[nodiscard]] double accuracy() const noexcept {
    return share(true_positives + true_negatives, false_positives + false_negatives);
  }
  /// The share of true ones among the positive guesses.
  [[nodiscard]] double precision() const noexcept { return share(true_positives, false_positives); }
  /// The share of positive guesses among the true ones: the true positive rate.
  [[nodiscard]] double recall() const noexcept { return share(true_positives, false_negatives); }
  /// The share of negative guesses among the false ones: the true negative rate.
  [[nodiscard]] double specificity() const noexcept { return share(true_negatives, false_positives); }
  /// The harmonic mean of precision and recall.
  [[nodiscard]] double f1() const noexcept { return share(2 * true_positives, false_positives + false_negatives); }
  /// Matthews' correlation coefficient of truth and guess: 1 all right, 0 no better than chance, -1 all wrong; 0 if
  /// truth or guess is constant. B. W. Matthews, "Comparison of the Predicted and Observed Secondary Structure of T4
  /// Phage Lysozyme", Biochimica et Biophysica Acta 405, 1975.
  [[nodiscard]] double matthews() const noexcept {
    const auto tp = static_cast<double>(true_positives), fp = static_cast<double>(false_positives);
    const auto tn = static_cast<double>(true_negatives), fn = static_cast<double>(false_negatives);
    const double scale = std::sqrt(tp + fp) * std::sqrt(tp + fn) * std::sqrt(tn + fp) * std::sqrt(tn + fn);
    return scale > 0 ? std::clamp((tp * tn - fp * fn) / scale, -1.0, 1.0) : 0;
  }

 private:
  static double share(std::int64_t part, std::int64_t rest) noexcept {
    return part == 0 ? 0 : static_cast<double>(part) / static_cast<double>(part + rest);
  }
};

namespace detail {

template <class Numbers>
auto numbers_of(const Numbers& numbers) {
  using scalar_type = std::remove_cvref_t<decltype(*std::data(numbers))>;
  static_assert(std::is_same_v<scalar_type, float> || std::is_same_v<scalar_type, double>,
                "akin: truth and guess must be contiguous ranges of float or double, such as std::vector<double>");
  return std::span<const scalar_type>(std::data(numbers), std::size(numbers));
}

/// Throws unless guesses and truths have the same length, at least 1.
template <class Truth, class Guess>
void check_lengths(std::span<const Truth> truth, std::span<const Guess> guess, std::string_view where) {
  if (truth.size() != guess.size())
    fail<std::invalid_argument>(where, ": truth and guess must be of one length, got ", truth.size(), " and ",
                                guess.size());
  require(!truth.empty(), where, "there must be something to judge");
}

/// Throws unless truth is 0 or 1 and no guess is NaN; returns the number of truths that are 1.
template <class Truth, class Guess>
std::int64_t check_guesses(std::span<const Truth> truth, std::span<const Guess> guess, std::string_view where) {
  check_lengths(truth, guess, where);
  std::int64_t positives = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] != 0 && truth[i] != 1)
      fail<std::invalid_argument>(where, ": truth must be 0 or 1, got ", truth[i], " at ", i);
    if (is_nan(guess[i])) fail<std::invalid_argument>(where, ": guess must be numbers, got NaN at ", i);
    positives += truth[i] != 0;
  }
  return positives;
}

/// The guesses with one value.
struct tied_guesses {
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
};

/// For each distinct guess, in descending order, the counts of truths 1 and 0. O(n log n).
template <class Truth, class Guess>
std::vector<tied_guesses> guesses_by_value(std::span<const Truth> truth, std::span<const Guess> guess) {
  std::vector<std::size_t> order(guess.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return guess[a] > guess[b]; });
  std::vector<tied_guesses> result;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || guess[order[i]] != guess[order[i - 1]]) result.emplace_back();
    ++(truth[order[i]] != 0 ? result.back().positives : result.back().negatives);
  }
  return result;
}

}  // namespace detail

namespace detail {

template <class Truth, class Guess>
confusion_counts count_guesses(const Truth& truth, const Guess& guess, double threshold, std::string_view where) {
  const auto t = numbers_of(truth);
  const auto g = numbers_of(guess);
  check_guesses(t, g, where);
  require(!is_nan(threshold), where, "threshold must be a number", threshold);
  const auto least = static_cast<std::remove_cvref_t<decltype(g[0])>>(threshold);
  confusion_counts counts;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const bool said_yes = g[i] >= least;
    if (t[i] != 0)
      ++(said_yes ? counts.true_positives : counts.false_negatives);
    else
      ++(said_yes ? counts.false_positives : counts.true_negatives);
  }
  return counts;
}

}  // namespace detail

/// A guess of at least `threshold` is positive; the threshold is rounded to the type of the guesses, so that 0.7F
/// reaches 0.7. O(n).
template <class Truth, class Guess>
confusion_counts confusion(const Truth& truth, const Guess& guess, double threshold = 0.5) {
  return detail::count_guesses(truth, guess, threshold, "confusion");
}

/// The share of guesses on the right side of the threshold, which is rounded to their type. O(n).
template <class Truth, class Guess>
double accuracy(const Truth& truth, const Guess& guess, double threshold = 0.5) {
  return detail::count_guesses(truth, guess, threshold, "accuracy").accuracy();
}

/// The mean of -ln of the probability of the truth: guess in [0, 1] is the probability of 1. Probabilities are first
/// clipped to [e, 1 - e], e the rounding of the guesses' type, as in scikit-learn's log_loss. O(n).
template <class Truth, class Guess>
double log_loss(const Truth& truth, const Guess& guess) {
  constexpr std::string_view where = "log_loss";
  const auto t = detail::numbers_of(truth);
  const auto g = detail::numbers_of(guess);
  detail::check_guesses(t, g, where);
  using scalar_type = std::remove_cvref_t<decltype(g[0])>;
  constexpr auto least = static_cast<double>(std::numeric_limits<scalar_type>::epsilon());
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const auto chance = static_cast<double>(g[i]);
    if (!(chance >= 0 && chance <= 1))
      detail::fail<std::invalid_argument>(where, ": guess must be a chance from 0 to 1, got ", chance, " at ", i);
    const double given = std::clamp(chance, least, 1 - least);
    sum -= t[i] != 0 ? std::log(given) : std::log1p(-given);
  }
  return sum / static_cast<double>(t.size());
}

/// The area under the ROC curve: the probability that a true one's guess is greater than a false one's; ties count
/// half. Exact: from integers. Throws if truth is constant. O(n log n). Source: J. A. Hanley, B. J. McNeil, "The
/// Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143, 1982.
template <class Truth, class Guess>
double roc_auc(const Truth& truth, const Guess& guess) {
  constexpr std::string_view where = "roc_auc";
  const auto t = detail::numbers_of(truth);
  const auto g = detail::numbers_of(guess);
  const std::int64_t positives = detail::check_guesses(t, g, where);
  const std::int64_t negatives = std::ssize(t) - positives;
  detail::require(positives > 0 && negatives > 0, where, "truth must have both 0 and 1");
  double pairs = 0;  // in halves, so that each term is an integer
  std::int64_t below = negatives;
  for (const auto& tied : detail::guesses_by_value(t, g)) {
    below -= tied.negatives;
    pairs += static_cast<double>(tied.positives) * static_cast<double>(2 * below + tied.negatives);
  }
  return pairs / (2 * static_cast<double>(positives) * static_cast<double>(negatives));
}

/// The area under the curve of precision over recall as a sum of steps, sum over thresholds of (R_n - R_{n-1}) P_n:
/// scikit-learn's average_precision_score, without trapezoids, which would be optimistic. Throws if no truth is 1. O(n
/// log n). Source: J. Davis, M. Goadrich, "The Relationship Between Precision-Recall and ROC Curves", ICML 2006.
template <class Truth, class Guess>
double pr_auc(const Truth& truth, const Guess& guess) {
  constexpr std::string_view where = "pr_auc";
  const auto t = detail::numbers_of(truth);
  const auto g = detail::numbers_of(guess);
  const std::int64_t positives = detail::check_guesses(t, g, where);
  detail::require(positives > 0, where, "truth must have a 1");
  double sum = 0;
  std::int64_t found = 0, said = 0;
  for (const auto& tied : detail::guesses_by_value(t, g)) {
    found += tied.positives;
    said += tied.positives + tied.negatives;
    sum += static_cast<double>(tied.positives) * (static_cast<double>(found) / static_cast<double>(said));
  }
  return sum / static_cast<double>(positives);
}

namespace detail {

/// The mean of of_error(guess - truth). Throws for invalid arguments.
template <class Truth, class Guess, class OfError>
double mean_error(const Truth& truth, const Guess& guess, std::string_view where, const OfError& of_error) {
  const auto t = numbers_of(truth);
  const auto g = numbers_of(guess);
  check_lengths(t, g, where);
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (is_nan(t[i]) || is_nan(g[i]))
      fail<std::invalid_argument>(where, ": truth and guess must be numbers, got NaN at ", i);
    sum += of_error(static_cast<double>(g[i]) - static_cast<double>(t[i]));
  }
  return sum / static_cast<double>(t.size());
}

}  // namespace detail

/// The mean of the squared errors of any guesses of any numbers. O(n).
template <class Truth, class Guess>
double mean_squared_error(const Truth& truth, const Guess& guess) {
  return detail::mean_error(truth, guess, "mean_squared_error", [](double error) { return error * error; });
}

/// Its root, in the unit of the numbers. O(n).
template <class Truth, class Guess>
double root_mean_squared_error(const Truth& truth, const Guess& guess) {
  const auto squared = [](double error) { return error * error; };
  return std::sqrt(detail::mean_error(truth, guess, "root_mean_squared_error", squared));
}

/// The mean of the magnitudes of the errors. O(n).
template <class Truth, class Guess>
double mean_absolute_error(const Truth& truth, const Guess& guess) {
  return detail::mean_error(truth, guess, "mean_absolute_error", [](double error) { return std::abs(error); });
}

}  // namespace akin::inline AKIN_ABI
