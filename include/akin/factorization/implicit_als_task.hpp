/// @file
/// What is learnt by, and the algorithm of, implicit_als.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/feature_prior.hpp>
#include <akin/factorization/detail/implicit_als_engine.hpp>
#include <akin/factorization/detail/rotation.hpp>
#include <akin/factorization/implicit_als_options.hpp>
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

/// Factors in the eigenbasis of the items' Gramian, and the weights of features.
template <class Scalar, class Index>
struct implicit_als_table : factor_table<Scalar> {
  detail::storage<Scalar> item_eigenvalues;                  // of the Gramian of the trained items, which is diagonal
  detail::dense_storage<Scalar> user_weights, item_weights;  // B of the features, features x k
  detail::storage<Index> untrained_users;                    // that have nothing but features

  bool has_features() const noexcept { return user_weights.rows() > 0 || item_weights.rows() > 0; }
  implicit_als_table resized(std::int64_t users, std::int64_t items) const {
    return {factor_table<Scalar>::resized(users, items), item_eigenvalues, user_weights, item_weights, untrained_users};
  }
  void write_to(detail::model_writer& writer) const;
  static implicit_als_table read_from(const detail::model_reader& reader, std::int64_t factors);
};

template <class Scalar, class Index>
void implicit_als_table<Scalar, Index>::write_to(detail::model_writer& writer) const {
  factor_table<Scalar>::write_to(writer);
  writer.add("item_eigenvalues", item_eigenvalues.data(), item_eigenvalues.size());
  writer.add("user_feature_weights", user_weights.view());
  writer.add("item_feature_weights", item_weights.view());
  writer.add("untrained_users", untrained_users.data(), untrained_users.size());
}

template <class Scalar, class Index>
implicit_als_table<Scalar, Index> implicit_als_table<Scalar, Index>::read_from(const detail::model_reader& reader,
                                                                               std::int64_t factors) {
  const auto any = detail::model_reader::any;
  implicit_als_table table;
  static_cast<factor_table<Scalar>&>(table) = factor_table<Scalar>::read_from(reader, factors, false);
  table.item_eigenvalues = detail::map_array<Scalar>(reader, "item_eigenvalues", factors);
  reader.require(
      std::is_sorted(table.item_eigenvalues.begin(), table.item_eigenvalues.end()) && table.item_eigenvalues[0] >= 0,
      "eigenvalues must ascend from 0 or more");
  table.user_weights = detail::map_dense<Scalar>(reader, "user_feature_weights", any, factors);
  table.item_weights = detail::map_dense<Scalar>(reader, "item_feature_weights", any, factors);
  const auto untrained = reader.array<Index>("untrained_users", any, 1);
  detail::check_ids(reader, "untrained_users", untrained.data, untrained.rows, table.users());
  table.untrained_users = {untrained.data, untrained.rows, reader.owner()};
  return table;
}

/// See implicit_als.
template <class Scalar, class Index>
struct implicit_als_task {
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = implicit_als_options;
  using table_type = implicit_als_table<Scalar, Index>;
  using rows = detail::dense_storage<Scalar>;
  using context_type = row_context<implicit_als_task>;
  static constexpr std::string_view kind = "implicit_als";
  static constexpr when_both merging = when_both::add;
  static constexpr bool items_need_histories = false, alternating = true;

  implicit_als_options options;

  static void check(const implicit_als_options& options) {
    detail::require(options.regularization.value_or(1) > 0 || options.unobserved_weight.value_or(1) > 0, kind,
                    "regularization and unobserved_weight must not both be 0");
  }
  static void check_update(const table_type& learnt, std::string_view where) {
    detail::require(!learnt.has_features(), where,
                    "the model must have learnt without features, which it does not keep; fit it anew");
  }
  table_type read_table(const detail::model_reader& reader) const {
    return table_type::read_from(reader, *options.factors);
  }

  /// Each row is the minimum of the objective with the other side as it is and the prior `means` (0 if there are none).
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const context_type& context,
                  const rows& means = {}) const;
  /// In the eigenbasis of the users' Gramian, and back.
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const context_type& context,
                  const rows& means = {}) const;
  rows user_from(const row_view<Scalar, Index>& history, const context_type& context) const;
  /// Solves the items in the eigenbasis of the users' Gramian, and puts them into that of their own.
  void relearn_items(const detail::host_policy& policy, const csr_view<Scalar, Index>& item_users,
                     const detail::numbers<Index>& ids, table_type& learnt) const;

  auto engine_on(const rows& fixed, const detail::storage<Scalar>& eigenvalues) const {
    return detail::implicit_als_engine<Scalar, Index>(options, fixed.view(),
                                                      std::span(eigenvalues.begin(), eigenvalues.end()));
  }
};
template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                                           const csr_view<Scalar, Index>& x,
                                                                           const context_type& context,
                                                                           const rows& means) const {
  rows solved(x.rows, *options.factors);
  engine_on(context.learnt.item_factors, context.learnt.item_eigenvalues)
      .solve_rows(policy, x, detail::longest_first(x), solved.mutable_view(), means.view());
  detail::fill_empty_rows(x, means.view(), solved.mutable_view());
  return solved;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                                           const csr_view<Scalar, Index>& x,
                                                                           const context_type& context,
                                                                           const rows& means) const {
  rows users = detail::with_rows(context.learnt.user_factors, context.learnt.users());
  for (const Index user : context.learnt.untrained_users)
    std::fill_n(users.mutable_view().row(user), users.cols(), Scalar{0});
  const detail::rotation<Scalar> basis(policy, users.view(), "implicit_als::fold_in_items");
  basis.apply(policy, users.mutable_view());
  rows rotated_means = means;
  basis.apply(policy, rotated_means.mutable_view());
  rows solved(x.rows, *options.factors);
  engine_on(users, basis.eigenvalues())
      .solve_rows(policy, x, detail::longest_first(x), solved.mutable_view(), rotated_means.view());
  basis.undo(policy, solved.mutable_view());
  detail::fill_empty_rows(x, means.view(), solved.mutable_view());
  return solved;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::user_from(const row_view<Scalar, Index>& history,
                                                                          const context_type& context) const {
  rows user(1, *options.factors);
  engine_on(context.learnt.item_factors, context.learnt.item_eigenvalues)
      .solve_row(history, user.mutable_view().row(0));
  return user;
}

template <class Scalar, class Index>
void implicit_als_task<Scalar, Index>::relearn_items(const detail::host_policy& policy,
                                                     const csr_view<Scalar, Index>& item_users,
                                                     const detail::numbers<Index>& ids, table_type& learnt) const {
  const detail::rotation<Scalar> user_basis(policy, learnt.user_factors.view(), kind);
  user_basis.apply(policy, learnt.user_factors.mutable_view());
  user_basis.apply(policy, learnt.item_factors.mutable_view());
  engine_on(learnt.user_factors, user_basis.eigenvalues())
      .solve_rows(policy, item_users, detail::longest_first(item_users, ids), learnt.item_factors.mutable_view());
  const detail::rotation<Scalar> item_basis(policy, learnt.item_factors.view(), kind);
  item_basis.apply(policy, learnt.item_factors.mutable_view());
  learnt.item_eigenvalues = item_basis.eigenvalues();
}

AKIN_COMPILE_ONCE(factorization, struct implicit_als_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct implicit_als_table<double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct implicit_als_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct implicit_als_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
