/// @file
/// A line on a terminal that shows how far a training is.
#pragma once

#include <string>

#include <akin/progress.hpp>

#include "general.hpp"

namespace cli {

/// Shows itself on standard error if that is a terminal, unless the command is to be quiet; its end clears the line.
class progress_bar {
 public:
  progress_bar(const general_options& options, std::string title);
  ~progress_bar() { clear(); }
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// The observer of a training.
  void operator()(const akin::progress& reached) const;
  /// `part` of the whole, from 0 to 1, and what there is to say.
  void show(double part, const std::string& text) const;
  void clear() const;

 private:
  bool is_shown_;
  std::string title_;
};

}  // namespace cli
