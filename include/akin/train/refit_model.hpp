/// @file
/// Models that are updated by a new fit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/history_table.hpp>
#include <akin/parallel.hpp>
#include <akin/train/task_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A model that keeps its histories and learns from them as a whole. Its Task, made of its options, is the algorithm;
/// the model does the rest: checks, files, updates. A task has
///   kind, scalar_type, index_type, options_type;
///   table_type, a history_table with what was learnt, which answers for the model and has write_to(writer);
///   options; learn(policy, histories) -> table_type, whose histories the model fills in;
///   read_table(reader, histories) -> table_type, the table that its write_to stored;
///   automatic options, if any, that have a value when the task learns or reads: model/data_shape.hpp;
///   and, if it needs them, check(options), for rules that the list of the options cannot express, check_values(x,
///   where) and
///     merging(): how a cell that was there is combined with one that comes again, added by default.
template <class Task>
class refit_model : public task_model<Task, typename Task::table_type> {
  using base = task_model<Task, typename Task::table_type>;
  using table_type = typename Task::table_type;
  using Scalar = typename Task::scalar_type;
  using Index = typename Task::index_type;

 public:
  using options_type = typename Task::options_type;
  using base::base;
  using base::options;

  /// Learns from a users x items matrix; keeps a copy of it, or the matrix itself if it is moved in. If it throws,
  /// model and matrix are as they were.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const std::string where = named("fit");
    const detail::host_policy host = detail::on_host(policy);
    const auto x = detail::checked_view<Scalar, Index>(host, user_items, where);
    const Task task = this->task_for(x);
    base::check_values(task, x, where);
    table_type learnt = task.learn(host, x);
    become(task, std::move(learnt), detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  /// Learns from new interactions: `new_interactions` has at least users() rows and items() columns; rows and columns
  /// beyond are new. A new value of a known cell is added to the old one or, if scores are ratings, replaces it. The
  /// same, to the bit, as a fit to all interactions, and as slow. If it throws, the model is as it was.
  template <class Policy, class Matrix>
  void partial_fit(const Policy& policy, const Matrix& new_interactions) {
    const std::string where = fitted("partial_fit");
    const detail::host_policy host = detail::on_host(policy);
    const auto added = detail::checked_addition(host, new_interactions, this->histories_.view(), where);
    check_values(added, where);
    add(host, added);
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void partial_fit(const Matrix& new_interactions) { partial_fit(execution::seq, new_interactions); }

  /// Learns again without the user's interactions; ids do not change. The same, to the bit, as a fit to the other rows.
  /// If it throws, the model is as it was.
  template <class Policy>
  requires execution_policy<Policy>
  void forget(const Policy& policy, std::int64_t user) { drop(detail::on_host(policy), user); }
  void forget(std::int64_t user) { forget(execution::seq, user); }

  void write_to(model_writer& writer) const;

 private:
  friend base;  // which calls read
  using base::check_values;
  using base::fitted;
  using base::named;
  using base::task_;

  when_both merging() const {
    if constexpr (requires { task_.merging(); })
      return task_.merging();
    else
      return when_both::add;
  }

  void read(const model_reader& reader);
  void add(const detail::host_policy& policy, const csr_view<Scalar, Index>& added);
  void drop(const detail::host_policy& policy, std::int64_t user);
  void relearn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories);

  /// All at once, so that an update that fails leaves the model as it was, its options too.
  void become(const Task& task, table_type learnt, detail::csr_storage<Scalar, Index> histories) noexcept {
    task_ = task;
    static_cast<table_type&>(*this) = std::move(learnt);
    this->histories_ = std::move(histories);
  }
};

template <class Task>
void refit_model<Task>::write_to(model_writer& writer) const {
  this->write_options(writer);
  table_type::write_to(writer);
  detail::write_csr(writer, "histories", this->histories_.view());
}

template <class Task>
void refit_model<Task>::read(const model_reader& reader) {
  auto histories = detail::map_csr<Scalar, Index>(reader, "histories");
  table_type learnt = task_.read_table(reader, histories.view());
  become(task_, std::move(learnt), std::move(histories));
}

template <class Task>
void refit_model<Task>::add(const detail::host_policy& policy, const csr_view<Scalar, Index>& added) {
  relearn(policy, detail::merge_interactions(this->histories_.view(), added, merging()));
}

template <class Task>
void refit_model<Task>::drop(const detail::host_policy& policy, std::int64_t user) {
  const std::string where = fitted("forget");
  detail::require_id(user, this->users(), where, "user");
  relearn(policy, detail::without_row(this->histories_.view(), user));
}

template <class Task>
void refit_model<Task>::relearn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories) {
  const Task task = this->task_for(histories.view());
  table_type learnt = task.learn(policy, histories.view());
  become(task, std::move(learnt), std::move(histories));
}

}  // namespace akin::inline AKIN_ABI
