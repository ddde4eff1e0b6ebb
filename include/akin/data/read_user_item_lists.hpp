/// @file
/// Logs from lines of `user item item …`, the format of many published data sets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/detail/text_input.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI {

/// A file with the interactions of one kind, and the weight of each of them.
struct event_file {
  std::filesystem::path path;
  std::string event;
  double weight = 1;
};

struct user_item_list_options {
  /// As interaction_columns::ids_of: the training's log, to read a test.
  const interaction_log* ids_of = nullptr;
};

/// A published split: both matrices users x items with ones, numbered as in the files.
template <class Scalar>
struct lightgcn_split {
  sparse_matrix<Scalar> train;
  sparse_matrix<Scalar> test;
};

namespace detail {

struct event_text {
  text_input input;
  std::string event;
  double weight = 1;
};

interaction_log read_user_item_lists(const std::vector<event_text>& files, const user_item_list_options& options);

/// Reads one side of a split; the counts grow with its ids.
interaction_arrays read_dense_lists(const text_input& input, std::int64_t limit, std::int32_t& users,
                                    std::int32_t& items);

/// Ids are below the number of bytes of both files, or below `always_allowed`, so that a stray number cannot exhaust
/// the memory.
template <class Scalar>
lightgcn_split<Scalar> read_lightgcn(const text_input& train, const text_input& test,
                                     std::size_t always_allowed = std::size_t{1} << 20) {
  constexpr std::size_t max_ids = std::numeric_limits<std::int32_t>::max();
  const auto limit =
      static_cast<std::int64_t>(std::min(max_ids, std::max(always_allowed, train.text.size() + test.text.size())));
  std::int32_t users = 0, items = 0;
  interaction_arrays sides[] = {read_dense_lists(train, limit, users, items),
                                read_dense_lists(test, limit, users, items)};
  const auto user_ids = std::make_shared<const id_map>(numbered_ids(users));
  const auto item_ids = std::make_shared<const id_map>(numbered_ids(items));
  sparse_matrix<Scalar> matrices[2];
  for (std::size_t i = 0; i < 2; ++i) {
    sides[i].user_ids = user_ids;
    sides[i].item_ids = item_ids;
    matrices[i] = interaction_log(std::move(sides[i])).template matrix<Scalar>(duplicates::max);
  }
  return {std::move(matrices[0]), std::move(matrices[1])};
}

AKIN_COMPILE_ONCE(data, lightgcn_split<float> read_lightgcn<float>(const text_input&, const text_input&, std::size_t))
AKIN_COMPILE_ONCE(data, lightgcn_split<double> read_lightgcn<double>(const text_input&, const text_input&, std::size_t))

}  // namespace detail

/// The log of a file whose lines are `user item item …`, words between spaces or tabs; a user may have several lines,
/// or a line without items, which adds nothing. Values are 1. Throws format_error for bytes that are not text and for
/// tables with another separator, std::runtime_error if the file cannot be read. O(bytes).
interaction_log read_user_item_lists(const std::filesystem::path& path, const user_item_list_options& options = {});

/// One log from several such files, one a kind of interaction, with common ids; the value of a line is its file's
/// weight: `read_user_item_lists({{folder / "view.txt", "view", 1}, {folder / "buy.txt", "buy", 5}})`. The matrix of
/// such a log with duplicates::sum adds the weights up. Throws as above, and std::invalid_argument for an event without
/// a name.
interaction_log read_user_item_lists(const std::vector<event_file>& files, const user_item_list_options& options = {});

/// The folder of a published split of the LightGCN papers (Gowalla, Yelp2018, Amazon-Book): train.txt and test.txt with
/// lines `user item item …` of whole numbers from 0. Both matrices have the same shape and 1 if a pair occurs. `const
/// auto [train, test] = akin::read_lightgcn(folder);` Throws format_error `file:line:column: …` for a malformed number
/// or ids with large gaps, std::runtime_error if a file cannot be read. O(bytes · log(longest line)).
template <class Scalar = float>
lightgcn_split<Scalar> read_lightgcn(const std::filesystem::path& folder) {
  return detail::read_lightgcn<Scalar>(detail::load_text(folder / "train.txt"), detail::load_text(folder / "test.txt"));
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <akin/data/detail/log_builder.hpp>
#include <akin/data/detail/parse_number.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Calls visit(user, item, scanner, field) for each item of each line; the first word of a line is its user. Throws
/// format_error if no line has an item, but a line has a word with commas or the like: a table, not lists.
template <class Visit>
void visit_user_item_lists(const text_input& input, Visit visit) {
  line_scanner lines(input);
  bool has_items = false;
  std::int64_t line_of_table = 0;
  for (std::string_view rest; lines.next(rest);) {
    const std::string_view user = next_word(rest);
    std::int64_t field = 1;
    for (std::string_view item = next_word(rest); !item.empty(); item = next_word(rest))
      visit(user, item, lines, ++field);
    has_items = has_items || field > 1;
    if (line_of_table == 0 && user.find_first_of(",;|") != std::string_view::npos) line_of_table = lines.number();
  }
  if (!has_items && line_of_table > 0)
    fail_at(input.name, line_of_table, 1, "spaces or tabs must stand between user and items");
}

AKIN_INLINE interaction_log read_user_item_lists(const std::vector<event_text>& files,
                                                 const user_item_list_options& options) {
  log_builder log(options.ids_of);
  for (const event_text& file : files) {
    const auto weight = static_cast<float>(file.weight);
    require(is_finite(weight), "read_user_item_lists", "weight must be finite and fit a float", file.weight);
    const std::int32_t event = file.event.empty() ? -1 : log.event_id(file.event);
    visit_user_item_lists(file.input, [&](std::string_view user, std::string_view item, const line_scanner&, auto) {
      log.add(log.user_id(user), log.item_id(item), weight);
      if (event >= 0) log.add_event(event);
    });
  }
  return std::move(log).finish();
}

/// An id of a file with ids 0, 1, 2, …
inline std::int32_t dense_id(std::string_view word, std::int64_t limit, const line_scanner& lines, std::int64_t field) {
  std::int64_t id = -1;
  if (!parse_number(word, id) || id < 0)
    lines.fail_here(field, "an id must be a whole number from 0, got ", shown(word));
  if (id >= limit) lines.fail_here(field, "ids must number users and items from 0 without large gaps, got ", id);
  return static_cast<std::int32_t>(id);
}

AKIN_INLINE interaction_arrays read_dense_lists(const text_input& input, std::int64_t limit, std::int32_t& users,
                                                std::int32_t& items) {
  interaction_arrays columns;
  visit_user_item_lists(input,
                        [&](std::string_view user, std::string_view item, const line_scanner& lines, auto field) {
                          columns.users.push_back(dense_id(user, limit, lines, 1));
                          columns.items.push_back(dense_id(item, limit, lines, field));
                          users = std::max(users, columns.users.back() + 1);
                          items = std::max(items, columns.items.back() + 1);
                        });
  return columns;
}

}  // namespace detail

AKIN_INLINE interaction_log read_user_item_lists(const std::filesystem::path& path,
                                                 const user_item_list_options& options) {
  return detail::read_user_item_lists({{detail::load_text(path), "", 1}}, options);
}

AKIN_INLINE interaction_log read_user_item_lists(const std::vector<event_file>& files,
                                                 const user_item_list_options& options) {
  std::vector<detail::event_text> texts;
  for (const event_file& file : files) {
    detail::require(!file.event.empty(), "read_user_item_lists", "event must have a name");
    texts.push_back({detail::load_text(file.path), file.event, file.weight});
  }
  return detail::read_user_item_lists(texts, options);
}

}  // namespace akin::inline AKIN_ABI
#endif
