/// @file
/// What is learnt by, and the algorithm of, explicit_als.
#pragma once

#include <algorithm>
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
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/train/row_context.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// With a flag for each user and item: 1 if there were ratings. A row of zeros may be known.
template <class Scalar>
struct explicit_als_table : factor_table<Scalar> {
  detail::storage<std::uint8_t> known_users, known_items;

  bool knows_user(std::int64_t user) const noexcept { return known_users[user] != 0; }
  bool knows_item(std::int64_t item) const noexcept { return known_items[item] != 0; }

  explicit_als_table resized(std::int64_t users, std::int64_t items) const {
    return {factor_table<Scalar>::resized(users, items), detail::with_rows(known_users, users),
            detail::with_rows(known_items, items)};
  }
  template <class Index>
  void set_users(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
                 const csr_view<Scalar, Index>& x) {
    factor_table<Scalar>::set_users(ids, rows, x);
    mark(ids, x, known_users);
  }
  template <class Index>
  void set_items(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
                 const csr_view<Scalar, Index>& x) {
    factor_table<Scalar>::set_items(ids, rows, x);
    mark(ids, x, known_items);
  }

  void write_to(detail::model_writer& writer) const {
    factor_table<Scalar>::write_to(writer);
    writer.add("known_users", known_users.data(), known_users.size());
    writer.add("known_items", known_items.data(), known_items.size());
  }
  static explicit_als_table read_from(const detail::model_reader& reader, std::int64_t factors) {
    const auto flags = [&](std::string_view name, std::int64_t size) {
      const auto known = reader.array<std::uint8_t>(name, size, 1);
      return detail::storage<std::uint8_t>(known.data, size, reader.owner());
    };
    explicit_als_table table;
    static_cast<factor_table<Scalar>&>(table) = factor_table<Scalar>::read_from(reader, factors, true);
    table.known_users = flags("known_users", table.users());
    table.known_items = flags("known_items", table.items());
    return table;
  }

 private:
  template <class Index>
  static void mark(const detail::numbers<Index>& ids, const csr_view<Scalar, Index>& x,
                   detail::storage<std::uint8_t>& known) {
    std::int64_t row = 0;
    for (const Index id : ids) known.mutable_data()[id] = x.row_size(row++) > 0;
  }
};

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

  using layout_type = detail::row_layout<Scalar>;
  layout_type layout() const noexcept { return layout_type(options); }

  auto engine_on(Scalar mean, const rows_view<const Scalar>& fixed, const detail::storage<Scalar>& biases) const {
    return detail::explicit_als_engine<Scalar, Index>(options, mean, fixed, biases.data());
  }

 private:
  /// Rows of ratings against the other side's factors and biases.
  rows fold(const detail::host_policy& policy, const ratings_type& x, Scalar mean, const rows& factors,
            const detail::storage<Scalar>& biases) const;
  /// The factors and, in the last column, the biases of rows that have just been solved.
  rows with_biases(const rows& solved) const;
};

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

AKIN_COMPILE_ONCE(factorization, struct explicit_als_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct explicit_als_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
