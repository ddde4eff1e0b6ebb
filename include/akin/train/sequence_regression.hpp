/// @file
/// Linear models of sequences in closed form: the weights from the items of a sequence to those that come with or after
/// them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/model/top_rows.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/train/detail/regression_solver.hpp>
#include <akin/train/transitions.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The parameters of regress_next_items; see the models that have them as options.
struct sequence_regression_options {
  double alpha = 0.8;
  double regularization = 10;
  double transition_scale = 1;
  double age_scale = 0;  ///< days; 0: all sequences count equally
  int neighbors = 100;
  double tolerance = 1e-3;
  int max_steps = 30;
};

namespace detail {

/// The weight of each sequence, by the age of its last event in days.
template <class Index>
numbers<double> sequence_weights(const sequences<Index>& all, double age_scale) {
  constexpr double day = 86'400'000;
  numbers<double> weights(all.size(), 1.0);
  if (age_scale == 0 || all.events() == 0 || !all.has_times()) return weights;
  std::int64_t now = std::numeric_limits<std::int64_t>::min();
  for (std::int64_t s = 0; s < all.size(); ++s)
    if (!all[s].empty()) now = std::max(now, all[s].times.back());
  for (std::int64_t s = 0; s < all.size(); ++s)
    if (!all[s].empty())
      weights[s] = std::exp(-(static_cast<double>(now) - static_cast<double>(all[s].times.back())) / day / age_scale);
  return weights;
}

/// Sequences x items: 1 for each different item.
template <class Scalar, class Index>
csr_storage<Scalar, Index> items_of_sequences(const sequences<Index>& all) {
  std::vector<Index> columns;
  numbers<Index> offsets(all.size() + 1);
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const slice<const Index> items = all[s].items;
    const auto begin = columns.insert(columns.end(), items.begin(), items.end());
    std::sort(begin, columns.end());
    columns.erase(std::unique(begin, columns.end()), columns.end());
    offsets[s + 1] = static_cast<Index>(columns.size());
  }
  const std::vector<Scalar> ones(columns.size(), Scalar{1});
  return csr_storage<Scalar, Index>(
      csr_view<Scalar, Index>{all.size(), all.items(), offsets.data(), columns.data(), ones.data()});
}

/// [a b], of as many rows.
template <class Scalar, class Index>
csr_storage<Scalar, Index> side_by_side(const csr_view<Scalar, Index>& a, const csr_view<Scalar, Index>& b) {
  csr_storage<Scalar, Index> result(a.rows, a.cols + b.cols, a.nonzeros() + b.nonzeros());
  Index element = 0;
  const auto append = [&](const row_view<Scalar, Index>& row, std::int64_t shift) {
    for (std::int64_t i = 0; i < row.size(); ++i) {
      result.mutable_columns()[element] = static_cast<Index>(row.ids[i] + shift);
      result.mutable_values()[element++] = row.values[i];
    }
  };
  for (std::int64_t row = 0; row < a.rows; ++row) {
    append(a.row(row), 0);
    append(b.row(row), a.cols);
    result.mutable_offsets()[row + 1] = element;
  }
  return result;
}

/// a above b, of as many columns.
template <class Scalar, class Index>
csr_storage<Scalar, Index> one_above_other(const csr_view<Scalar, Index>& a, const csr_view<Scalar, Index>& b) {
  csr_storage<Scalar, Index> result(a.rows + b.rows, a.cols, a.nonzeros() + b.nonzeros());
  std::copy_n(a.columns, a.nonzeros(), result.mutable_columns());
  std::copy_n(a.values, a.nonzeros(), result.mutable_values());
  std::copy_n(b.columns, b.nonzeros(), result.mutable_columns() + a.nonzeros());
  std::copy_n(b.values, b.nonzeros(), result.mutable_values() + a.nonzeros());
  std::copy_n(a.offsets, a.rows + 1, result.mutable_offsets());
  for (std::int64_t row = 0; row <= b.rows; ++row)
    result.mutable_offsets()[a.rows + row] = static_cast<Index>(a.nonzeros() + b.offsets[row]);
  return result;
}

/// exp(-(d - 1) / scale) for d = 1, 2, … as far as it is not negligible, at most `longest`.
inline numbers<double> transition_weights(double scale, std::int64_t longest) {
  constexpr double negligible = 1e-6;
  numbers<double> weights;
  for (std::int64_t d = 1; d <= longest; ++d) {
    const double weight = std::exp(-static_cast<double>(d - 1) / scale);
    if (weight < negligible) break;
    weights.push_back(weight);
  }
  return weights;
}

/// The system M B = C of regress_next_items.
template <class Scalar, class Index>
class regression_builder {
 public:
  regression_builder(const host_policy& policy, const sequences<Index>& train,
                     const sequence_regression_options& options)
      : policy_(policy),
        train_(train),
        options_(options),
        weights_(sequence_weights(train, options.age_scale)),
        members_(items_of_sequences<Scalar>(train)),
        owners_(transpose(members_.view())) {}

  regression_system<Scalar, Index> build() const {
    regression_system<Scalar, Index> system{off_diagonal(), diagonal(), transpose(right_side().view())};
    return system;
  }

 private:
  /// alpha w_s / |u(s)|, for each element of owners_.
  csr_storage<Scalar, Index> scaled_owners(bool squared) const {
    csr_storage<Scalar, Index> scaled(owners_);
    for (std::int64_t i = 0; i < scaled.nonzeros(); ++i) {
      const auto s = static_cast<std::int64_t>(owners_.view().columns[i]);
      const auto size = static_cast<double>(members_.view().row_size(s));
      scaled.mutable_values()[i] = static_cast<Scalar>(options_.alpha * weights_[s] / (squared ? size * size : size));
    }
    return scaled;
  }

  /// alpha X~'WX~ without its diagonal.
  csr_storage<Scalar, Index> off_diagonal() const { return all_products(scaled_owners(true), members_, true); }

  numbers<Scalar> diagonal() const {
    numbers<double> sums(train_.items(), options_.regularization);
    for (std::int64_t s = 0; s < train_.size(); ++s) {
      const slice<const Index> different = members_.view().row(s).ids;
      const auto size = static_cast<double>(different.size);
      for (const Index item : different) sums[item] += options_.alpha * weights_[s] / (size * size);
      const slice<const Index> items = train_[s].items;
      for (std::int64_t event = 0; event + 1 < items.size; ++event)
        sums[items[event]] += (1 - options_.alpha) * weights_[s];
    }
    numbers<Scalar> diagonal(train_.items());
    std::transform(sums.begin(), sums.end(), diagonal.begin(), [](double x) { return static_cast<Scalar>(x); });
    return diagonal;
  }

  /// C: what is in the same sequence, and what follows.
  csr_storage<Scalar, Index> right_side() const {
    constexpr std::string_view where = "regress_next_items";
    std::int64_t longest = 0;
    for (std::int64_t s = 0; s < train_.size(); ++s) longest = std::max(longest, train_[s].size());
    const numbers<double> steps = transition_weights(options_.transition_scale, options_.alpha < 1 ? longest - 1 : 0);
    const auto following =
        following_events<Scalar>(train_, {steps.data(), static_cast<std::size_t>(steps.size())}, where);
    csr_storage<Scalar, Index> events = events_of_items<Scalar>(train_);
    numbers<Scalar> event_weights(train_.events());
    std::int64_t event = 0;
    for (std::int64_t s = 0; s < train_.size(); ++s)
      for (std::int64_t e = 0; e < train_[s].size(); ++e)
        event_weights[event++] = static_cast<Scalar>((1 - options_.alpha) * weights_[s]);
    for (std::int64_t i = 0; i < events.nonzeros(); ++i)
      events.mutable_values()[i] = event_weights[static_cast<std::int64_t>(events.view().columns[i])];
    return all_products(side_by_side(scaled_owners(false).view(), events.view()),
                        one_above_other(members_.view(), following.view()), false);
  }

  csr_storage<Scalar, Index> all_products(const csr_storage<Scalar, Index>& a, const csr_storage<Scalar, Index>& b,
                                          bool omit_diagonal) const {
    return top_rows<1>(policy_, terms_of(a), terms_of(b), train_.items(), Scalar{0}, omit_diagonal, sums_are_scores{});
  }

  host_policy policy_;
  const sequences<Index>& train_;
  sequence_regression_options options_;
  numbers<double> weights_;             // of each sequence
  csr_storage<Scalar, Index> members_;  // sequences x items, ones
  csr_storage<Scalar, Index> owners_;   // its transpose
};

}  // namespace detail

/// The weights B (items x items) for which the items of sequences, weighted by them, predict best which items come with
/// or after them, the `neighbors` largest positive ones of each row: the solution of M B = C with
///   M = lambda I + D + G,   G = alpha X~'WX~ without its diagonal,
///   D_ii = alpha sum over the sequences s of i of w_s / |u_s|^2 + (1 - alpha) sum over the events of i but the last of
///   a
///     sequence of w_s,
///   C_ij = alpha sum over s of w_s x~_si [j in s] + (1 - alpha) sum over pairs of events e < f of i and j in one
///     sequence of w_s exp(-(f - e - 1) / transition_scale),
/// where u_s are the different items of s and x~_si = 1 / |u_s| if i is one of them. M is never dense: columns of B are
/// solved by conjugate gradients with a diagonal preconditioner, until the error of a weight is at most `tolerance`,
/// but for at most max_steps. That bound holds where M is strictly diagonally dominant, rho = max_i sum_j G_ij / M_ii <
/// 1: |b - b_k| <= |D^-1 r_k| / (1 - rho) in the largest element; elsewhere, as for alpha = 1 on some data, the same
/// residual as for rho = 0.9 is reached.
///
/// O(steps * nonzeros of G * items) flops on all workers; memory: G and C, and for each worker 16 columns four times
/// and twice the result. The same bits for any number of threads. Source: M. Choi, J. Kim, J. Lee, H. Shim, J. Lee,
/// "Session-aware Linear Item-Item Models for Session-based Recommendation", WWW 2021.
template <class Scalar, class Index>
detail::csr_storage<Scalar, Index> regress_next_items(const detail::host_policy& policy, const sequences<Index>& train,
                                                      const sequence_regression_options& options) {
  const auto system = detail::regression_builder<Scalar, Index>(policy, train, options).build();
  return detail::solve_regression(policy, system, options.neighbors, options.tolerance, options.max_steps);
}

AKIN_COMPILE_ONCE(train,
                  detail::csr_storage<float, std::int32_t> regress_next_items<float, std::int32_t>(
                      const detail::host_policy&, const sequences<std::int32_t>&, const sequence_regression_options&))
AKIN_COMPILE_ONCE(train,
                  detail::csr_storage<double, std::int32_t> regress_next_items<double, std::int32_t>(
                      const detail::host_policy&, const sequences<std::int32_t>&, const sequence_regression_options&))

}  // namespace akin::inline AKIN_ABI
