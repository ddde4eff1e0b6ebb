/// @file
/// The problem of slim for one item: its column as a sparse combination of the columns of others.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/coordinate_sweep.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/linear/detail/item_products.hpp>
#include <akin/linear/detail/set_products.hpp>
#include <akin/linear/slim_options.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The common data of the problems of all items.
template <class Scalar, class Index>
struct regression_data {
  slim_options options;
  csr_view<Scalar, Index> x, item_users;
  item_products<Scalar, Index> products;  ///< empty if `neighbors` makes them unnecessary
  numbers<double> terms;                  ///< of product_rows, if products is empty
  numbers<double> lengths;                ///< |x_i|
  numbers<Scalar> scales;                 ///< 1 / sqrt(|x_i|^2 + l2), 0 if x_i = 0
};

/// One worker's memory and steps. The problem is solved in the unknowns z_i = w_i sqrt(|x_i|^2 + l2) / |x_j|, in which
/// its matrix has a unit diagonal and a step of a coordinate is the change of the prediction, in lengths of x_j.
/// Coordinate descent works on a set of items whose products are gathered into a small dense matrix; the gradient of
/// all other items is computed after that has converged, and those that violate the optimality conditions most join the
/// set.
template <class Scalar, class Index>
class item_regression {
 public:
  using weight = kernels::scored<Scalar, Index>;

  explicit item_regression(const regression_data<Scalar, Index>& data)
      : data_(data),
        places_(data.x.cols, Index{-1}),
        rest_of_all_(data.options.neighbors == 0 ? data.x.cols : 0),
        rows_(data.x, data.item_users, data.terms.data()),
        set_(data.item_users, data.products.empty() ? data.x.rows : 0) {}

  /// The nonzero weights of item j, ids ascending.
  numbers<weight> solve(Index j) {
    clear();
    numbers<weight> weights;
    length_ = data_.lengths[j];
    if (length_ > 0 && *data_.options.neighbors > 0)
      solve_nearest(j);
    else if (length_ > 0)
      solve_all(j);
    for (std::int64_t p = 0; p < ids_.size(); ++p) {
      const Scalar w = weight_of(p);
      if (!is_finite(w)) fail<numeric_error>("slim::fit: the weights of item ", j, " are beyond the scalar type");
      if (w != 0) weights.push_back({w, ids_[p]});
    }
    std::sort(weights.begin(), weights.end(), [](const weight& a, const weight& b) { return a.id < b.id; });
    return weights;
  }

 private:
  void solve_all(Index j) {
    std::int64_t sweeps = data_.options.iterations;
    compute_rest(j);
    for (bool is_first = true; sweeps > 0; is_first = false) {
      const bool grew = append_violators(j);
      refresh();
      if (is_first && !grew) return;
      const std::int64_t taken = descend(sweeps);
      if (!grew && taken == 1) return;
      sweeps -= taken;
      compute_rest(j);
    }
  }

  void solve_nearest(Index j) {
    candidates_.resize(std::min<std::int64_t>(*data_.options.neighbors, data_.x.cols));
    kernels::top_k<Scalar, Index> best(candidates_.data(), candidates_.size());
    const auto offer = [&](Index i, Scalar product) {
      const double norms = length_ * data_.lengths[i];
      if (i != j && norms > 0) best.offer(static_cast<Scalar>(static_cast<double>(product) / norms), i);
    };
    if (data_.products.empty()) {
      rows_.take(j, found_ids_, found_);
      for (std::int64_t e = 0; e < found_.size(); ++e) offer(found_ids_[e], found_[e]);
    } else {
      data_.products.for_each_product(j, offer);
    }
    candidates_.resize(best.finish());
    append_candidates();
    for (std::int64_t p = 0; p < ids_.size(); ++p)
      rest_.mutable_data()[p] =
          static_cast<Scalar>(static_cast<double>(candidates_[p].score) * data_.lengths[ids_[p]]) * scale(p);
    descend(data_.options.iterations);
  }

  std::int64_t size() const noexcept { return ids_.size(); }
  Scalar scale(std::int64_t p) const noexcept { return data_.scales[ids_[p]]; }
  Scalar weight_of(std::int64_t p) const noexcept { return z_.data()[p] * scale(p) * static_cast<Scalar>(length_); }

  void clear() {
    for (const Index id : ids_) places_[id] = -1;
    std::fill_n(h_.mutable_data(), size() * stride_, Scalar{0});
    std::fill_n(z_.mutable_data(), stride_, Scalar{0});
    std::fill_n(rest_.mutable_data(), stride_, Scalar{0});
    ids_.clear();
  }

  /// rest_of_all_ = X'(x_j - X w).
  void compute_rest(Index j) {
    std::fill(rest_of_all_.begin(), rest_of_all_.end(), Scalar{0});
    data_.products.add_row(1, j, rest_of_all_.data());
    for (std::int64_t p = 0; p < ids_.size(); ++p)
      if (const Scalar w = weight_of(p); w != 0) data_.products.add_row(-w, ids_[p], rest_of_all_.data());
  }

  /// Appends the items outside of the set whose best step is larger than the tolerance: those with the largest steps,
  /// at most as many as the set has.
  bool append_violators(Index j) {
    const auto l1 = static_cast<Scalar>(*data_.options.l1);
    const auto least = static_cast<Scalar>(*data_.options.tolerance * length_);
    const bool nonnegative = data_.options.nonnegative;
    candidates_.clear();
    for (std::int64_t i = 0; i < rest_of_all_.size(); ++i) {
      const Scalar rest = rest_of_all_[i];
      const Scalar step = ((nonnegative ? rest : std::abs(rest)) - l1) * data_.scales[i];
      if (step > least && places_[i] < 0 && i != j) candidates_.push_back({step, static_cast<Index>(i)});
    }
    if (candidates_.empty()) return false;
    const std::int64_t max_added = std::max<std::int64_t>(ids_.size(), 64);
    if (candidates_.size() > max_added) {
      std::nth_element(candidates_.begin(), candidates_.begin() + max_added, candidates_.end(),
                       [](const weight& a, const weight& b) { return a.precedes(b); });
      candidates_.resize(max_added);
    }
    std::sort(candidates_.begin(), candidates_.end(), [](const weight& a, const weight& b) { return a.id < b.id; });
    append_candidates();
    return true;
  }

  void append_candidates() {
    const std::int64_t old = ids_.size();
    reserve(old + candidates_.size());
    for (const weight& candidate : candidates_) {
      places_[candidate.id] = static_cast<Index>(ids_.size());
      ids_.push_back(candidate.id);
    }
    if (data_.products.empty())
      multiply_columns();
    else
      gather_products(old);
    for (std::int64_t p = old; p < ids_.size(); ++p)
      thresholds_.mutable_data()[p] = static_cast<Scalar>(*data_.options.l1 / length_) * scale(p);
  }

  /// Enlarges the arrays for a set of `size` items, and keeps their contents.
  void reserve(std::int64_t size) {
    if (size <= stride_) return;
    constexpr std::int64_t step = kernels::sweep_alignment;
    const std::int64_t stride = std::max((size + step - 1) / step * step, 2 * stride_);
    const double bytes = static_cast<double>(stride) * static_cast<double>(stride) * sizeof(Scalar);
    if (*data_.options.neighbors == 0 && bytes > data_.options.memory_limit)
      fail<std::length_error>("slim::fit: the products of the ", size, " items that make one may take ", bytes,
                              " bytes, memory_limit is ", data_.options.memory_limit,
                              "; raise it or l1, or set neighbors");
    storage<Scalar> h(stride * stride), z(stride), rest(stride), thresholds(stride);
    for (std::int64_t row = 0; row < stride_; ++row)
      std::copy_n(h_.data() + row * stride_, stride_, h.mutable_data() + row * stride);
    std::copy_n(z_.data(), stride_, z.mutable_data());
    std::copy_n(thresholds_.data(), stride_, thresholds.mutable_data());
    h_.swap(h), z_.swap(z), rest_.swap(rest), thresholds_.swap(thresholds);
    stride_ = stride;
  }

  void gather_products(std::int64_t old) {
    Scalar* const h = h_.mutable_data();
    for (std::int64_t p = old; p < ids_.size(); ++p) {
      Scalar* const row = h + p * stride_;
      data_.products.gather(ids_[p], ids_, p, places_, row);
      for (std::int64_t q = 0; q < p; ++q) {
        row[q] *= scale(p) * scale(q);
        h[q * stride_ + p] = row[q];
      }
      row[p] = 1;
    }
  }

  /// Computes the products of the whole set from the columns.
  void multiply_columns() {
    const double* const products = set_.multiply(ids_);
    Scalar* const h = h_.mutable_data();
    for (std::int64_t p = 0; p < ids_.size(); ++p) {
      for (std::int64_t q = 0; q < p; ++q)
        h[p * stride_ + q] = h[q * stride_ + p] =
            static_cast<Scalar>(products[p * ids_.size() + q]) * (scale(p) * scale(q));
      h[p * (stride_ + 1)] = 1;
    }
  }

  /// Recomputes the set's part of the gradient, without the rounding errors of the steps.
  void refresh() {
    const auto inverse_length = static_cast<Scalar>(1 / length_), l2 = static_cast<Scalar>(*data_.options.l2);
    for (std::int64_t p = 0; p < ids_.size(); ++p)
      rest_.mutable_data()[p] =
          rest_of_all_[ids_[p]] * scale(p) * inverse_length - l2 * scale(p) * scale(p) * z_.data()[p];
  }

  /// Sweeps until a sweep makes no step, at most max_sweeps times; returns their number.
  std::int64_t descend(std::int64_t max_sweeps) {
    const auto least = static_cast<Scalar>(*data_.options.tolerance);
    std::int64_t sweeps = 1;
    while (kernels::coordinate_sweep(h_.data(), stride_, thresholds_.data(), data_.options.nonnegative, least,
                                     z_.mutable_data(), rest_.mutable_data(), size()) > 0 &&
           sweeps < max_sweeps)
      ++sweeps;
    return sweeps;
  }

  const regression_data<Scalar, Index>& data_;
  double length_ = 0;            // |x_j|
  numbers<Index> ids_;           // the set
  numbers<Index> places_;        // of all items in the set, -1 outside
  numbers<Scalar> rest_of_all_;  // X'(x_j - Xw)
  numbers<weight> candidates_;
  numbers<Index> found_ids_;
  numbers<Scalar> found_;
  product_rows<Scalar, Index> rows_;
  set_products<Scalar, Index> set_;
  std::int64_t stride_ = 0;
  storage<Scalar> h_;                      // stride x stride: the set's products, scaled to a unit diagonal
  storage<Scalar> z_, rest_, thresholds_;  // stride each
};

}  // namespace akin::inline AKIN_ABI::detail
