/// @file
/// Non-negative matrix factorisation of counts.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/factor_scores.hpp>
#include <akin/factorization/detail/kept_interactions.hpp>
#include <akin/factorization/detail/model_life.hpp>
#include <akin/factorization/detail/nmf_engine.hpp>
#include <akin/factorization/detail/row_edits.hpp>
#include <akin/factorization/nmf_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {

/// Lowers, over user factors x_u >= 0 and item factors y_i >= 0,
///   sum over all u, i of (r_ui - x_u'y_i)^2 + lambda (sum of |x_u|^2 + sum of |y_i|^2),
/// where a cell that is not stored is 0. No factor is negative, so a score is a sum of parts that only add, and each
/// factor can be read as a taste: the items and the users that have most of it.
///
/// Complexity: an iteration takes (users + items) (1 + sweeps) k^2 flops for the rows and as many for the Gramians at
/// most, and 4 nonzeros k; it holds (users + items) k numbers and a transposed copy of the matrix. The objective is not
/// convex: the result depends on the seed. Deterministic: the same bits for any number of threads. The loss never rises
/// but for rounding. Const members may be called from many threads. Source: D. D. Lee, H. S. Seung, "Algorithms for
/// Non-negative Matrix Factorization", NIPS 2000 (the objective); A. Cichocki, A.-H. Phan, "Fast Local Algorithms for
/// Large Scale Nonnegative Matrix and Tensor Factorizations", IEICE Trans. Fundamentals E92-A, 2009 (the updates).
template <class Scalar = float, class Index = std::int32_t>
class nmf : public detail::updatable<nmf<Scalar, Index>, detail::factor_scores<Scalar, Index>> {
  template <class, class>
  friend class detail::updatable;

 public:
  static constexpr std::string_view kind = "nmf";

  nmf() : nmf(nmf_options{}) {}
  template <detail::options_for<nmf_options> Options = nmf_options>
  explicit nmf(const Options& options) : options_(checked<nmf_options>(options, kind)) {}

  /// Learns from a users x items matrix without negative values. The observer is told of each iteration; if it returns
  /// false, the training ends there and what was learnt is kept. At the end every user is solved once more, from the
  /// items alone. Throws std::invalid_argument for values that are negative or not finite, numeric_error where factors
  /// overflow; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "nmf::fit");
    train(on_host(policy), x, detail::observer_ref(observer));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const nmf_options& options() const noexcept { return options_; }

  /// Fills out[item] for all items with the score for a row of fold_in, -infinity for items without evidence.
  void scores_of(const Scalar* row, std::span<Scalar> out) const noexcept { this->score_against_items(row, out); }

  /// See akin::explain. The contributions of a history sum to the score of its fold-in, to a relative 1e-5.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  static nmf read_from(const detail::model_reader& reader);

 private:
  /// A fold-in goes over a row until its factors are known to this part of their length.
  static constexpr double fold_in_tolerance = 1e-5;
  static constexpr int most_fold_in_sweeps = 1000;

  static constexpr when_both merging = when_both::add;
  static constexpr bool items_need_histories = false, alternating = true;

  void train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const detail::observer_ref& observer);

  static void check_values(const csr_view<Scalar, Index>& x, std::string_view where);

  /// The policy of a caller, which must be one that there is an engine for.
  template <class Policy>
  static detail::host_policy on_host(const Policy& policy) {
    static_assert(sizeof(detail::nmf_engine<backend_of<Policy>, Scalar, Index>) > 0);
    return policy;
  }
  using engine = detail::nmf_engine<backend::host, Scalar, Index>;
  static engine engine_on(const detail::dense_storage<Scalar>& fixed, const detail::storage<Scalar>& gram) {
    return {fixed.view(), gram};
  }
  detail::storage<Scalar> gram_of(const detail::host_policy& policy, const rows_view<const Scalar>& fixed) const {
    return engine::gram_of(policy, fixed, options_.regularization);
  }

  /// Positive, and such that inner products are about the mean of all cells.
  detail::dense_storage<Scalar> initial_factors(const detail::host_policy& policy,
                                                const csr_view<Scalar, Index>& x) const;

  /// Each row is the minimum of the objective, to a relative 1e-5, from nothing but the row and the other side. For the
  /// matrix of the training fold_in gives user_factors() to the bit.
  detail::dense_storage<Scalar> users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  detail::dense_storage<Scalar> items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  detail::dense_storage<Scalar> solved(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                       const detail::dense_storage<Scalar>& fixed,
                                       const detail::storage<Scalar>& gram) const;

  nmf grown(std::int64_t users, std::int64_t items) const;
  void put_users(const std::vector<Index>& ids, const detail::dense_storage<Scalar>& rows);
  void put_items(const detail::host_policy& policy, const std::vector<Index>& ids,
                 const detail::dense_storage<Scalar>& rows);

  double penalty(const rows_view<const Scalar>& items) const;

  nmf_options options_;
  detail::storage<Scalar> item_gram_;  // of item_factors_, with the regularisation
};

template <class Scalar, class Index>
void nmf<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                       std::span<Scalar> out) const {
  const auto user = this->user_from(history);
  engine_on(this->item_factors_, item_gram_)
      .contributions(history, user.view().row(0), this->item_factors_.view().row(item), out.data());
}

template <class Scalar, class Index>
void nmf<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  writer.add("user_factors", this->user_factors_.view());
  writer.add("item_factors", this->item_factors_.view());
  writer.add("item_gram", item_gram_.data(), item_gram_.size());
  if (options_.keep_interactions) detail::write_csr(writer, "histories", this->histories_.view());
}

template <class Scalar, class Index>
nmf<Scalar, Index> nmf<Scalar, Index>::read_from(const detail::model_reader& reader) {
  nmf model(reader.options<nmf_options>());
  const std::int64_t k = model.options_.factors;
  model.user_factors_ = detail::map_dense<Scalar>(reader, "user_factors", detail::model_reader::any, k);
  model.item_factors_ = detail::map_dense<Scalar>(reader, "item_factors", detail::model_reader::any, k);
  for (const rows_view<const Scalar>& factors : {model.user_factors_.view(), model.item_factors_.view()})
    reader.require(std::all_of(factors.data, factors.data + factors.rows * factors.cols,
                               [](Scalar factor) { return factor >= 0; }),
                   "factors must not be negative");
  model.item_gram_ = detail::map_array<Scalar>(reader, "item_gram", k * k);
  model.histories_ = detail::read_kept<Scalar, Index>(reader, model.users(), model.items());
  return model;
}

template <class Scalar, class Index>
void nmf<Scalar, Index>::train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                               const detail::observer_ref& observer) {
  check_values(x, "nmf::fit");
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x);
  const std::vector<Index> user_schedule = detail::longest_first(x);
  const std::vector<Index> item_schedule = detail::longest_first(transposed.view());
  detail::dense_storage<Scalar> users = initial_factors(policy, x), items(x.cols, options_.factors);

  const auto start = std::chrono::steady_clock::now();
  for (int iteration = 1; iteration <= options_.iterations; ++iteration) {
    const detail::storage<Scalar> user_gram = gram_of(policy, users.view());
    engine_on(users, user_gram)
        .solve_rows(policy, transposed.view(), item_schedule, options_.sweeps, Scalar{0}, items.mutable_view());
    const detail::storage<Scalar> item_gram = gram_of(policy, items.view());
    const auto on_items = engine_on(items, item_gram);
    on_items.solve_rows(policy, x, user_schedule, options_.sweeps, Scalar{0}, users.mutable_view());

    progress state{iteration, options_.iterations};
    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (observer.is_present()) state.loss = on_items.loss(policy, x, users.view()) + penalty(items.view());
    if (!observer(state)) break;
  }
  nmf fitted(options_);
  fitted.item_factors_ = std::move(items);
  fitted.item_gram_ = gram_of(policy, fitted.item_factors_.view());
  fitted.user_factors_ = fitted.users_from(policy, x);
  this->become(std::move(fitted), x);
}

template <class Scalar, class Index>
void nmf<Scalar, Index>::check_values(const csr_view<Scalar, Index>& x, std::string_view where) {
  const Scalar* const end = x.values + x.nonzeros();
  const Scalar* const negative = std::find_if(x.values, end, [](Scalar value) { return value < 0; });
  if (negative != end) detail::require(false, where, "values must not be negative", *negative);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> nmf<Scalar, Index>::initial_factors(const detail::host_policy& policy,
                                                                  const csr_view<Scalar, Index>& x) const {
  const auto add_block = [&](std::int64_t begin, std::int64_t end, int) {
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += static_cast<double>(x.values[i]);
    return sum;
  };
  const double sum = detail::reduce_blocks(policy, x.nonzeros(), 65536, 0.0, add_block,
                                           [](double& total, double part) { total += part; });
  const double cells = static_cast<double>(x.rows) * static_cast<double>(x.cols);
  const double size = cells > 0 ? std::sqrt(sum / cells / options_.factors) : 0;
  detail::dense_storage<Scalar> factors(x.rows, options_.factors);
  const random_stream random(options_.seed);
  Scalar* const numbers = factors.mutable_view().data;
  for (std::int64_t i = 0; i < x.rows * options_.factors; ++i)
    numbers[i] = static_cast<Scalar>(size * std::abs(random.normal(static_cast<std::uint64_t>(i))));
  return factors;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> nmf<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                             const csr_view<Scalar, Index>& x) const {
  return solved(policy, x, this->item_factors_, item_gram_);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> nmf<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                             const csr_view<Scalar, Index>& x) const {
  return solved(policy, x, this->user_factors_, gram_of(policy, this->user_factors_.view()));
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> nmf<Scalar, Index>::solved(const detail::host_policy& policy,
                                                         const csr_view<Scalar, Index>& x,
                                                         const detail::dense_storage<Scalar>& fixed,
                                                         const detail::storage<Scalar>& gram) const {
  detail::dense_storage<Scalar> rows(x.rows, options_.factors);
  engine_on(fixed, gram)
      .solve_rows(policy, x, detail::longest_first(x), most_fold_in_sweeps, static_cast<Scalar>(fold_in_tolerance),
                  rows.mutable_view());
  return rows;
}

template <class Scalar, class Index>
nmf<Scalar, Index> nmf<Scalar, Index>::grown(std::int64_t users, std::int64_t items) const {
  nmf result(options_);
  result.user_factors_ = detail::with_rows(this->user_factors_, users);
  result.item_factors_ = detail::with_rows(this->item_factors_, items);
  result.item_gram_ = item_gram_;
  return result;
}

template <class Scalar, class Index>
void nmf<Scalar, Index>::put_users(const std::vector<Index>& ids, const detail::dense_storage<Scalar>& rows) {
  detail::put_rows(ids, rows, this->user_factors_);
}

template <class Scalar, class Index>
void nmf<Scalar, Index>::put_items(const detail::host_policy& policy, const std::vector<Index>& ids,
                                   const detail::dense_storage<Scalar>& rows) {
  detail::put_rows(ids, rows, this->item_factors_);
  item_gram_ = gram_of(policy, this->item_factors_.view());
}

template <class Scalar, class Index>
double nmf<Scalar, Index>::penalty(const rows_view<const Scalar>& items) const {
  double sum = 0;
  for (std::int64_t i = 0; i < items.rows; ++i)
    sum += static_cast<double>(kernels::dot(items.row(i), items.row(i), items.cols));
  return options_.regularization * sum;
}

AKIN_COMPILE_ONCE(factorization, class nmf<float>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<nmf<float>, detail::factor_scores<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class nmf<double>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<nmf<double>, detail::factor_scores<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
