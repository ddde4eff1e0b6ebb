/// @file
/// A model that learns from sequences.
#pragma once

#include <string>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/execution.hpp>
#include <akin/model/file.hpp>
#include <akin/parallel.hpp>
#include <akin/train/task_model.hpp>

namespace akin::inline AKIN_ABI {

/// A model that learns from sequences as a whole. Its Task, made of its options, is the algorithm; the model does the
/// rest: checks and files. A task has
///   kind, scalar_type, index_type, options_type;
///   table_type, what was learnt, which answers for the model (sequence_scorer) and has write_to(writer);
///   options; learn(policy, sequences) -> table_type;
///   read_table(reader) -> table_type, the table that its write_to stored;
///   and, if it needs it, check(options), for rules that the list of the options cannot express.
template <class Task>
class sequence_model : public task_model<Task, typename Task::table_type> {
  using base = task_model<Task, typename Task::table_type>;
  using table_type = typename Task::table_type;

 public:
  using base::base;

  /// Learns from sequences, users' histories or sessions. If it throws, the model is as it was.
  template <class Policy>
  void fit(const Policy& policy, const sequences<typename Task::index_type>& train) {
    detail::assert_policy<Policy>();
    static_cast<table_type&>(*this) = this->task_.learn(detail::on_host(policy), train);
  }
  void fit(const sequences<typename Task::index_type>& train) { fit(execution::seq, train); }

  void write_to(model_writer& writer) const {
    this->write_options(writer);
    table_type::write_to(writer);
  }

 private:
  friend base;  // which calls read

  void read(const model_reader& reader) { static_cast<table_type&>(*this) = this->task_.read_table(reader); }
};

}  // namespace akin::inline AKIN_ABI
