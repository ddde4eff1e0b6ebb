/// @file
/// Evaluations side by side: a table of models and metrics as text, Markdown, CSV or JSON.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/finite.hpp>
#include <akin/metrics/metric_name.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI {

/// A number of a report and its accuracy; NaN (for the count: 0) if not known.
struct report_value {
  double value;
  double standard_error;
  double low = std::numeric_limits<double>::quiet_NaN();   ///< of a 95 % interval
  double high = std::numeric_limits<double>::quiet_NaN();  ///< of a 95 % interval
  std::int64_t count = 0;                                  ///< the number of users (or ratings) of the mean

  /// A number, optionally with its standard error, which gives a normal interval.
  report_value(double number, double error = std::numeric_limits<double>::quiet_NaN())
      : value(number), standard_error(error) {
    if (!detail::is_finite(error)) return;
    low = value - normal_95 * error;
    high = value + normal_95 * error;
  }
  /// A metric of evaluate, with its bootstrap interval if it has one, else the normal one. One without a standard error
  /// (of all lists together, or of a single user) has no interval.
  report_value(const metric_result& result)
      : report_value(result.mean,
                     result.standard_error > 0 ? result.standard_error : std::numeric_limits<double>::quiet_NaN()) {
    count = result.count;
    if (result.bootstrap_low < result.bootstrap_high) {
      low = result.bootstrap_low;
      high = result.bootstrap_high;
    }
  }

 private:
  static constexpr double normal_95 = 1.959963984540054;
};

/// A named number: a column of the report and the number of one row in it.
struct report_metric {
  std::string name;
  report_value value;
};

/// Other numbers of a row; NaN: not measured.
struct report_details {
  double train_seconds = std::numeric_limits<double>::quiet_NaN();
  double evaluate_seconds = std::numeric_limits<double>::quiet_NaN();
};

struct report_row {
  std::string name;
  std::vector<report_metric> metrics;
  report_details details;

  /// The number in a column, or null if the row has none.
  [[nodiscard]] const report_value* find(std::string_view column) const noexcept;
};

/// The suffix of a number in a table.
enum class report_spread { none, standard_error, interval };

enum class report_format { text, markdown, csv, json };

/// The format of text and Markdown. CSV and JSON hold everything, with all digits.
struct report_style {
  int digits = 4;  ///< decimals, 0 to 15
  report_spread spread = report_spread::standard_error;
};

/// The results of evaluate, evaluate_ratings, over_folds() or a group of by_group with the names of their metrics, for
/// report::add.
template <std::size_t Count, class... Metrics>
std::vector<report_metric> named_results(const std::array<metric_result, Count>& results, const Metrics&... metrics) {
  static_assert(Count == sizeof...(Metrics),
                "akin: named_results needs the metrics that evaluate was given, all of them");
  std::vector<report_metric> named;
  named.reserve(Count);
  (named.push_back({metric_name(metrics), results[named.size()]}), ...);
  return named;
}

/// A table: a row for each model, a column for each metric, in the order in which they were first added, then the
/// seconds if they were measured. Writes itself as aligned text, Markdown, CSV (RFC 4180) and JSON; see html_report for
/// a page with charts. Names are any UTF-8, escaped for each format.
///
///     akin::report table;
///     table.add("item_knn", {{"ndcg@10", result[0]}, {"coverage@10", result[1]}}, {.train_seconds = 1.5});
///     table.add("implicit_als", akin::named_results(result, metrics::ndcg{10}, metrics::coverage{10}));
///     std::puts(table.text().c_str());
///
/// Adding is not thread-safe.
class report {
 public:
  /// Adds a row. Throws std::invalid_argument, and adds nothing, if a name is empty or repeated (of rows, or of the
  /// metrics of this row) or seconds are negative.
  void add(std::string name, std::vector<report_metric> metrics, const report_details& details = {});

  [[nodiscard]] const std::vector<report_row>& rows() const noexcept { return rows_; }
  /// The names of the metrics.
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }

  /// Columns aligned by the width of the characters in a terminal.
  [[nodiscard]] std::string text(const report_style& style = {}) const;

  /// A table of GitHub's Markdown.
  [[nodiscard]] std::string markdown(const report_style& style = {}) const;

  /// Comma-separated values (RFC 4180) with a header. Beside a column NAME stand NAME.standard_error, NAME.low,
  /// NAME.high (of the 95 % interval) and NAME.count, each if any row has one; a missing number is an empty field.
  [[nodiscard]] std::string csv() const;

  /// One object: {"columns": [names], "rows": [{"name", "metrics": {name: {"value", and those known of
  /// "standard_error", "low", "high", "count"}}, and those known of "train_seconds", "evaluate_seconds"}]}. Numbers
  /// that are not finite are null.
  [[nodiscard]] std::string json() const;

  /// Writes the report to `sink`, line by line: anything callable with a std::string_view, or a std::string that it is
  /// appended to.
  template <class Sink>
  void print(Sink&& sink, report_format format = report_format::text, const report_style& style = {}) const {
    constexpr bool is_string = std::is_same_v<std::remove_cvref_t<Sink>, std::string>;
    static_assert(is_string || std::is_invocable_v<Sink&, std::string_view>,
                  "akin: report::print needs a std::string, or something to call with a std::string_view");
    const std::string all = written(format, style);
    if constexpr (is_string) {
      sink += all;
    } else {
      for (std::string_view rest = all; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n') + 1);
        sink(line.empty() ? rest : line);
        rest.remove_prefix(line.empty() ? rest.size() : line.size());
      }
    }
  }

 private:
  /// A column of CSV.
  struct field {
    std::string name;
    std::string column;                         // of a metric, else empty
    double report_value::*number = nullptr;     // of a metric, null for its count
    double report_details::*seconds = nullptr;  // of the row

    [[nodiscard]] std::string text(const report_row& row) const {
      if (seconds != nullptr) return known(row.details.*seconds) ? detail::shortest_number(row.details.*seconds) : "";
      const report_value* const value = row.find(column);
      if (value == nullptr) return "";
      if (number == nullptr) return value->count > 0 ? std::to_string(value->count) : "";
      return number == &report_value::value || known(value->*number) ? detail::shortest_number(value->*number) : "";
    }
  };

  static bool known(double x) noexcept;

  [[nodiscard]] bool has_seconds(double report_details::*seconds) const;

  [[nodiscard]] std::vector<field> all_fields() const;

  static std::string cell(const report_value* value, const report_style& style);

  static std::string seconds_cell(double seconds);

  /// The header and the rows.
  [[nodiscard]] std::vector<std::vector<std::string>> cells(const report_style& style) const;

  /// The notes below the table.
  [[nodiscard]] std::string legend(const report_style& style) const;

  static std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& lines);

  static std::string padded(const std::string& text, std::size_t width, bool right);

  static std::string json_of(const report_row& row);

  static std::string json_if_known(std::string_view name, double x);

  [[nodiscard]] std::string written(report_format format, const report_style& style) const;

  std::vector<std::string> columns_;
  std::vector<report_row> rows_;
};

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(report)
#include <algorithm>

namespace akin::inline AKIN_ABI {

AKIN_INLINE const report_value* report_row::find(std::string_view column) const noexcept {
  for (const report_metric& metric : metrics)
    if (metric.name == column) return &metric.value;
  return nullptr;
}

AKIN_INLINE void report::add(std::string name, std::vector<report_metric> metrics, const report_details& details) {
  constexpr std::string_view where = "report::add";
  detail::require(!name.empty(), where, "name must not be empty");
  for (const report_row& row : rows_)
    if (row.name == name)
      detail::fail<std::invalid_argument>(where, ": names of rows must differ, got ", name, " twice");
  detail::require(!(details.train_seconds < 0), where, "train_seconds must not be negative", details.train_seconds);
  detail::require(!(details.evaluate_seconds < 0), where, "evaluate_seconds must not be negative",
                  details.evaluate_seconds);
  std::vector<std::string> columns = columns_;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    detail::require(!metrics[i].name.empty(), where, "names of metrics must not be empty");
    for (std::size_t j = 0; j < i; ++j)
      if (metrics[j].name == metrics[i].name)
        detail::fail<std::invalid_argument>(where, ": names of metrics must differ, got ", metrics[i].name, " twice");
    if (std::find(columns.begin(), columns.end(), metrics[i].name) == columns.end()) columns.push_back(metrics[i].name);
  }
  rows_.push_back({std::move(name), std::move(metrics), details});
  columns_.swap(columns);
}

AKIN_INLINE std::string report::text(const report_style& style) const {
  std::string out;
  const auto lines = cells(style);
  const auto widths = widths_of(lines);
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c)
      out += detail::joined({(c == 0 ? "" : "  "), padded(line[c], widths[c], c > 0)});
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out + legend(style);
}

AKIN_INLINE std::string report::markdown(const report_style& style) const {
  std::string out;
  auto lines = cells(style);
  for (auto& line : lines)
    for (std::string& cell : line) cell = detail::markdown_text(cell);
  auto widths = widths_of(lines);
  for (std::size_t& width : widths) width = std::max<std::size_t>(width, 3);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t c = 0; c < widths.size(); ++c)
      out += detail::joined({"| ", padded(lines[i][c], widths[c], c > 0), " "});
    out += "|\n";
    if (i > 0) continue;
    for (std::size_t c = 0; c < widths.size(); ++c)
      out += detail::joined({(c == 0 ? "|:" : "|-"), std::string(widths[c], '-'), (c == 0 ? "-" : ":")});
    out += "|\n";
  }
  const std::string note = legend(style);
  return note.empty() ? out : out + "\n" + note;
}

AKIN_INLINE std::string report::csv() const {
  const std::vector<field> fields = all_fields();
  std::string out = "model";
  for (const field& f : fields) out += detail::joined({",", detail::csv_text(f.name)});
  out += "\r\n";
  for (const report_row& row : rows_) {
    out += detail::csv_text(row.name);
    for (const field& f : fields) out += detail::joined({",", f.text(row)});
    out += "\r\n";
  }
  return out;
}

AKIN_INLINE std::string report::json() const {
  std::string out = "{\n  \"columns\": [";
  for (std::size_t c = 0; c < columns_.size(); ++c)
    out += detail::joined({(c == 0 ? "" : ", "), detail::json_string(columns_[c])});
  out += "],\n  \"rows\": [";
  for (std::size_t r = 0; r < rows_.size(); ++r)
    out += detail::joined({(r == 0 ? "\n    " : ",\n    "), json_of(rows_[r])});
  return out + (rows_.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

AKIN_INLINE bool report::known(double x) noexcept { return detail::is_finite(x); }

AKIN_INLINE bool report::has_seconds(double report_details::*seconds) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const report_row& row) { return known(row.details.*seconds); });
}

AKIN_INLINE std::vector<report::field> report::all_fields() const {
  std::vector<field> fields;
  const auto add_if_used = [&](field f) {
    if (std::any_of(rows_.begin(), rows_.end(), [&](const report_row& row) { return !f.text(row).empty(); }))
      fields.push_back(std::move(f));
  };
  for (const std::string& column : columns_) {
    fields.push_back({column, column, &report_value::value});
    add_if_used({column + ".standard_error", column, &report_value::standard_error});
    add_if_used({column + ".low", column, &report_value::low});
    add_if_used({column + ".high", column, &report_value::high});
    add_if_used({column + ".count", column});
  }
  add_if_used({"train_seconds", "", nullptr, &report_details::train_seconds});
  add_if_used({"evaluate_seconds", "", nullptr, &report_details::evaluate_seconds});
  return fields;
}

AKIN_INLINE std::string report::cell(const report_value* value, const report_style& style) {
  if (value == nullptr) return "-";
  std::string text = detail::fixed_number(value->value, style.digits);
  const auto number = [&](double x) { return detail::fixed_number(x, style.digits); };
  if (style.spread == report_spread::standard_error && known(value->standard_error))
    text += detail::joined({" \xC2\xB1 ", number(value->standard_error)});
  if (style.spread == report_spread::interval && known(value->low) && known(value->high))
    text += detail::joined({" [", number(value->low), ", ", number(value->high), "]"});
  return text;
}

AKIN_INLINE std::string report::seconds_cell(double seconds) {
  return known(seconds) ? detail::seconds_text(seconds) : "-";
}

AKIN_INLINE std::vector<std::vector<std::string>> report::cells(const report_style& style) const {
  detail::require(style.digits >= 0 && style.digits <= 15, "report", "digits must be from 0 to 15", style.digits);
  const bool train = has_seconds(&report_details::train_seconds);
  const bool evaluate = has_seconds(&report_details::evaluate_seconds);
  std::vector<std::vector<std::string>> lines(1, {"model"});
  for (const std::string& column : columns_) lines[0].push_back(detail::one_line(column));
  if (train) lines[0].push_back("train s");
  if (evaluate) lines[0].push_back("evaluate s");
  for (const report_row& row : rows_) {
    std::vector<std::string> line = {detail::one_line(row.name)};
    for (const std::string& column : columns_) line.push_back(cell(row.find(column), style));
    if (train) line.push_back(seconds_cell(row.details.train_seconds));
    if (evaluate) line.push_back(seconds_cell(row.details.evaluate_seconds));
    lines.push_back(std::move(line));
  }
  return lines;
}

AKIN_INLINE std::string report::legend(const report_style& style) const {
  bool errors = false, intervals = false;
  for (const report_row& row : rows_) {
    for (const report_metric& metric : row.metrics) {
      errors = errors || known(metric.value.standard_error);
      intervals = intervals || (known(metric.value.low) && known(metric.value.high));
    }
  }
  if (style.spread == report_spread::standard_error && errors) return "\xC2\xB1 standard error\n";
  if (style.spread == report_spread::interval && intervals) return "[low, high] 95 % interval\n";
  return "";
}

AKIN_INLINE std::vector<std::size_t> report::widths_of(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths(lines[0].size());
  for (const auto& line : lines)
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], detail::display_width(line[c]));
  return widths;
}

AKIN_INLINE std::string report::padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, detail::display_width(text)), ' ');
  return right ? blanks + text : text + blanks;
}

AKIN_INLINE std::string report::json_of(const report_row& row) {
  std::string out = detail::joined({"{\"name\": ", detail::json_string(row.name), ", \"metrics\": {"});
  for (std::size_t m = 0; m < row.metrics.size(); ++m) {
    const report_value& value = row.metrics[m].value;
    out += detail::joined({(m == 0 ? "" : ", "), detail::json_string(row.metrics[m].name),
                           ": {\"value\": ", detail::json_number(value.value)});
    out += json_if_known("standard_error", value.standard_error) + json_if_known("low", value.low) +
           json_if_known("high", value.high);
    if (value.count > 0) out += detail::joined({", \"count\": ", std::to_string(value.count)});
    out += "}";
  }
  return detail::joined({out, "}", json_if_known("train_seconds", row.details.train_seconds),
                         json_if_known("evaluate_seconds", row.details.evaluate_seconds), "}"});
}

AKIN_INLINE std::string report::json_if_known(std::string_view name, double x) {
  return known(x) ? detail::joined({", ", detail::json_string(name), ": ", detail::json_number(x)}) : "";
}

AKIN_INLINE std::string report::written(report_format format, const report_style& style) const {
  switch (format) {
    case report_format::markdown:
      return markdown(style);
    case report_format::csv:
      return csv();
    case report_format::json:
      return json();
    default:
      return text(style);
  }
}

}  // namespace akin::inline AKIN_ABI
#endif
