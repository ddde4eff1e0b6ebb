/// @file
/// Accuracy of predicted ratings: of each rating, or of the order of each user's ratings.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>

namespace akin::inline AKIN_ABI {
namespace metrics {

/// A metric of predicted ratings: a loss for each rating, of which the mean is taken. One that reports a function of
/// the mean has `value`, that function, and `slope`, its derivative, for the standard error.
template <class Metric>
concept rating_metric = requires(const Metric& metric, double rating) {
  { metric(rating, rating) } -> std::convertible_to<double>;
};

/// A metric of the order of a user's predictions: accumulate() starts a state that takes a user with add(predicted,
/// actual), the ratings of the same items, and another state with merge; it has value(), standard_error() and count(),
/// the number of values in the mean. States are merged in an order that does not depend on the threads.
template <class Metric>
concept user_rating_metric = requires(const Metric& metric, std::span<const double> ratings) {
  metric.accumulate().add(ratings, ratings);
  metric.accumulate().merge(metric.accumulate());
  { metric.accumulate().value() } -> std::convertible_to<double>;
  { metric.accumulate().standard_error() } -> std::convertible_to<double>;
  { metric.accumulate().count() } -> std::convertible_to<std::int64_t>;
};

/// The mean squared error.
struct mse {
  static constexpr std::string_view name = "metrics::mse";

  double operator()(double predicted, double actual) const noexcept {
    return (predicted - actual) * (predicted - actual);
  }
};

/// The root of the mean squared error, in the unit of the ratings.
struct rmse {
  static constexpr std::string_view name = "metrics::rmse";

  double operator()(double predicted, double actual) const noexcept {
    return (predicted - actual) * (predicted - actual);
  }
  static double value(double mean) noexcept { return std::sqrt(mean); }
  static double slope(double mean) noexcept { return mean > 0 ? 0.5 / std::sqrt(mean) : 0; }
};

/// The mean absolute error, in the unit of the ratings.
struct mae {
  static constexpr std::string_view name = "metrics::mae";

  double operator()(double predicted, double actual) const noexcept { return std::abs(predicted - actual); }
};

}  // namespace metrics

namespace detail {

/// The number of pairs i < j with values[i] > values[j]; sorts the values. By merging, O(n log n).
std::int64_t sort_and_count_inversions(std::vector<double>& values);

/// Pairs of one user's items with different ratings.
struct rated_pairs {
  std::int64_t concordant = 0;  ///< the higher rating has the higher prediction
  std::int64_t all = 0;
};

/// O(n log n).
rated_pairs count_rated_pairs(std::span<const double> predicted, std::span<const double> actual);

/// The counts of fcp. The value of all users is a ratio of sums, whose variance is that of its linearisation: of
/// concordant - value * pairs over the users.
class concordant_pairs {
 public:
  void add(std::span<const double> predicted, std::span<const double> actual);
  void merge(const concordant_pairs& other) noexcept {
    concordant_ += other.concordant_;
    pairs_ += other.pairs_;
    users_ += other.users_;
    good_good_ += other.good_good_;
    good_all_ += other.good_all_;
    all_all_ += other.all_all_;
  }
  [[nodiscard]] double value() const noexcept {
    return pairs_ == 0 ? 0 : static_cast<double>(concordant_) / static_cast<double>(pairs_);
  }
  [[nodiscard]] double standard_error() const noexcept;
  [[nodiscard]] std::int64_t count() const noexcept { return pairs_; }

 private:
  std::int64_t concordant_ = 0, pairs_ = 0, users_ = 0;
  double good_good_ = 0, good_all_ = 0, all_all_ = 0;  // sums over users of products
};

}  // namespace detail

namespace metrics {

/// The fraction of concordant pairs: the share, of all pairs of items that the same user rated differently, in which
/// the higher rating has the higher prediction. Pairs of all users are pooled, so that users with more ratings count
/// more; two equal predictions are not concordant, as in Surprise, so that a constant reaches 0. In evaluate_ratings
/// `count` is the number of pairs, and the standard error treats users, not pairs, as independent (the delta method).
/// O(n log n) for a user with n ratings. Y. Koren, J. Sill, "Collaborative Filtering on Ordinal User Feedback", IJCAI
/// 2013.
struct fcp {
  static constexpr std::string_view name = "metrics::fcp";

  [[nodiscard]] detail::concordant_pairs accumulate() const noexcept { return {}; }
  /// Of one user's ratings; 0 if no two differ. Throws std::invalid_argument if the lengths differ, and for NaN.
  double operator()(std::span<const double> predicted, std::span<const double> actual) const;
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::int64_t sort_and_count_inversions(std::vector<double>& values) {
  const std::size_t size = values.size();
  std::vector<double> merged(size);
  std::int64_t inversions = 0;
  for (std::size_t width = 1; width < size; width *= 2) {
    for (std::size_t first = 0; first < size; first += 2 * width) {
      const std::size_t middle = std::min(first + width, size), last = std::min(middle + width, size);
      std::size_t left = first, right = middle;
      for (std::size_t out = first; out < last; ++out) {
        const bool takes_right = left == middle || (right < last && values[right] < values[left]);
        if (takes_right) inversions += static_cast<std::int64_t>(middle - left);
        merged[out] = values[takes_right ? right++ : left++];
      }
    }
    values.swap(merged);
  }
  return inversions;
}

AKIN_INLINE rated_pairs count_rated_pairs(std::span<const double> predicted, std::span<const double> actual) {
  std::vector<std::pair<double, double>> order(predicted.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = {actual[i], -predicted[i]};
  std::sort(order.begin(), order.end());
  // Equal ratings are now in descending order of prediction, so that they add no inversion of the negated ones.
  std::vector<double> negated(order.size());
  rated_pairs pairs;
  std::int64_t lower = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && order[i].first != order[i - 1].first) lower = static_cast<std::int64_t>(i);
    pairs.all += lower;
    negated[i] = order[i].second;
  }
  if (pairs.all > 0) pairs.concordant = sort_and_count_inversions(negated);
  return pairs;
}

AKIN_INLINE void concordant_pairs::add(std::span<const double> predicted, std::span<const double> actual) {
  const rated_pairs user = count_rated_pairs(predicted, actual);
  if (user.all == 0) return;
  const auto good = static_cast<double>(user.concordant), all = static_cast<double>(user.all);
  concordant_ += user.concordant;
  pairs_ += user.all;
  ++users_;
  good_good_ += good * good;
  good_all_ += good * all;
  all_all_ += all * all;
}

AKIN_INLINE double concordant_pairs::standard_error() const noexcept {
  if (users_ < 2) return 0;
  const double share = value(), n = static_cast<double>(users_);
  const double squares = good_good_ - share * (2 * good_all_ - share * all_all_);
  return std::sqrt(std::max(0.0, squares) * n / (n - 1)) / static_cast<double>(pairs_);
}

}  // namespace detail

namespace metrics {

AKIN_INLINE double fcp::operator()(std::span<const double> predicted, std::span<const double> actual) const {
  if (predicted.size() != actual.size())
    detail::fail<std::invalid_argument>("fcp: predicted and actual must be of one length, got ", predicted.size(),
                                        " and ", actual.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    if (detail::is_nan(predicted[i]) || detail::is_nan(actual[i]))
      detail::fail<std::invalid_argument>("fcp: predicted and actual must be numbers, got NaN at ", i);
  auto pairs = accumulate();
  pairs.add(predicted, actual);
  return pairs.value();
}

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
#endif
