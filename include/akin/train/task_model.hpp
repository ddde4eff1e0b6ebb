/// @file
/// The common base of models that are made of a task.
#pragma once

#include <string>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/model/fields.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Options, checks and names in messages of a model whose algorithm is a Task; see row_model and refit_model. Answers
/// is the learnt state, which answers for the model.
template <class Task, class Answers>
class task_model : public Answers {
 public:
  using options_type = typename Task::options_type;
  static constexpr std::string_view kind = Task::kind;

  task_model() : task_model(options_type{}) {}
  /// Throws std::invalid_argument for options out of range.
  template <detail::options_for<options_type> Options = options_type>
  explicit task_model(const Options& options) {
    task_.options = checked(static_cast<const options_type&>(options), kind);
    if constexpr (requires { Task::check(task_.options); }) Task::check(task_.options);
  }

  const options_type& options() const noexcept { return task_.options; }

 protected:
  static std::string named(std::string_view call) { return detail::sentence(kind, "::", call); }
  /// The name of the call; throws not_fitted before the first fit.
  std::string fitted(std::string_view call) const {
    std::string where = named(call);
    detail::require_fitted(this->is_fitted(), where);
    return where;
  }

  /// The rules of the task for values, if it has some.
  template <class Scalar, class Index>
  void check_values(const csr_view<Scalar, Index>& x, std::string_view where) const {
    if constexpr (requires { task_.check_values(x, where); }) task_.check_values(x, where);
  }

  Task task_;
};

}  // namespace akin::inline AKIN_ABI
