/// @file
/// The algorithm of explicit_als.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/explicit_als_engine.hpp>
#include <akin/factorization/detail/row_layout.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/factorization/explicit_als_table.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/row_model.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// See explicit_als.
template <class Scalar, class Index>
struct explicit_als_task {
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = explicit_als_options;
  using table_type = explicit_als_table<Scalar>;
  using rows = detail::dense_storage<Scalar>;
  using ratings_type = detail::weighted_ratings<Scalar, Index>;
  using context_type = row_context<explicit_als_task>;
  static constexpr std::string_view kind = "explicit_als";
  static constexpr when_both merging = when_both::replace;
  static constexpr bool items_need_histories = false, alternating = true;

  explicit_als_options options;

  static void check(const explicit_als_options& options) {
    const auto regularization = static_cast<Scalar>(options.regularization);
    detail::require(regularization > 0 && detail::is_finite(regularization), kind,
                    "regularization must be finite and positive", options.regularization);
  }
  table_type read_table(const detail::model_reader& reader) const {
    return table_type::read_from(reader, options.factors);
  }

  table_type train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                   const detail::observer_ref& observer) const {
    return train(policy, ratings_type{x}, nullptr, observer);
  }
  /// `transposed_weights` are those of the transpose, if there are weights.
  table_type train(const detail::host_policy& policy, const ratings_type& x, const Scalar* transposed_weights,
                   const detail::observer_ref& observer) const;

  /// k factors and the bias (0 in a model without biases): each row minimises the objective for a fixed other side.
  rows users_from(const detail::host_policy& policy, const ratings_type& x, const context_type& context) const {
    return fold(policy, x, context.learnt.mean, context.learnt.item_factors, context.learnt.item_biases);
  }
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const context_type& context) const {
    return users_from(policy, ratings_type{x}, context);
  }
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const context_type& context) const {
    return fold(policy, {x}, context.learnt.mean, context.learnt.user_factors, context.learnt.user_biases);
  }
  /// Reads the items of the history only.
  rows user_from(const row_view<Scalar, Index>& history, const context_type& context) const;

  /// The contribution of each element of a history to the score of `item`.
  void contributions(const row_view<Scalar, Index>& history, Index item, const table_type& learnt, Scalar* out) const {
    rows wide;
    engine_on(learnt.mean, layout().fixed(learnt.item_factors, wide), learnt.item_biases)
        .contributions(history, item, out);
  }

 private:
  using layout_type = detail::row_layout<Scalar>;
  layout_type layout() const noexcept { return layout_type(options); }

  auto engine_on(Scalar mean, const rows_view<const Scalar>& fixed, const detail::storage<Scalar>& biases) const {
    return detail::explicit_als_engine<Scalar, Index>(options, mean, fixed, biases.data());
  }

  /// Rows of ratings against the other side's factors and biases.
  rows fold(const detail::host_policy& policy, const ratings_type& x, Scalar mean, const rows& factors,
            const detail::storage<Scalar>& biases) const;
  /// The factors and, in the last column, the biases of rows that have just been solved.
  rows with_biases(const rows& solved) const;

  /// The sum of lambda_i (|y_i|^2 + b_i^2) of rows that have just been solved.
  double penalty(const ratings_type& x, const rows_view<const Scalar>& solved) const;

  static detail::storage<std::uint8_t> has_ratings(const ratings_type& x);
};

template <class Scalar, class Index>
explicit_als_table<Scalar> explicit_als_task<Scalar, Index>::train(const detail::host_policy& policy,
                                                                   const ratings_type& x,
                                                                   const Scalar* transposed_weights,
                                                                   const detail::observer_ref& observer) const {
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x.ratings);
  const ratings_type x_items{transposed.view(), transposed_weights};
  const detail::numbers<Index> user_schedule = detail::longest_first(x.ratings);
  const detail::numbers<Index> item_schedule = detail::longest_first(x_items.ratings);
  table_type learnt;
  learnt.has_biases = true;
  learnt.mean = detail::mean_rating(policy, x);
  learnt.user_biases = detail::storage<Scalar>(x.ratings.rows);
  learnt.item_biases = detail::storage<Scalar>(x.ratings.cols);
  rows users = layout().initial(x.ratings.rows, options), items(x.ratings.cols, layout().width());

  const auto start = std::chrono::steady_clock::now();
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    engine_on(learnt.mean, users.view(), learnt.user_biases)
        .solve_rows(policy, x_items, item_schedule, items.mutable_view());
    progress state{iteration, options.iterations};
    if (observer.is_present()) state.loss = penalty(x_items, items.view());
    layout().take_biases(items, learnt.item_biases);
    const auto engine = engine_on(learnt.mean, items.view(), learnt.item_biases);
    engine.solve_rows(policy, x, user_schedule, users.mutable_view());

    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (observer.is_present()) state.loss += engine.loss(policy, x, users.view());
    layout().take_biases(users, learnt.user_biases);
    if (!observer(state)) break;
  }
  learnt.user_factors = layout().narrowed(std::move(users));
  learnt.item_factors = layout().narrowed(std::move(items));
  learnt.known_users = has_ratings(x);
  learnt.known_items = has_ratings(x_items);
  return learnt;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> explicit_als_task<Scalar, Index>::user_from(const row_view<Scalar, Index>& history,
                                                                          const context_type& context) const {
  const std::int64_t n = history.size();
  rows fixed(n, layout().width()), solved(1, layout().width());
  detail::storage<Scalar> biases(n);
  detail::numbers<Index> ids;
  for (std::int64_t i = 0; i < n; ++i) {
    layout().widen(context.learnt.item_factors.view().row(history.ids[i]), fixed.mutable_view().row(i));
    biases.mutable_data()[i] = context.learnt.item_biases[history.ids[i]];
    ids.push_back(static_cast<Index>(i));
  }
  const Index offsets[] = {0, static_cast<Index>(n)};
  engine_on(context.learnt.mean, fixed.view(), biases)
      .solve_rows(execution::seq, {{1, n, offsets, ids.data(), history.values.data}}, {Index{0}},
                  solved.mutable_view());
  return with_biases(solved);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> explicit_als_task<Scalar, Index>::fold(const detail::host_policy& policy,
                                                                     const ratings_type& x, Scalar mean,
                                                                     const rows& factors,
                                                                     const detail::storage<Scalar>& biases) const {
  rows wide, solved(x.ratings.rows, layout().width());
  engine_on(mean, layout().fixed(factors, wide), biases)
      .solve_rows(policy, x, detail::longest_first(x.ratings), solved.mutable_view());
  return with_biases(solved);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> explicit_als_task<Scalar, Index>::with_biases(const rows& solved) const {
  rows result(solved.rows(), options.factors + std::int64_t{1});
  const std::int64_t used = options.factors + (options.biases ? 1 : 0);
  for (std::int64_t row = 0; row < solved.rows(); ++row)
    std::copy_n(solved.view().row(row), used, result.mutable_view().row(row));
  return result;
}

template <class Scalar, class Index>
double explicit_als_task<Scalar, Index>::penalty(const ratings_type& x, const rows_view<const Scalar>& solved) const {
  double sum = 0;
  for (std::int64_t row = 0; row < solved.rows; ++row)
    sum += detail::row_regularization(options, x.count(row)) *
           static_cast<double>(kernels::dot(solved.row(row), solved.row(row), solved.cols));
  return sum;
}

template <class Scalar, class Index>
detail::storage<std::uint8_t> explicit_als_task<Scalar, Index>::has_ratings(const ratings_type& x) {
  detail::storage<std::uint8_t> known(x.ratings.rows);
  for (std::int64_t row = 0; row < x.ratings.rows; ++row) known.mutable_data()[row] = x.count(row) > 0;
  return known;
}

AKIN_COMPILE_ONCE(factorization, struct explicit_als_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct explicit_als_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
