/// @file
/// Lists of recommendations as files for other programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
#include <akin/error.hpp>
#include <akin/io/atomic_file.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Collects lines, and writes them to a file in large pieces.
class list_writer {
 public:
  /// The format by the extension, .csv or .jsonl. Throws std::invalid_argument for another one.
  explicit list_writer(const std::filesystem::path& path);

  void begin_list(std::string_view user);
  /// `score` as text.
  void add(std::string_view item, std::int64_t rank, std::string_view score);
  void end_list();
  void commit();

 private:
  void flush();

  bool is_json_;
  atomic_file file_;
  std::string text_, user_;
  bool is_first_ = true;
};

}  // namespace detail

/// Writes list i for user users[i], or for user i if `users` is empty, by name. `path` ends in .csv: a line
/// user,item,rank,score for each item, after a line with these names; or in .jsonl: a line {"user": …, "items":
/// [{"item": …, "score": …}, …]} for each list. Scores have the fewest digits that read back as the same number. The
/// file is written as akin::save writes: whole or not at all. Throws std::invalid_argument for another extension or
/// lists that do not fit the names, std::runtime_error with path and reason if the file cannot be written.
template <class Scalar, class Index>
void write_recommendations(const recommendations<Scalar, Index>& lists, const std::filesystem::path& path,
                           const id_map& user_ids, const id_map& item_ids,
                           std::span<const std::type_identity_t<Index>> users = {}) {
  constexpr std::string_view where = "write_recommendations";
  if (users.empty() ? lists.size() > user_ids.size() : lists.size() != users.size())
    detail::fail<std::invalid_argument>(where, ": there must be a user for each list, got ", lists.size(),
                                        " lists and ", users.empty() ? user_ids.size() : users.size(), " users");
  for (const Index user : users) detail::require_id(user, std::ssize(user_ids), where, "each of users");
  detail::list_writer file(path);
  for (std::size_t list = 0; list < lists.size(); ++list) {
    const auto user = users.empty() ? static_cast<Index>(list) : users[list];
    file.begin_list(user_ids.name_of(static_cast<std::int32_t>(user)));
    const auto items = lists.items(list);
    for (std::size_t rank = 0; rank < items.size(); ++rank) {
      detail::require_id(items[rank], std::ssize(item_ids), where, "each item of the lists");
      file.add(item_ids.name_of(static_cast<std::int32_t>(items[rank])), static_cast<std::int64_t>(rank) + 1,
               detail::shortest_number(lists.scores(list)[rank]));
    }
    file.end_list();
  }
  file.commit();
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(serving)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE list_writer::list_writer(const std::filesystem::path& path)
    : is_json_(path.extension() == ".jsonl"),
      file_(is_json_ || path.extension() == ".csv"
                ? path
                : (fail<std::invalid_argument>("write_recommendations: the path must end in .csv or "
                                               ".jsonl, got ",
                                               path.string()),
                   path)) {
  if (!is_json_) text_ = "user,item,rank,score\n";
}

AKIN_INLINE void list_writer::begin_list(std::string_view user) {
  user_ = is_json_ ? json_string(user) : csv_text(user);
  is_first_ = true;
  if (is_json_) text_ += "{\"user\": " + user_ + ", \"items\": [";
}

AKIN_INLINE void list_writer::add(std::string_view item, std::int64_t rank, std::string_view score) {
  if (is_json_) {
    if (!is_first_) text_ += ", ";
    const bool is_number = !score.ends_with('f') && !score.ends_with('n');  // but "inf", "nan"
    text_ += "{\"item\": " + json_string(item) + ", \"score\": ";
    text_ += is_number ? score : "null";
    text_ += '}';
  } else {
    text_ += user_ + "," + csv_text(item) + "," + std::to_string(rank) + ",";
    text_ += score;
    text_ += '\n';
  }
  is_first_ = false;
}

AKIN_INLINE void list_writer::end_list() {
  if (is_json_) text_ += "]}\n";
  if (text_.size() > (std::size_t{1} << 20)) flush();
}

AKIN_INLINE void list_writer::commit() {
  flush();
  file_.commit();
}

AKIN_INLINE void list_writer::flush() {
  file_.write(std::as_bytes(std::span(text_)));
  text_.clear();
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
