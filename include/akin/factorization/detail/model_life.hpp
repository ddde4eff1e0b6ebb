/// @file
/// What models of factors do after their fit: rows for histories that are new, new interactions, users who leave.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/kept_interactions.hpp>
#include <akin/factorization/detail/row_edits.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The life of a Model that answers as Base does. Model says how: users_from(policy, x) and items_from(policy, x) learn
/// a row for each row of x, the other side staying as it is (items_from may read histories_); scores_of(row, out)
/// scores all items for a row of users_from; check_values(x, where) refuses what the model cannot learn from;
/// grown(users, items) is a copy with rows of zeros added; put_users(ids, rows) and put_items(policy, ids, rows) set
/// what was learnt. `merging` says what becomes of a cell that was there and comes again. In an `alternating` model the
/// users are those that the items give, all of them.
template <class Model, class Base>
class updatable : public Base {
  using Scalar = typename Base::scalar_type;
  using Index = typename Base::index_type;

 public:
  /// The interactions that the model has learnt from, users x items; refers to the model. Throws not_fitted, or
  /// std::invalid_argument where the option keep_interactions is off.
  auto histories() const {
    require_kept(self(), named("histories"));
    return histories_.map();
  }

  /// What the model would hold of users with these histories (rows x items), the items staying as they are: a row of
  /// factors each and, in models with biases, the bias in the last column. A row depends on its history alone; one
  /// without evidence gives zeros. The model's page says how it is found.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories) const {
    const std::string where = named("fold_in");
    require_fitted(*this, where);
    const auto x = checked_view<Scalar, Index>(policy, histories, where);
    return fold_users(policy, x, where);
  }

  /// The same for items, from who has taken them: `item_users` is items x users(), one row a new item.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in_items(const Policy& policy, const Matrix& item_users) const {
    const std::string where = named("fold_in_items");
    require_fitted(*this, where);
    if (Model::items_need_histories) require_kept(self(), where);
    const auto x = checked_view<Scalar, Index>(policy, item_users, where);
    return fold_items(policy, x, where);
  }

  /// Fills out[item] with the score of each item for a history, by its fold-in; -infinity for items without evidence,
  /// and for all where the history is no evidence.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// Learns from interactions that have come since: `new_interactions` holds those only, and has at least users() rows
  /// and items() columns; rows and columns beyond are new users and items. In order, each from its whole history and
  /// with the rest as it is: the users who have something new, the items that have, the same users again (in nmf all
  /// users). Nothing else changes: after many changes a fit is better. Takes a copy of the model, and time for the
  /// rows that change; needs keep_interactions. If it throws, the model is as it was.
  template <class Policy, class Matrix>
  void partial_fit(const Policy& policy, const Matrix& new_interactions) {
    const std::string where = named("partial_fit");
    require_kept(self(), where);
    const auto added = checked_addition(policy, new_interactions, histories_.view(), where);
    learn_also(policy, added, where);
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void partial_fit(const Matrix& new_interactions) { partial_fit(execution::seq, new_interactions); }

  /// Empties the user's row of the histories, sets what is known of the user to zero and learns the user's items anew
  /// without the row (in nmf all users then, too). Ids stay as they are. What other rows have learnt from the user by
  /// way of the items fades only with the next fit. Needs keep_interactions. If it throws, the model is as it was.
  template <class Policy>
  requires execution_policy<Policy>
  void forget(const Policy& policy, Index user) { drop(policy, user); }
  void forget(Index user) { forget(execution::seq, user); }

 protected:
  static std::string named(std::string_view call) { return sentence(Model::kind, "::", call); }

  /// Takes over what a fit to x has learnt.
  void become(Model&& fitted, const csr_view<Scalar, Index>& x);

  /// The row of one history.
  dense_storage<Scalar> user_from(const row_view<Scalar, Index>& history) const;

  csr_storage<Scalar, Index> histories_;

 private:
  Model& self() noexcept { return static_cast<Model&>(*this); }
  const Model& self() const noexcept { return static_cast<const Model&>(*this); }

  dense_matrix<Scalar> fold_users(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                  const std::string& where) const;
  dense_matrix<Scalar> fold_items(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                  const std::string& where) const;

  void learn_also(const host_policy& policy, const csr_view<Scalar, Index>& added, const std::string& where);
  void drop(const host_policy& policy, Index user);

  void relearn_users(const host_policy& policy, const std::vector<Index>& ids);
  void relearn_items(const host_policy& policy, const std::vector<Index>& ids);
};

template <class Model, class Base>
void updatable<Model, Base>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  const auto user = user_from(history);
  const Scalar* const row = user.view().row(0);
  if (std::all_of(row, row + user.cols(), [](Scalar x) { return x == 0; }))
    std::fill(out.begin(), out.end(), no_score<Scalar>);
  else
    self().scores_of(row, out);
}

template <class Model, class Base>
void updatable<Model, Base>::become(Model&& fitted, const csr_view<Scalar, Index>& x) {
  if (fitted.options().keep_interactions) fitted.histories_ = csr_storage<Scalar, Index>(x);
  self() = std::move(fitted);
}

template <class Model, class Base>
dense_storage<typename Base::scalar_type> updatable<Model, Base>::user_from(
    const row_view<Scalar, Index>& history) const {
  const Index offsets[] = {0, static_cast<Index>(history.size())};
  return self().users_from(execution::seq,
                           csr_view<Scalar, Index>{1, this->items(), offsets, history.ids.data, history.values.data});
}

template <class Model, class Base>
dense_matrix<typename Base::scalar_type> updatable<Model, Base>::fold_users(const host_policy& policy,
                                                                            const csr_view<Scalar, Index>& x,
                                                                            const std::string& where) const {
  Model::check_values(x, where);
  require_columns(x.cols, this->items(), where);
  return self().users_from(policy, x).map();
}

template <class Model, class Base>
dense_matrix<typename Base::scalar_type> updatable<Model, Base>::fold_items(const host_policy& policy,
                                                                            const csr_view<Scalar, Index>& x,
                                                                            const std::string& where) const {
  Model::check_values(x, where);
  if (x.cols != this->users())
    fail<std::invalid_argument>(where, ": item_users must have a column for each of the ", this->users(),
                                " users, got ", x.cols);
  return self().items_from(policy, x).map();
}

template <class Model, class Base>
void updatable<Model, Base>::learn_also(const host_policy& policy, const csr_view<Scalar, Index>& added,
                                        const std::string& where) {
  Model::check_values(added, where);
  Model next = self().grown(added.rows, added.cols);
  next.histories_ = merge_interactions(histories_.view(), added, Model::merging);
  const auto users = touched_rows(added);
  next.relearn_users(policy, users);
  next.relearn_items(policy, touched_columns(added));
  next.relearn_users(policy, Model::alternating ? touched_rows(next.histories_.view()) : users);
  self() = std::move(next);
}

template <class Model, class Base>
void updatable<Model, Base>::drop(const host_policy& policy, Index user) {
  const std::string where = named("forget");
  require_kept(self(), where);
  require_id(user, this->users(), where, "user");
  const auto had = histories_.view().row(user).ids;
  const std::vector<Index> items(had.begin(), had.end());
  Model next = self().grown(this->users(), this->items());
  next.histories_ = without_row(histories_.view(), user);
  next.relearn_users(policy, {user});
  next.relearn_items(policy, items);
  if (Model::alternating) next.relearn_users(policy, touched_rows(next.histories_.view()));
  self() = std::move(next);
}

template <class Model, class Base>
void updatable<Model, Base>::relearn_users(const host_policy& policy, const std::vector<Index>& ids) {
  if (ids.empty()) return;
  const auto rows = take_rows(histories_.view(), ids);
  self().put_users(ids, self().users_from(policy, rows.view()));
}

template <class Model, class Base>
void updatable<Model, Base>::relearn_items(const host_policy& policy, const std::vector<Index>& ids) {
  if (ids.empty()) return;
  const auto rows = take_rows(transpose(histories_.view()).view(), ids);
  self().put_items(policy, ids, self().items_from(policy, rows.view()));
}

}  // namespace akin::inline AKIN_ABI::detail
