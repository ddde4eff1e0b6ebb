/// @file
/// The inner products of all columns of a sparse matrix with each other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Computes rows of X'X, for a users x items matrix X: one worker's memory. Sums in double in the order of the users.
template <class Scalar, class Index>
class product_rows {
 public:
  /// `terms` are the values of x.
  product_rows(const csr_view<Scalar, Index>& x, const csr_view<Scalar, Index>& item_users, const double* terms)
      : x_(x), item_users_(item_users), terms_(terms), sums_(x.cols) {}

  /// Item i with all items.
  const double* sum(std::int64_t i) {
    accumulate(i, nullptr);
    return sums_.data();
  }
  void clear() { std::fill(sums_.begin(), sums_.end(), 0.0); }
  /// Fills ids, ascending, and values with the products of item i that are not 0, and clears them.
  void take(std::int64_t i, numbers<Index>& ids, numbers<Scalar>& values) {
    std::int64_t additions = 0;
    for (const Index user : item_users_.row(i).ids) additions += x_.row_size(user);
    ids_.resize(additions + 1);
    found_.resize(sums_.size() + 1);
    const std::int64_t touched = accumulate(i, ids_.data());
    std::sort(ids_.begin(), ids_.begin() + touched);
    const std::int64_t taken =
        kernels::take_listed<1, kernels::taking::touched>(0, touched, 0.0, sums_.data(), 0, ids_.data(), found_.data());
    ids.assign(ids_.begin(), ids_.begin() + taken);
    values.resize(taken);
    std::transform(found_.begin(), found_.begin() + taken, values.begin(),
                   [](double product) { return static_cast<Scalar>(product); });
  }

 private:
  std::int64_t accumulate(std::int64_t i, Index* touched) {
    const auto [users, values] = item_users_.row(i);
    factors_.assign(values.begin(), values.end());
    return kernels::accumulate_rows<1>(users.data, factors_.data(), users.size, x_.offsets, x_.columns, terms_,
                                       sums_.data(), touched);
  }

  csr_view<Scalar, Index> x_, item_users_;
  const double* terms_;
  numbers<double> sums_, factors_, found_;
  numbers<Index> ids_;
};

/// X'X, items x items, in memory: as a dense matrix or, if that takes less, as sparse rows.
template <class Scalar, class Index>
class item_products {
 public:
  /// The maximum number of its bytes.
  static double bytes(const csr_view<Scalar, Index>& x) { return std::min(dense_bytes(x), sparse_bytes(x)); }

  /// Whether the dense matrix takes less.
  static bool is_dense(const csr_view<Scalar, Index>& x) { return dense_bytes(x) <= sparse_bytes(x); }

  item_products() = default;
  item_products(const host_policy& policy, const csr_view<Scalar, Index>& x,
                const csr_view<Scalar, Index>& item_users) {
    const numbers<double> terms(x.values, x.values + x.nonzeros());
    per_worker<product_rows<Scalar, Index>> workers(worker_count(policy, x.cols), {x, item_users, terms.data()});
    const bool dense = is_dense(x);
    if (dense)
      dense_ = dense_storage<Scalar>(x.cols, x.cols);
    else
      rows_.resize(static_cast<std::size_t>(x.cols));
    const numbers<Index> order = longest_first(item_users);
    for_each_row(policy, x.cols, [&](std::int64_t position, int worker) {
      const Index i = order[position];
      auto& products = workers[worker];
      if (dense) {
        const double* const sums = products.sum(i);
        std::transform(sums, sums + x.cols, dense_.mutable_view().row(i),
                       [](double sum) { return static_cast<Scalar>(sum); });
        products.clear();
      } else {
        auto& row = at(rows_, i);
        products.take(i, row.ids, row.values);
      }
    });
  }

  bool empty() const noexcept { return dense_.rows() == 0 && rows_.empty(); }

  /// out[k] += a * the product of i and k, for all items k.
  void add_row(Scalar a, Index i, Scalar* out) const {
    if (rows_.empty()) {
      kernels::axpy(a, dense_.view().row(i), out, dense_.cols());
    } else {
      const auto& row = at(rows_, i);
      kernels::scatter_axpy(a, row.ids.data(), row.values.data(), row.ids.size(), out);
    }
  }
  /// f(k, product of i and k) for all items k whose product is not 0, in a fixed order.
  template <class Function>
  void for_each_product(Index i, const Function& f) const {
    if (rows_.empty()) {
      const Scalar* const row = dense_.view().row(i);
      for (std::int64_t k = 0; k < dense_.cols(); ++k)
        if (row[k] != 0) f(static_cast<Index>(k), row[k]);
    } else {
      const auto& row = at(rows_, i);
      for (std::int64_t e = 0; e < row.ids.size(); ++e) f(row.ids[e], row.values[e]);
    }
  }
  /// out[p] = product of i and ids[p], for p < count; places[ids[p]] = p, and -1 for items that are not among the ids.
  /// out must be 0 before.
  void gather(Index i, const numbers<Index>& ids, std::int64_t count, const numbers<Index>& places, Scalar* out) const {
    if (rows_.empty()) {
      const Scalar* const row = dense_.view().row(i);
      for (std::int64_t p = 0; p < count; ++p) out[p] = row[ids[p]];
      return;
    }
    const auto& row = at(rows_, i);
    constexpr std::int64_t search_steps = 16;  // a search in a row costs about as much as this many steps of a scan
    if (row.ids.size() <= search_steps * count) {
      for (std::int64_t e = 0; e < row.ids.size(); ++e)
        if (const Index place = places[row.ids[e]]; place >= 0 && place < count) out[place] = row.values[e];
    } else {
      for (std::int64_t p = 0; p < count; ++p) out[p] = find(i, ids[p]);
    }
  }

 private:
  struct sparse_row {
    numbers<Index> ids;  // ascending
    numbers<Scalar> values;
  };

  /// The product of i and k from the shorter of their rows.
  Scalar find(Index i, Index k) const {
    const auto *row = &at(rows_, i), *other = &at(rows_, k);
    if (other->ids.size() < row->ids.size()) std::swap(row, other), std::swap(i, k);
    const auto found = std::lower_bound(row->ids.begin(), row->ids.end(), k);
    return found != row->ids.end() && *found == k ? row->values[found - row->ids.begin()] : Scalar{0};
  }

  static double dense_bytes(const csr_view<Scalar, Index>& x) {
    return static_cast<double>(x.cols) * static_cast<double>(x.cols) * sizeof(Scalar);
  }
  static double sparse_bytes(const csr_view<Scalar, Index>& x) {
    double pairs = 0;
    for (std::int64_t user = 0; user < x.rows; ++user) {
      const auto size = static_cast<double>(x.row_size(user));
      pairs += size * size;
    }
    return pairs * (sizeof(Scalar) + sizeof(Index)) + static_cast<double>(x.cols) * sizeof(sparse_row);
  }

  dense_storage<Scalar> dense_;
  std::vector<sparse_row> rows_;
};

}  // namespace akin::inline AKIN_ABI::detail
