/// @file
/// Factor models that are updated row by row after new interactions, or when users leave.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/train/chosen_rows.hpp>
#include <akin/train/row_context.hpp>
#include <akin/train/task_model.hpp>
#include <akin/train/trainer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
/// A model that holds a table of factors and solves its rows one by one. Its Task, made of its options, is the
/// algorithm; the model does the rest: checks, files, updates. A task has
///   kind, scalar_type, index_type, options_type (with keep_interactions), table_type (a factor_table, or derived);
///   options, the automatic ones (model/data_shape.hpp) with a value when it learns, which updates keep;
///   read_table(reader), the table that its write_to stored;
///   a trainer<backend::host, Task> (train/trainer.hpp), whose data is a users x items matrix;
///   users_from(policy, x, context) and items_from(policy, x, context) -> a row of k factors (and a bias) for each row
///     of x, the other side staying as it is;
///   merging: how a cell that was there is combined with one that comes again; alternating: whether all users are
///     solved again after items have changed; items_need_histories: whether items_from reads the histories;
///   and, if it needs them, check(options), for rules that the list of the options cannot express, check_values(x,
///   where), check_update(learnt, where), user_from(history, context), a faster users_from for one history,
///   relearn_items(policy, item_users, ids, learnt) instead of items_from, and items_changed(policy, learnt).
template <class Task>
class row_model
    : public task_model<
          Task, factor_scores<typename Task::scalar_type, typename Task::index_type, typename Task::table_type>> {
  using base =
      task_model<Task, factor_scores<typename Task::scalar_type, typename Task::index_type, typename Task::table_type>>;
  using Scalar = typename Task::scalar_type;
  using Index = typename Task::index_type;

 public:
  using options_type = typename Task::options_type;
  using base::base;
  using base::options;

  /// Learns from a users x items matrix. The observer is told of each iteration; if it returns false, the training ends
  /// there and keeps its result so far. Throws std::invalid_argument for values that the model cannot learn from,
  /// numeric_error if the factors overflow; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    const std::string where = named("fit");
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, where);
    if constexpr (std::is_convertible_v<const Policy&, detail::host_policy>)
      learn(policy, x, detail::observer_ref(observer), where);
    else
      learn_by(policy, x, detail::observer_ref(observer), where);
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  /// The interactions of the training, users x items; refers to the model. Throws not_fitted, or std::invalid_argument
  /// if the option keep_interactions is off.
  auto histories() const {
    require_kept(named("histories"));
    return histories_.map();
  }

  /// The rows of users with these histories (rows x items) while the items stay fixed: k factors each and, in models
  /// with biases, the bias in the last column. A row depends on its history alone; a history without evidence gives
  /// zeros. The model's page describes the method.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories) const {
    const auto x = checked_histories(policy, histories);
    return task_.users_from(on_host(policy), x, context()).map();
  }

  /// The same for items, from their users: `item_users` is items x users(), one row a new item.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in_items(const Policy& policy, const Matrix& item_users) const {
    const auto x = checked_item_users(policy, item_users);
    return task_.items_from(on_host(policy), x, context()).map();
  }

  /// Fills out[item] with the score of each item for a history, by its fold-in; -infinity for items without evidence,
  /// and for all items if the history has no evidence.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// Learns from new interactions: `new_interactions` holds only these, and has at least users() rows and items()
  /// columns; rows and columns beyond are new users and items. Relearns three groups of rows, each from its whole
  /// history with all others fixed: the users with new interactions, the items with new interactions, the same users
  /// again (in an alternating model all users). Nothing else changes: after many changes a fit is better. Takes a copy
  /// of the model, and time for the rows that change; needs keep_interactions. If it throws, the model is as it was.
  template <class Policy, class Matrix>
  void partial_fit(const Policy& policy, const Matrix& new_interactions) {
    const std::string where = named("partial_fit");
    require_updatable(where);
    add(on_host(policy), detail::checked_addition(policy, new_interactions, histories_.view(), where), where);
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void partial_fit(const Matrix& new_interactions) { partial_fit(execution::seq, new_interactions); }

  /// Empties the user's row of the histories, sets what is known of the user to zero and learns the user's items anew
  /// without the row (in an alternating model all users then, too). Ids stay as they are. Indirect influence on other
  /// rows remains until the next fit. Needs keep_interactions. If it throws, the model is as it was.
  template <class Policy>
  requires execution_policy<Policy>
  void forget(const Policy& policy, Index user) { drop(on_host(policy), user); }
  void forget(Index user) { forget(execution::seq, user); }

  void write_to(detail::model_writer& writer) const;

 protected:
  using base::check_values;
  using base::named;
  using base::task_;

  /// The policy for what only the host can do; a sentence where nothing can be done by the caller's.
  template <class Policy>
  static detail::host_policy on_host(const Policy& policy) {
    assert_trains_on<Policy>();
    if constexpr (execution_policy<Policy>)
      return execution::host_of(policy);
    else
      return execution::seq;
  }

  row_context<Task> context() const { return {this->learnt_, histories_.view()}; }

  template <class Policy, class Matrix>
  csr_view<Scalar, Index> checked_matrix(const Policy& policy, const Matrix& matrix, std::string_view where) const {
    const auto x = detail::checked_view<Scalar, Index>(policy, matrix, where);
    check_values(x, where);
    return x;
  }
  template <class Policy, class Matrix>
  csr_view<Scalar, Index> checked_histories(const Policy& policy, const Matrix& histories) const {
    const std::string where = named("fold_in");
    detail::require_fitted(*this, where);
    const auto x = checked_matrix(policy, histories, where);
    detail::require_columns(x.cols, this->items(), where);
    return x;
  }
  template <class Policy, class Matrix>
  csr_view<Scalar, Index> checked_item_users(const Policy& policy, const Matrix& item_users) const {
    const std::string where = named("fold_in_items");
    detail::require_fitted(*this, where);
    if (Task::items_need_histories) require_kept(where);
    const auto x = checked_matrix(policy, item_users, where);
    if (x.cols != this->users())
      detail::fail<std::invalid_argument>(where, ": item_users must have a column for each of the ", this->users(),
                                          " users, got ", x.cols);
    return x;
  }

  void learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const detail::observer_ref& observer,
             std::string_view where);
  /// The same by any policy that has a trainer of the task.
  template <class Policy>
  void learn_by(const Policy& policy, const csr_view<Scalar, Index>& x, const detail::observer_ref& observer,
                std::string_view where) {
    assert_trains_on<Policy>();
    if constexpr (trains_on<Policy, Task>) {
      const Task task = this->task_for(x);
      check_values(task, x, where);
      trainer<backend_of<Policy>, Task> training(task, policy, x);
      adopt(task, detail::run_training(training, observer), x);
    }
  }
  /// Takes over a task of task_for(x), the table that it learnt from x, and a copy of x if the options ask for it.
  void adopt(const Task& task, typename Task::table_type learnt, const csr_view<Scalar, Index>& x);

  /// The row of one history.
  detail::dense_storage<Scalar> user_from(const row_view<Scalar, Index>& history) const;

  detail::csr_storage<Scalar, Index> histories_;  // if they are kept

 private:
  using table_type = typename Task::table_type;

  friend base;  // which calls read

  void read(const detail::model_reader& reader);

  template <class Policy>
  static constexpr void assert_trains_on() {
    static_assert(!execution_policy<Policy> || trains_on<Policy, Task>,
                  "akin: this model has no engine for this policy; execution::seq and execution::par have one");
  }

  void require_kept(std::string_view where) const {
    detail::require_fitted(this->is_fitted(), where);
    detail::require(options().keep_interactions, where, "keep_interactions must be true in the model's options");
  }
  void require_updatable(std::string_view where) const {
    require_kept(where);
    if constexpr (requires { task_.check_update(this->learnt_, where); }) task_.check_update(this->learnt_, where);
  }

  void add(const detail::host_policy& policy, const csr_view<Scalar, Index>& added, std::string_view where);
  void drop(const detail::host_policy& policy, Index user);

  /// Relearns these users and items from `histories`, which become the model's.
  void relearn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories,
               const detail::numbers<Index>& users, const detail::numbers<Index>& items);
  void relearn_users(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                     const detail::numbers<Index>& ids, table_type& learnt) const;
  void relearn_items(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                     const detail::numbers<Index>& ids, table_type& learnt) const;
};

template <class Task>
void row_model<Task>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  const auto user = user_from(history);
  const Scalar* const row = user.view().row(0);
  if (std::all_of(row, row + user.cols(), [](Scalar x) { return x == 0; }))
    std::fill(out.begin(), out.end(), no_score<Scalar>);
  else
    this->scores_of(row, out);
}

template <class Task>
detail::dense_storage<typename Task::scalar_type> row_model<Task>::user_from(
    const row_view<Scalar, Index>& history) const {
  if constexpr (requires { task_.user_from(history, context()); }) {
    return task_.user_from(history, context());
  } else {
    const Index offsets[] = {0, static_cast<Index>(history.size())};
    return task_.users_from(execution::seq, {1, this->items(), offsets, history.ids.data, history.values.data},
                            context());
  }
}

template <class Task>
void row_model<Task>::learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                            const detail::observer_ref& observer, std::string_view where) {
  const Task task = this->task_for(x);
  check_values(task, x, where);
  trainer<backend::host, Task> training(task, policy, x);
  adopt(task, detail::run_training(training, observer), x);
}

template <class Task>
void row_model<Task>::adopt(const Task& task, table_type learnt, const csr_view<Scalar, Index>& x) {
  detail::csr_storage<Scalar, Index> kept;
  if (task.options.keep_interactions) kept = detail::csr_storage<Scalar, Index>(x);
  task_ = task;
  this->learnt_ = std::move(learnt);
  histories_ = std::move(kept);
}

template <class Task>
void row_model<Task>::write_to(detail::model_writer& writer) const {
  this->write_options(writer);
  this->learnt_.write_to(writer);
  if (options().keep_interactions) detail::write_csr(writer, "histories", histories_.view());
}

template <class Task>
void row_model<Task>::read(const detail::model_reader& reader) {
  this->learnt_ = task_.read_table(reader);
  if (!options().keep_interactions) return;
  histories_ = detail::map_csr<Scalar, Index>(reader, "histories");
  reader.require(histories_.rows() == this->users() && histories_.cols() == this->items(),
                 "histories must be users x items");
}

template <class Task>
void row_model<Task>::add(const detail::host_policy& policy, const csr_view<Scalar, Index>& added,
                          std::string_view where) {
  check_values(added, where);
  relearn(policy, detail::merge_interactions(histories_.view(), added, Task::merging), detail::nonempty_rows(added),
          detail::nonempty_columns(added));
}

template <class Task>
void row_model<Task>::drop(const detail::host_policy& policy, Index user) {
  const std::string where = named("forget");
  require_updatable(where);
  detail::require_id(user, this->users(), where, "user");
  const auto items = histories_.view().row(user).ids;
  relearn(policy, detail::without_row(histories_.view(), user), {user}, {items.begin(), items.end()});
}

template <class Task>
void row_model<Task>::relearn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories,
                              const detail::numbers<Index>& users, const detail::numbers<Index>& items) {
  const csr_view<Scalar, Index> x = histories.view();
  table_type learnt = this->learnt_.resized(x.rows, x.cols);
  relearn_users(policy, x, users, learnt);
  relearn_items(policy, x, items, learnt);
  relearn_users(policy, x, Task::alternating ? detail::all_rows(x) : users, learnt);
  this->learnt_ = std::move(learnt);
  histories_ = std::move(histories);
}

template <class Task>
void row_model<Task>::relearn_users(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                    const detail::numbers<Index>& ids, table_type& learnt) const {
  if (ids.empty()) return;
  const detail::chosen_rows<Scalar, Index> rows(x, ids);
  learnt.set_users(ids, task_.users_from(policy, rows.view(), {learnt, x}), rows.view());
}

template <class Task>
void row_model<Task>::relearn_items(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                    const detail::numbers<Index>& ids, table_type& learnt) const {
  if (ids.empty()) return;
  const auto item_users = detail::transpose(x);
  if constexpr (requires { task_.relearn_items(policy, item_users.view(), ids, learnt); }) {
    task_.relearn_items(policy, item_users.view(), ids, learnt);
  } else {
    const detail::chosen_rows<Scalar, Index> rows(item_users.view(), ids);
    learnt.set_items(ids, task_.items_from(policy, rows.view(), {learnt, x}), rows.view());
    if constexpr (requires { task_.items_changed(policy, learnt); }) task_.items_changed(policy, learnt);
  }
}

}  // namespace akin::inline AKIN_ABI
