/// @file
/// Solves M B = C for sparse, diagonally dominant M and keeps the largest elements of each row of B.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/sparse_product.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/model/candidates.hpp>
#include <akin/model/top_rows.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// M = diagonal + off_diagonal, symmetric; columns has row j for column j of C.
template <class Scalar, class Index>
struct regression_system {
  csr_storage<Scalar, Index> off_diagonal;
  numbers<Scalar> diagonal;
  csr_storage<Scalar, Index> columns;

  std::int64_t items() const noexcept { return diagonal.size(); }
  /// The largest sum of a row off the diagonal over its diagonal element.
  double dominance() const {
    double rho = 0;
    for (std::int64_t row = 0; row < items(); ++row) {
      double sum = 0;
      for (const Scalar x : off_diagonal.view().row(row).values) sum += std::abs(static_cast<double>(x));
      rho = std::max(rho, sum / static_cast<double>(diagonal[row]));
    }
    return rho;
  }
};

/// Columns that are solved together.
inline constexpr std::int64_t solved_together = 16;

/// One worker's conjugate gradients (M. R. Hestenes, E. Stiefel, 1952) for `solved_together` columns at once, with a
/// diagonal preconditioner. All vectors are items x solved_together.
template <class Scalar, class Index>
class column_solver {
 public:
  explicit column_solver(const regression_system<Scalar, Index>& system)
      : system_(&system), x_(system.items() * lanes), r_(x_.size()), p_(x_.size()), q_(x_.size()) {}

  /// Solves the columns from `first` on until no element of D^-1 r is above `limit`, but at most max_steps.
  void solve(std::int64_t first, double limit, int max_steps) {
    double worst = start(first);
    lane_sums rz = sum_of_lanes([&](std::int64_t i, std::int64_t l) { return square(r_[i * lanes + l]) * inverse(i); });
    for (int step = 0; step < max_steps && worst > limit; ++step) {
      multiply();
      const lane_sums pq =
          sum_of_lanes([&](std::int64_t i, std::int64_t l) { return p_[i * lanes + l] * q_[i * lanes + l]; });
      const lane_factors alpha = ratios(rz, pq);
      worst = descend(alpha);
      const lane_sums next =
          sum_of_lanes([&](std::int64_t i, std::int64_t l) { return square(r_[i * lanes + l]) * inverse(i); });
      turn(ratios(next, rz));
      rz = next;
    }
  }

  /// Row i of the solution.
  const Scalar* row(std::int64_t i) const noexcept { return x_.data() + i * lanes; }

 private:
  static constexpr std::int64_t lanes = solved_together;
  using lane_sums = std::array<double, lanes>;
  using lane_factors = std::array<Scalar, lanes>;

  static Scalar square(Scalar x) noexcept { return x * x; }
  Scalar inverse(std::int64_t i) const noexcept { return 1 / system_->diagonal[i]; }

  /// x = 0, r = the columns, p = D^-1 r. Returns the largest element of p.
  double start(std::int64_t first) {
    std::fill(x_.begin(), x_.end(), Scalar{0});
    std::fill(r_.begin(), r_.end(), Scalar{0});
    std::fill(p_.begin(), p_.end(), Scalar{0});
    Scalar worst = 0;
    for (std::int64_t l = 0; l < std::min(lanes, system_->items() - first); ++l) {
      const auto [ids, values] = system_->columns.view().row(first + l);
      for (std::int64_t n = 0; n < ids.size; ++n) {
        const auto i = static_cast<std::int64_t>(ids[n]);
        r_[i * lanes + l] = values[n];
        p_[i * lanes + l] = values[n] * inverse(i);
        worst = std::max(worst, std::abs(p_[i * lanes + l]));
      }
    }
    return static_cast<double>(worst);
  }

  /// q = M p.
  void multiply() {
    const csr_view<Scalar, Index> g = system_->off_diagonal.view();
    const kernels::sparse_product_task<Scalar, Index> task{g.offsets, g.columns, g.values, lanes, p_.data(), q_.data()};
    kernels::sparse_product(task, 0, g.rows);
    for (std::int64_t i = 0; i < g.rows; ++i)
      for (std::int64_t l = 0; l < lanes; ++l) q_[i * lanes + l] += system_->diagonal[i] * p_[i * lanes + l];
  }

  /// The sum over the items of term(item, lane) for each lane; float sums of a few items, double of these.
  template <class Term>
  lane_sums sum_of_lanes(const Term& term) const {
    constexpr std::int64_t stretch = 64;
    lane_sums sums = {};
    for (std::int64_t begin = 0; begin < system_->items(); begin += stretch) {
      lane_factors part = {};
      for (std::int64_t i = begin; i < std::min(begin + stretch, system_->items()); ++i)
        for (std::int64_t l = 0; l < lanes; ++l) part[static_cast<std::size_t>(l)] += term(i, l);
      for (std::size_t l = 0; l < sums.size(); ++l) sums[l] += static_cast<double>(part[l]);
    }
    return sums;
  }

  static lane_factors ratios(const lane_sums& above, const lane_sums& below) noexcept {
    lane_factors result;
    for (std::size_t l = 0; l < result.size(); ++l)
      result[l] = static_cast<Scalar>(below[l] > 0 ? above[l] / below[l] : 0);
    return result;
  }

  /// x += alpha p, r -= alpha q. Returns the largest element of D^-1 r.
  double descend(const lane_factors& alpha) {
    lane_factors worst = {};
    for (std::int64_t i = 0; i < system_->items(); ++i) {
      const Scalar scale = inverse(i);
      for (std::size_t l = 0; l < worst.size(); ++l) {
        const std::int64_t n = i * lanes + static_cast<std::int64_t>(l);
        x_[n] += alpha[l] * p_[n];
        r_[n] -= alpha[l] * q_[n];
        const Scalar size = (r_[n] < 0 ? -r_[n] : r_[n]) * scale;
        worst[l] = size > worst[l] ? size : worst[l];
      }
    }
    return static_cast<double>(*std::max_element(worst.begin(), worst.end()));
  }

  /// p = D^-1 r + beta p.
  void turn(const lane_factors& beta) {
    for (std::int64_t i = 0; i < system_->items(); ++i) {
      const Scalar scale = inverse(i);
      for (std::size_t l = 0; l < beta.size(); ++l) {
        const std::int64_t n = i * lanes + static_cast<std::int64_t>(l);
        p_[n] = r_[n] * scale + beta[l] * p_[n];
      }
    }
  }

  const regression_system<Scalar, Index>* system_;
  numbers<Scalar> x_, r_, p_, q_;
};

/// The k largest positive elements of each row of a matrix that comes in columns, by (value descending, column
/// ascending).
template <class Scalar, class Index>
class largest_of_rows {
 public:
  using entry = kernels::scored<Scalar, Index>;

  largest_of_rows(std::int64_t rows, std::int64_t k)
      : k_(k), entries_(checked_product(rows, 2 * k)), counts_(rows), bounds_(rows) {}

  /// Columns of one call, and of all calls, ascend.
  void offer(std::int64_t row, Scalar value, Index column) {
    if (!(value > bounds_[row])) return;
    entry* const mine = entries_.data() + row * 2 * k_;
    mine[counts_[row]++] = {value, column};
    if (counts_[row] < 2 * k_) return;
    std::nth_element(mine, mine + (k_ - 1), mine + 2 * k_, precedes);
    counts_[row] = k_;
    bounds_[row] = mine[k_ - 1].score;
  }
  slice<const entry> row(std::int64_t row) const noexcept { return {entries_.data() + row * 2 * k_, counts_[row]}; }

  static bool precedes(const entry& a, const entry& b) noexcept { return a.precedes(b); }

 private:
  std::int64_t k_;
  numbers<entry> entries_;  // 2k a row
  numbers<std::int64_t> counts_;
  numbers<Scalar> bounds_;  // what is not above it is not among the k largest
};

/// The k largest positive elements of each row of B.
template <class Scalar, class Index>
csr_storage<Scalar, Index> solve_regression(const host_policy& policy, const regression_system<Scalar, Index>& system,
                                            std::int64_t neighbors, double tolerance, int max_steps) {
  const std::int64_t items = system.items(), k = std::min(neighbors, items);
  const std::int64_t blocks = (items + solved_together - 1) / solved_together;
  if (items == 0) return csr_storage<Scalar, Index>(0, 0, 0);
  const double limit = tolerance * (1 - std::min(system.dominance(), 0.9));
  const int workers = worker_count(policy, blocks);
  per_worker<column_solver<Scalar, Index>> solvers(workers, column_solver<Scalar, Index>(system));
  per_worker<largest_of_rows<Scalar, Index>> found(workers, largest_of_rows<Scalar, Index>(items, k));
  for_each_row(policy, blocks, [&](std::int64_t block, int worker) {
    const std::int64_t first = block * solved_together, size = std::min(solved_together, items - first);
    column_solver<Scalar, Index>& solver = solvers[worker];
    solver.solve(first, limit, max_steps);
    for (std::int64_t row = 0; row < items; ++row)
      for (std::int64_t l = 0; l < size; ++l)
        found[worker].offer(row, solver.row(row)[l], static_cast<Index>(first + l));
  });

  using entry = kernels::scored<Scalar, Index>;
  row_slots<Scalar, Index> rows(numbers<std::int64_t>(items, k));
  per_worker<numbers<entry>> merged(worker_count(policy, items));
  for_each_row(policy, items, [&](std::int64_t row, int worker) {
    numbers<entry>& mine = merged[worker];
    mine.clear();
    for (const auto& each : found)
      for (const entry& e : each.row(row)) mine.push_back(e);
    if (mine.size() > k)
      std::nth_element(mine.begin(), mine.begin() + (k - 1), mine.end(), largest_of_rows<Scalar, Index>::precedes);
    mine.resize(std::min(mine.size(), k));
    std::sort(mine.begin(), mine.end(), [](const entry& a, const entry& b) { return a.id < b.id; });
    candidates<Scalar, Index> kept;
    for (const entry& e : mine) {
      kept.ids.push_back(e.id);
      kept.scores.push_back(e.score);
    }
    kept.count = mine.size();
    rows.put(row, kept);
  });
  return compressed(policy, rows, items);
}

}  // namespace akin::inline AKIN_ABI::detail
