/// @file
/// A report as one self-contained HTML page.
#pragma once

#include <string>
#include <vector>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/report/report.hpp>

namespace akin::inline AKIN_ABI {

struct html_report_options {
  std::string title = "Evaluation";
  std::vector<std::string> notes = {};  ///< paragraphs below the title
  /// The column of quality, the vertical axis of the scatter charts; empty: the first column.
  std::string quality = {};
  /// The column that is plotted against quality; empty: the first whose name begins with "coverage", if there is one.
  std::string coverage = {};
  int digits = 4;  ///< decimals, 0 to 12
};

/// The report as one HTML page: a table, bars of each metric with 95 % intervals, quality against coverage, quality
/// against the time of training on a logarithmic scale. It is self-contained (inline SVG; no script, no network),
/// follows the reader's choice of light or dark, fits narrow windows and paper, and shows all digits in tooltips. Names
/// are escaped. Empty charts are left out: trade-offs need two models with both numbers.
///
/// Throws std::invalid_argument if `quality` or `coverage` names no column, or digits are out of range.
std::string html_report(const report& table, const html_report_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(report)
#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>

#include <akin/error.hpp>
#include <akin/report/detail/html_charts.hpp>
#include <akin/report/detail/html_text.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The requested name, or the first column with fits(column); empty if there is none.
template <class Fits>
std::string chosen_column(const report& table, const std::string& asked, std::string_view what, const Fits& fits) {
  const auto& columns = table.columns();
  if (!asked.empty()) {
    if (std::find(columns.begin(), columns.end(), asked) == columns.end())
      fail<std::invalid_argument>("html_report: ", what, " must name a column of the report, got ", asked);
    return asked;
  }
  const auto found = std::find_if(columns.begin(), columns.end(), fits);
  return found == columns.end() ? std::string() : *found;
}

inline std::string html_table(const report& table, int digits) {
  const auto& rows = table.rows();
  const auto is_measured = [&](double report_details::*seconds) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const report_row& row) { return is_finite(row.details.*seconds); });
  };
  const auto seconds_cell = [](double seconds) {
    return joined({"<td>", (is_finite(seconds) ? seconds_text(seconds) : "\xE2\x80\x93"), "</td>"});
  };
  const bool train = is_measured(&report_details::train_seconds);
  const bool evaluate = is_measured(&report_details::evaluate_seconds);
  std::string out = "<div class=\"scroll\">\n<table>\n<thead><tr><th scope=\"col\">model</th>";
  for (const std::string& column : table.columns()) out += joined({"<th scope=\"col\">", html_text(column), "</th>"});
  if (train) out += "<th scope=\"col\">seconds to train</th>";
  if (evaluate) out += "<th scope=\"col\">seconds to evaluate</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const report_row& row : rows) {
    out += joined({"<tr><th scope=\"row\"><div>", html_text(row.name), "</div></th>"});
    for (const std::string& column : table.columns()) {
      const report_value* const value = row.find(column);
      out += joined({"<td", (value == nullptr ? "" : attribute("title", tooltip(row.name, column, *value, digits))),
                     ">", html_number(value, digits), "</td>"});
    }
    if (train) out += seconds_cell(row.details.train_seconds);
    if (evaluate) out += seconds_cell(row.details.evaluate_seconds);
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n</div>\n";
}

/// Explanations of the kinds of numbers in the report.
inline std::string html_legend(const report& table) {
  bool errors = false, intervals = false;
  for (const report_row& row : table.rows()) {
    for (const report_metric& metric : row.metrics) {
      errors = errors || is_finite(metric.value.standard_error);
      intervals = intervals || has_interval(metric.value);
    }
  }
  if (!errors && !intervals) return "";
  return joined({"<p class=\"note\">", (errors ? "\xC2\xB1 is one standard error. " : ""),
                 (intervals ? "Whiskers and vertical lines in the charts are 95 % intervals." : ""), "</p>\n"});
}

/// Both scatter charts, if there are models to compare.
inline std::string trade_offs(const report& table, const html_report_options& options) {
  const std::string quality = chosen_column(table, options.quality, "quality", [](const std::string&) { return true; });
  const std::string coverage = chosen_column(table, options.coverage, "coverage",
                                             [](const std::string& name) { return name.starts_with("coverage"); });
  std::string out;
  if (!coverage.empty() && coverage != quality) {
    out += scatter_html(table, quality, quality + " against " + coverage, coverage, false, options.digits,
                        [&](const report_row& row) {
                          const report_value* const value = row.find(coverage);
                          return value == nullptr ? std::numeric_limits<double>::quiet_NaN() : value->value;
                        });
  }
  if (!quality.empty()) {
    out += scatter_html(table, quality, quality + " against seconds to train", "seconds to train (logarithmic)", true,
                        options.digits, [](const report_row& row) { return row.details.train_seconds; });
  }
  return out.empty() ? out : "<section>\n<h2>Trade-offs</h2>\n<div class=\"charts\">\n" + out + "</div>\n</section>\n";
}

}  // namespace detail

AKIN_INLINE std::string html_report(const report& table, const html_report_options& options) {
  detail::require(options.digits >= 0 && options.digits <= 12, "html_report", "digits must be from 0 to 12",
                  options.digits);
  const std::string trade_offs = detail::trade_offs(table, options);
  const std::string title = detail::html_text(options.title);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>";
  out +=
      title + "</title>\n<style>" + std::string(detail::report_style_sheet) + "</style>\n</head>\n<body>\n<main>\n<h1>";
  out += title + "</h1>\n";
  for (const std::string& note : options.notes) out += detail::joined({"<p>", detail::html_text(note), "</p>\n"});
  out += "<section>\n<h2>Results</h2>\n";
  out += table.rows().empty() ? "<p>No model was evaluated.</p>\n"
                              : detail::html_table(table, options.digits) + detail::html_legend(table);
  out += "</section>\n";
  std::string bars;
  for (const std::string& column : table.columns())
    if (detail::is_drawable_column(table, column)) bars += detail::bar_chart(table, column, options.digits);
  if (!bars.empty())
    out += detail::joined({"<section>\n<h2>Metrics</h2>\n<div class=\"charts\">\n", bars, "</div>\n</section>\n"});
  return out + trade_offs + "</main>\n</body>\n</html>\n";
}

}  // namespace akin::inline AKIN_ABI
#endif
