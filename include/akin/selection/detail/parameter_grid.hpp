/// @file
/// All combinations of the parameters that a function requests, discovered while it runs.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// An inconsistent search space: a bug in the program, which is not reported as a failed trial.
class search_space_error : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Traverses a tree depth first: each requested parameter is a level, so that requests may depend on earlier answers.
/// The last parameter moves fastest.
class parameter_grid {
 public:
  /// The position of the parameter's value in this combination, of `count`.
  std::size_t position(std::string_view name, std::string_view range, std::size_t count);

  /// To the next combination; false after the last.
  bool next();

 private:
  struct axis {
    std::string name, range;
    std::size_t count, position;
  };

  std::vector<axis> axes_;  // of this combination, in the order of the requests
  std::size_t asked_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(selection)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE std::size_t parameter_grid::position(std::string_view name, std::string_view range, std::size_t count) {
  if (asked_ == axes_.size()) axes_.push_back({std::string(name), std::string(range), count, 0});
  const axis& next = axes_[asked_];
  if (next.name != name || next.range != range)
    fail<search_space_error>("grid_search: make_model must ask for the same parameters in the same order, got \"", name,
                             "\" of ", range, " where it was \"", next.name, "\" of ", next.range);
  ++asked_;
  return next.position;
}

AKIN_INLINE bool parameter_grid::next() {
  if (asked_ < axes_.size())
    fail<search_space_error>("grid_search: make_model must ask for the same parameters in the same order, got ", asked_,
                             " where there were ", axes_.size());
  while (!axes_.empty() && axes_.back().position + 1 == axes_.back().count) axes_.pop_back();
  if (axes_.empty()) return false;
  ++axes_.back().position;
  asked_ = 0;
  return true;
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
