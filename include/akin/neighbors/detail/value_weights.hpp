/// @file
/// The weighting of the values that similarities compare.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/weighting.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/neighbors/similarity.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A weighting of akin::weighting with its default options, as learnt from the interactions of a training: for these,
/// and for the history of a new user.
class value_weights {
 public:
  value_weights() = default;
  /// Learns from x, users x items. With a weighting it throws std::invalid_argument for values that are negative, and
  /// numeric_error, which begins with `where`, if sums of values as they are, which scores are, may overflow Scalar.
  template <class Scalar, class Index>
  value_weights(const neighborhood_options& options, const csr_view<Scalar, Index>& x, std::string_view where)
      : kind_(*options.weighting), unit_(*options.value_unit) {
    if (kind_ == interaction_weighting::none) return;
    double sum = 0;
    for (std::int64_t i = 0; i < x.nonzeros(); ++i) {
      require(x.values[i] >= Scalar(0), name(), "values must not be negative", x.values[i]);
      sum += static_cast<double>(x.values[i]);
    }
    if (sum > static_cast<double>(std::numeric_limits<Scalar>::max()))
      fail<numeric_error>(where, ": the values sum to ", sum,
                          ", beyond the scalar type; scale the values down or use double");
    if (kind_ == interaction_weighting::log) return;
    idf_ = document_frequencies(x);
    const auto users = static_cast<double>(x.rows);
    const bool is_smooth = kind_ == interaction_weighting::tf_idf;
    for (double& df : idf_) df = is_smooth ? smooth_idf(users, df) : bm25_idf(users, df);
    for (std::int64_t user = 0; user < x.rows; ++user) mean_length_ += length_of(x.row(user).values) / users;
  }

  /// The weighted matrix that it was learnt from.
  template <class Scalar, class Index>
  csr_storage<Scalar, Index> weigh(csr_storage<Scalar, Index> x) const {
    if (kind_ == interaction_weighting::none) return x;
    for (std::int64_t user = 0; user < x.rows(); ++user) {
      const auto row = x.view().row(user);
      weigh(row.ids, slice<Scalar>{x.mutable_values() + x.view().offsets[user], row.size()});
    }
    return x;
  }

  /// Weighs the values of one history, in place. Values below 0, which no training has, count as 0.
  template <class Scalar, class Index>
  void weigh(const slice<const Index>& ids, const slice<Scalar>& values) const {
    if (kind_ == interaction_weighting::none) return;
    const double length = bm25_length(length_of(values), mean_length_, bm25_.b);
    for (std::int64_t i = 0; i < values.size; ++i)
      values[i] = static_cast<Scalar>(weight(ids[i], in_units(values[i]), length));
  }

 private:
  /// Of the weighting, in sentences about its values.
  std::string_view name() const noexcept {
    return kind_ == interaction_weighting::tf_idf ? "weighting::tf_idf"
           : kind_ == interaction_weighting::bm25 ? "weighting::bm25"
                                                  : "weighting::log";
  }

  template <class Scalar>
  double in_units(Scalar value) const noexcept {
    return std::max(static_cast<double>(value), 0.0) / unit_;
  }
  template <class Values>
  double length_of(const Values& values) const noexcept {
    double sum = 0;
    for (const auto value : values) sum += in_units(value);
    return sum;
  }

  double weight(std::int64_t item, double x, double length) const noexcept {
    switch (kind_) {
      case interaction_weighting::tf_idf:
        return x * idf_[item];
      case interaction_weighting::bm25:
        return idf_[item] * bm25_saturation(x, bm25_.k1, length);
      case interaction_weighting::log:
        return std::log1p(weighting::log_options().scale * x);
      case interaction_weighting::none:
        break;
    }
    return x;
  }

  interaction_weighting kind_ = interaction_weighting::none;
  double unit_ = 1;
  weighting::bm25_options bm25_;
  numbers<double> idf_;  // of each item
  double mean_length_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
