/// @file
/// The common base of models that are made of a task.
#pragma once

#include <string>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>
#include <akin/train/detail/automatic_options.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Options, checks and names in messages of a model whose algorithm is a Task; see row_model and refit_model. Answers
/// is the learnt state, which answers for the model. Automatic options (model/data_shape.hpp) are chosen anew by each
/// fit; the file of a model holds what was chosen, and which options were automatic.
template <class Task, class Answers>
class task_model : public Answers {
 public:
  using options_type = typename Task::options_type;
  static constexpr std::string_view kind = Task::kind;

  task_model() : task_model(options_type{}) {}
  /// Throws std::invalid_argument for options out of range.
  template <detail::options_for<options_type> Options = options_type>
  explicit task_model(const Options& options) {
    asked_ = checked(static_cast<const options_type&>(options), kind);
    if constexpr (requires { Task::check(asked_); }) Task::check(asked_);
    task_.options = asked_;
  }

  /// As given before a fit; after it, with what was chosen for the automatic ones.
  const options_type& options() const noexcept { return task_.options; }

 protected:
  static std::string named(std::string_view call) { return detail::sentence(kind, "::", call); }
  /// The name of the call; throws not_fitted before the first fit.
  std::string fitted(std::string_view call) const {
    std::string where = named(call);
    detail::require_fitted(this->is_fitted(), where);
    return where;
  }

  /// The task of a fit to x, with options that are chosen from all of it.
  template <class Scalar, class Index>
  Task task_for(const csr_view<Scalar, Index>& x) const {
    Task task = task_;
    if constexpr (detail::has_automatic_options<Task>)
      task.options = detail::chosen_for<Task>(asked_, detail::shape_of(x));
    return task;
  }

  /// The rules of a task for values, if it has some.
  template <class Scalar, class Index>
  static void check_values(const Task& task, const csr_view<Scalar, Index>& x, std::string_view where) {
    if constexpr (requires { task.check_values(x, where); }) task.check_values(x, where);
  }
  template <class Scalar, class Index>
  void check_values(const csr_view<Scalar, Index>& x, std::string_view where) const {
    check_values(task_, x, where);
  }

  void write_options(detail::model_writer& writer) const {
    writer.add_options(task_.options);
    if constexpr (detail::has_automatic_options<Task>) detail::write_automatic(writer, asked_);
  }

  /// The Model of write_to, whose read(reader) reads all but the options.
  template <class Model>
  static Model read_as(const detail::model_reader& reader) {
    Model model(reader.template options<options_type>());
    static_cast<task_model&>(model).read_automatic(reader);
    model.read(reader);
    return model;
  }

  Task task_;

 private:
  /// An option that the file does not have, for its version did not know it, is chosen as for no data, and is not
  /// automatic.
  void read_automatic(const detail::model_reader& reader) {
    if constexpr (detail::has_automatic_options<Task>) {
      task_.options = asked_ = detail::chosen_for<Task>(asked_, data_shape{});
      detail::read_automatic(reader, asked_);
    }
  }

  options_type asked_;  // as given
};

}  // namespace akin::inline AKIN_ABI
