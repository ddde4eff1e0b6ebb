/// @file
/// Sequences from lines of `item item …`, the format of many published data sets.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include <akin/config.hpp>
#include <akin/data/detail/text_input.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/sequences.hpp>

namespace akin::inline AKIN_ABI {

/// Sequences and the names of their items, by id.
struct named_sequences {
  akin::sequences<std::int32_t> sequences;
  std::shared_ptr<const id_map> item_ids;
};

struct read_sequences_options {
  /// Whether the first word of a line is no item, but names the sequence: a user, a session.
  bool named = false;
  /// The training's items, to read a test: known items keep their ids, new ones come after them.
  std::shared_ptr<const id_map> item_ids = {};
};

namespace detail {

named_sequences read_sequences(const text_input& input, const read_sequences_options& options);

}  // namespace detail

/// The sequences of a file whose lines are `item item …`, or `name item item …`, words between spaces or tabs, in the
/// order of time; one sequence a line, a blank line is none. Throws format_error for bytes that are not text and for
/// tables with another separator, std::runtime_error if the file cannot be read. O(bytes).
named_sequences read_sequences(const std::filesystem::path& path, const read_sequences_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <string_view>
#include <utility>
#include <vector>

#include <akin/data/detail/log_builder.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE named_sequences read_sequences(const text_input& input, const read_sequences_options& options) {
  growing_ids items;
  if (options.item_ids) items.start_with(options.item_ids);
  std::vector<std::int64_t> offsets = {0};
  std::vector<std::int32_t> events;
  line_scanner lines(input);
  for (std::string_view rest; lines.next(rest);) {
    std::string_view word = next_word(rest);
    if (word.empty()) continue;
    if (word.find_first_of(",;|") != std::string_view::npos)
      lines.fail_here(1, "spaces or tabs must stand between items");
    if (options.named) word = next_word(rest);
    for (; !word.empty(); word = next_word(rest)) events.push_back(items.insert(word));
    offsets.push_back(std::ssize(events));
  }
  std::shared_ptr<const id_map> names = std::move(items).finish();
  akin::sequences<std::int32_t> all(std::ssize(*names), std::move(offsets), std::move(events));
  return {std::move(all), std::move(names)};
}

}  // namespace detail

AKIN_INLINE named_sequences read_sequences(const std::filesystem::path& path, const read_sequences_options& options) {
  return detail::read_sequences(detail::load_text(path), options);
}

}  // namespace akin::inline AKIN_ABI
#endif
