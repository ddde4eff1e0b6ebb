/// @file
/// A filter on a graph of users and items, applied to several signals on the items at once, one a lane.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/low_pass.hpp>
#include <akin/kernels/sparse_product.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The coefficients of T_0 ... T_order of the polynomial through the plateau's values at the Chebyshev points, each
/// value taken at the extremum of T_order next to the point, slightly further out, as in ChebyCF.
numbers<double> plateau_coefficients(int order, double flatness);

/// The polynomial as a series of Chebyshev's in L = I - 2 P, whose eigenvalues are in [-1, 1].
template <class Scalar>
numbers<Scalar> chebyshev_series(const graph_filter_options& options) {
  numbers<double> series;
  switch (options.polynomial) {
    case graph_polynomial::linear:
      series = {0.5, -0.5};
      break;
    case graph_polynomial::second_order:
      series = {0.625, -0.5, -0.125};
      break;
    case graph_polynomial::chebyshev:
      series = plateau_coefficients(options.order, options.flatness);
      break;
  }
  return {series.begin(), series.end()};
}

/// The matrices of the filter. With the items' degrees d (factors are zero for degree zero), P in the variable d^(1/2)
/// z is a random walk from items to users and back, which needs only the values of the interactions.
template <class Scalar, class Index>
struct graph_view {
  csr_view<Scalar, Index> user_items;
  csr_view<Scalar, Index> item_users;
  const Scalar* user_weights;      ///< 1 / degree
  const Scalar* item_weights;      ///< 1 / degree
  const Scalar* scales;            ///< d^(1/2 + b)
  const Scalar* smooth_weights;    ///< weight d^(-2 c)
  rows_view<const Scalar> smooth;  ///< D^c V, items x rank
};

/// Filters up to `Lanes` histories at once. A history gets the same bits in any lane, whatever the other lanes hold.
/// (Another number of lanes may give other bits: compilers fuse products and sums in long vectors but not in short
/// ones.)
template <int Lanes, class Scalar, class Index>
class lane_filter {
 public:
  explicit lane_filter(const graph_view<Scalar, Index>& graph)
      : graph_(graph),
        signal_(items() * Lanes),
        previous_(items() * Lanes),
        user_signal_(graph.user_items.rows * Lanes),
        coefficients_(graph.smooth.cols * Lanes) {}

  /// Row l of `out` (items wide) for histories[l], -infinity for an item with degree 0.
  void score(std::span<const row_view<Scalar, Index>> histories, const numbers<Scalar>& series,
             const rows_view<Scalar>& out) {
    apply_polynomial(histories, series);
    project(histories);
    kernels::low_pass<Lanes>(graph_.smooth.data, items(), graph_.smooth.cols, graph_.scales, coefficients_.data(),
                             signal_.mutable_data());
    for (std::int64_t item = 0; item < items(); ++item) {
      const bool is_known = graph_.scales[item] > 0;
      for (std::int64_t lane = 0; lane < out.rows; ++lane)
        out.row(lane)[item] = is_known ? signal_[item * Lanes + lane] : no_score<Scalar>;
    }
  }

 private:
  std::int64_t items() const noexcept { return graph_.item_users.rows; }

  /// signal = sum of series[k] T_k(L) x, by C. W. Clenshaw's recurrence.
  void apply_polynomial(std::span<const row_view<Scalar, Index>> histories, const numbers<Scalar>& series) {
    std::fill_n(signal_.mutable_data(), signal_.size(), Scalar{0});
    std::fill_n(previous_.mutable_data(), previous_.size(), Scalar{0});
    add(histories, series.back());
    for (std::int64_t k = series.size() - 1; k-- > 0;) {
      step(k > 0 ? Scalar{2} : Scalar{1});
      add(histories, series[k]);
    }
  }

  /// Adds a x to the signal.
  void add(std::span<const row_view<Scalar, Index>> histories, Scalar a) {
    for (std::size_t lane = 0; lane < histories.size(); ++lane)
      for (std::int64_t i = 0; i < histories[lane].size(); ++i) {
        const std::int64_t item = histories[lane].ids[i];
        if (!(graph_.scales[item] > 0)) continue;
        const Scalar x = histories[lane].values[i] / graph_.scales[item];
        signal_.mutable_data()[item * Lanes + static_cast<std::int64_t>(lane)] += a * x;
      }
  }

  /// signal, previous = factor L signal - previous, signal.
  void step(Scalar factor) {
    kernels::sparse_product(kernels::sparse_product_task<Scalar, Index>{.offsets = graph_.user_items.offsets,
                                                                        .ids = graph_.user_items.columns,
                                                                        .values = graph_.user_items.values,
                                                                        .k = Lanes,
                                                                        .b = signal_.data(),
                                                                        .out = user_signal_.mutable_data(),
                                                                        .weights = graph_.user_weights},
                            0, graph_.user_items.rows);
    kernels::sparse_product(kernels::sparse_product_task<Scalar, Index>{.offsets = graph_.item_users.offsets,
                                                                        .ids = graph_.item_users.columns,
                                                                        .values = graph_.item_users.values,
                                                                        .k = Lanes,
                                                                        .b = user_signal_.data(),
                                                                        .out = previous_.mutable_data(),
                                                                        .scale = -2 * factor,
                                                                        .weights = graph_.item_weights,
                                                                        .shifted = signal_.data(),
                                                                        .shift = factor},
                            0, items());
    std::swap(signal_, previous_);
  }

  /// coefficients = S' smooth_weights r, rank x Lanes.
  void project(std::span<const row_view<Scalar, Index>> histories) {
    const std::int64_t rank = graph_.smooth.cols;
    numbers<Scalar> sums(rank);
    for (std::size_t lane = 0; lane < histories.size(); ++lane) {
      std::fill(sums.begin(), sums.end(), Scalar{0});
      for (std::int64_t i = 0; i < histories[lane].size(); ++i) {
        const std::int64_t item = histories[lane].ids[i];
        kernels::axpy(histories[lane].values[i] * graph_.smooth_weights[item], graph_.smooth.row(item), sums.data(),
                      rank);
      }
      for (std::int64_t d = 0; d < rank; ++d)
        coefficients_.mutable_data()[d * Lanes + static_cast<std::int64_t>(lane)] = sums[d];
    }
  }

  graph_view<Scalar, Index> graph_;
  storage<Scalar> signal_, previous_;  // items x Lanes
  storage<Scalar> user_signal_;        // users x Lanes
  storage<Scalar> coefficients_;       // rank x Lanes
};

#if AKIN_BODIES(graph)

AKIN_INLINE numbers<double> plateau_coefficients(int order, double flatness) {
  constexpr double pi = 3.141592653589793;
  numbers<double> coefficients(order + 1);
  for (int j = 0; j <= order; ++j) {
    const double angle = (j + 0.5) / (order + 1) * pi, extremum = std::cos(static_cast<double>(j) / order * pi);
    const double height = 0.5 - std::copysign(0.5 * std::pow(std::abs(extremum), flatness), extremum);
    for (int m = 0; m <= order; ++m)
      coefficients[m] += (m == 0 ? 1.0 : 2.0) / (order + 1) * std::cos(m * angle) * height;
  }
  return coefficients;
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
