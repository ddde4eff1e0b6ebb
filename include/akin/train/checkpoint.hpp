/// @file
/// A training that survives the end of its process.
#pragma once

#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/parts.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/progress.hpp>

namespace akin::inline AKIN_ABI {

struct checkpoint_options {
  int every = 1;  ///< >= 1: iterations from one writing of the state to the next
};

namespace detail {

/// Writes the state after so many iterations.
void write_checkpoint(const std::filesystem::path& path, int iterations, const training_state& state);

/// Puts the training into the state of the file, if there is one; the number of iterations that are done.
int read_checkpoint(const std::filesystem::path& path, training_state& state);

}  // namespace detail

/// An observer that writes the whole state of a training to a file; a fit to the same data with the same options that
/// finds the file goes on from there, to the same bits as if it had never stopped:
///   model.fit(execution::par, x, akin::checkpoint("nightly.training", {.every = 5}));
/// The file is written as akin::save writes: it is whole at any moment. It is written, too, if the observer behind it
/// ends the training, and removed after the last iteration. Throws format_error for a file of another training,
/// std::runtime_error with path and reason if it cannot be written. Writing takes the time to copy the model to the
/// disk, no memory.
template <class Observer = no_observer>
class checkpoint {
 public:
  /// `observer` is told of each iteration, before the state is written. Throws std::invalid_argument for options out of
  /// range.
  explicit checkpoint(std::filesystem::path path, const checkpoint_options& options = {}, Observer observer = {})
      : path_(std::move(path)), options_(options), observer_(std::move(observer)) {
    detail::require(options.every >= 1, "checkpoint", "every must be positive", options.every);
  }

  int resume(training_state& state) { return detail::read_checkpoint(path_, state); }
  bool operator()(const progress& reached, const training_state& state) {
    const bool goes_on = detail::notify(observer_, reached);
    if (!goes_on || reached.iteration % options_.every == 0) detail::write_checkpoint(path_, reached.iteration, state);
    return goes_on;
  }
  void finish() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

 private:
  std::filesystem::path path_;
  checkpoint_options options_;
  Observer observer_;
};

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(train)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE void write_checkpoint(const std::filesystem::path& path, int iterations, const training_state& state) {
  model_writer writer;
  writer.add_text("@kind", "training");
  writer.add_value("iterations", iterations);
  state.write_to(writer);
  write_model_file(writer, path);
}

AKIN_INLINE int read_checkpoint(const std::filesystem::path& path, training_state& state) {
  if (!std::filesystem::exists(path)) return 0;
  const model_reader reader = open_model_file(path);
  require_label(reader, "training", {}, {});
  state.read_from(reader);
  return reader.value<int>("iterations", 1, std::numeric_limits<int>::max());
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
