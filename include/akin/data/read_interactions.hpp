/// @file
/// Interaction logs, and texts about items, from tables with named columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/csv.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/time_format.hpp>

namespace akin::inline AKIN_ABI {

/// How a reader treats a line in which a required column is empty, or holds one of missing_texts.
enum class missing_values {
  error,  ///< refuses the file
  skip,   ///< leaves the line out
  zero    ///< takes an empty value as 0; refuses the file for any other column
};

/// The names of the columns of an interaction log; an empty name: no such column. Without a header line the columns are
/// called "1", "2", ….
struct interaction_columns {
  std::string user = "user";
  std::string item = "item";
  /// The value: a finite number, also negative; without it each line counts 1.
  std::string value = {};
  /// The time: "2010-12-01", "2010-12-01T08:26", "2010-12-01 08:26:00.5+01:00" (UTC without a zone), or a number since
  /// 1970-01-01 UTC; `times` and `epoch` select other formats.
  std::string time = {};
  /// The kind of interaction: "view", "cart", "buy", ….
  std::string event = {};
  /// The weight of an event, which multiplies the value. If there are weights, an event without one is an error.
  std::vector<std::pair<std::string, double>> event_weights = {};
  char separator = 0;  ///< as csv_format::separator
  bool header = true;  ///< as csv_format::header
  missing_values missing = missing_values::error;
  epoch_unit epoch = epoch_unit::seconds;
  time_format times = time_format::automatic;
  /// Texts for missing values, beside the empty text: {"NULL", "\\N"}. Compared with the whole field as in the file,
  /// without quotes around it.
  std::vector<std::string> missing_texts = {};
  char escape = 0;  ///< as csv_format::escape
  /// A log whose ids are the start of this one's: its names keep their ids, new ones follow. Used until the reader
  /// returns.
  const interaction_log* ids_of = nullptr;
};

/// The two columns of a table of texts.
struct item_text_columns {
  std::string item = "item";
  std::string text = "text";
  char separator = 0;
  bool header = true;
  char escape = 0;
};

namespace detail {

interaction_log read_interactions(const text_input& input, const interaction_columns& columns);

std::vector<std::string> read_item_texts(const text_input& input, const item_text_columns& columns,
                                         const id_map& item_ids);

}  // namespace detail

/// The log that a table holds, its lines in the order of the file; ids are numbered in the order of their first
/// appearance. A file with a header and no lines is a log without lines. Throws format_error `file:line:column: …`
/// (columns count fields) for an empty file, a missing column (the sentence names the existing ones), lines that are
/// too short or too long, malformed numbers, times and ids; std::invalid_argument for wrong options; std::runtime_error
/// if the file cannot be read. O(bytes), on one thread.
interaction_log read_interactions(const std::filesystem::path& path, const interaction_columns& columns = {});

/// The texts of items from a table, in the order of their ids; "" for items that the table lacks. Items that the map
/// lacks are left out; an item with two lines is a format_error. Works for texts about users too. Errors and complexity
/// as read_interactions.
std::vector<std::string> read_item_texts(const std::filesystem::path& path, const item_text_columns& columns,
                                         const id_map& item_ids);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <algorithm>
#include <optional>

#include <akin/data/detail/log_builder.hpp>
#include <akin/data/detail/parse_number.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Reads the records of one table into a log.
class interaction_reader {
 public:
  interaction_reader(const text_input& input, const interaction_columns& columns)
      : reader_(input, {.separator = columns.separator, .header = columns.header, .escape = columns.escape}),
        missing_(columns.missing),
        missing_texts_(columns.missing_texts),
        times_(columns.times, columns.epoch, "read_interactions"),
        user_(reader_.column(columns.user)),
        item_(reader_.column(columns.item)),
        value_(optional_column(columns.value)),
        time_(optional_column(columns.time)),
        event_(optional_column(columns.event)),
        log_(columns.ids_of) {
    require_different(columns);
    require(columns.event_weights.empty() || event_, "read_interactions", "event must be named for event_weights");
    for (const auto& [event, weight] : columns.event_weights) {
      require(is_finite(weight), "read_interactions", "event_weights must be finite", weight);
      require(static_cast<std::size_t>(weighted_events_.insert(event)) == weights_.size(), "read_interactions",
              "event_weights must name each event once", event);
      weights_.push_back(weight);
    }
  }

  interaction_log read() && {
    const std::size_t bytes = reader_.bytes_left();
    while (reader_.next()) {
      add_line();
      if (log_.size() == lines_to_estimate) log_.reserve_for(bytes - reader_.bytes_left(), reader_.bytes_left());
    }
    return std::move(log_).finish();
  }

 private:
  static constexpr std::size_t lines_to_estimate = 10'000;

  std::optional<std::size_t> optional_column(const std::string& name) const {
    return name.empty() ? std::nullopt : std::optional(reader_.column(name));
  }

  static void require_different(const interaction_columns& columns) {
    const std::pair<std::string_view, std::string_view> roles[] = {{"user", columns.user},
                                                                   {"item", columns.item},
                                                                   {"value", columns.value},
                                                                   {"time", columns.time},
                                                                   {"event", columns.event}};
    for (const auto& [role, name] : roles)
      for (const auto& [other_role, other_name] : roles)
        require(role == other_role || name.empty() || name != other_name, "read_interactions",
                sentence(role, " and ", other_role, " must be different columns"), name);
  }

  void add_line() {
    if (missing_ == missing_values::skip && lacks_something()) return;
    require_present(user_);
    require_present(item_);
    const std::int32_t user = log_.user_id(reader_.text(user_));
    const std::int32_t item = log_.item_id(reader_.text(item_));
    double value = value_ ? value_of(*value_) : 1.0;
    if (time_) log_.add_time(time_of(*time_));
    if (event_) {
      require_present(*event_);
      value *= weight_of(*event_);
      log_.add_event(log_.event_id(reader_.text(*event_)));
    }
    const auto rounded = static_cast<float>(value);
    if (!is_finite(rounded)) reader_.refuse(value_ ? *value_ : *event_, "fit a float after weighting");
    log_.add(user, item, rounded);
  }

  bool is_missing(std::size_t column) const {
    const std::string_view raw = reader_.raw(column);
    return raw.empty() || (!missing_texts_.empty() && is_listed(raw));
  }

  AKIN_NOINLINE bool is_listed(std::string_view raw) const {
    return std::find(missing_texts_.begin(), missing_texts_.end(), raw) != missing_texts_.end();
  }

  bool lacks_something() const {
    const auto lacks = [&](const std::optional<std::size_t>& column) { return column && is_missing(*column); };
    return is_missing(user_) || is_missing(item_) || lacks(value_) || lacks(time_) || lacks(event_);
  }

  void require_present(std::size_t column) {
    if (is_missing(column)) reader_.refuse(column, reader_.raw(column).empty() ? "not be empty" : "not be missing");
  }

  double value_of(std::size_t column) {
    if (missing_ == missing_values::zero && is_missing(column)) return 0;
    require_present(column);
    const std::string_view text = reader_.text(column);
    float value = 0;
    if (!parse_number(text, value) || !is_finite(value))
      reader_.refuse(column, text.find(',') == std::string_view::npos ? "be a finite number"
                                                                      : "be a finite number, with a decimal point");
    return static_cast<double>(value);
  }

  std::int64_t time_of(std::size_t column) {
    require_present(column);
    const std::string_view text = reader_.text(column);
    std::int64_t milliseconds = 0;
    if (!times_.parse(text, milliseconds)) reader_.refuse(column, times_.rule(text));
    return milliseconds;
  }

  double weight_of(std::size_t column) {
    if (weights_.empty()) return 1;
    const auto event = weighted_events_.index_of(reader_.text(column));
    if (!event) reader_.refuse(column, "be one of event_weights");
    return at(weights_, *event);
  }

  csv_reader reader_;
  missing_values missing_;
  const std::vector<std::string>& missing_texts_;
  time_parser times_;
  std::size_t user_, item_;
  std::optional<std::size_t> value_, time_, event_;
  id_map weighted_events_;
  std::vector<double> weights_;
  log_builder log_;
};

AKIN_INLINE interaction_log read_interactions(const text_input& input, const interaction_columns& columns) {
  return interaction_reader(input, columns).read();
}

AKIN_INLINE std::vector<std::string> read_item_texts(const text_input& input, const item_text_columns& columns,
                                                     const id_map& item_ids) {
  csv_reader reader(input, {.separator = columns.separator, .header = columns.header, .escape = columns.escape});
  const std::size_t item = reader.column(columns.item), text = reader.column(columns.text);
  std::vector<std::string> texts(item_ids.size());
  std::vector<std::int64_t> lines(item_ids.size(), 0);
  while (reader.next()) {
    const auto id = item_ids.index_of(reader.text(item));
    if (!id) continue;
    const auto position = static_cast<std::size_t>(*id);
    if (lines[position] != 0)
      reader.refuse(item, sentence("come once, it has a text in line ", lines[position], " already"));
    lines[position] = reader.line();
    texts[position] = reader.text(text);
  }
  return texts;
}

}  // namespace detail

AKIN_INLINE interaction_log read_interactions(const std::filesystem::path& path, const interaction_columns& columns) {
  return detail::read_interactions(detail::load_text(path), columns);
}

AKIN_INLINE std::vector<std::string> read_item_texts(const std::filesystem::path& path,
                                                     const item_text_columns& columns, const id_map& item_ids) {
  return detail::read_item_texts(detail::load_text(path), columns, item_ids);
}

}  // namespace akin::inline AKIN_ABI
#endif
