/// @file
/// Charts of a report as inline SVG: bars with intervals, and points of two numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/report/detail/axis.hpp>
#include <akin/report/detail/html_text.hpp>
#include <akin/report/report.hpp>

namespace akin::inline AKIN_ABI::detail {

inline bool has_interval(const report_value& value) noexcept {
  return is_drawable(value.low) && is_drawable(value.high) && is_drawable(value.value);
}

/// "0.1234 ± 0.0021" with the second half small.
inline std::string html_number(const report_value* value, int digits) {
  if (value == nullptr) return "\xE2\x80\x93";
  std::string text = fixed_number(value->value, digits);
  if (is_finite(value->standard_error))
    text += joined({" <small>\xC2\xB1 ", fixed_number(value->standard_error, digits), "</small>"});
  return text;
}

/// The tooltip of a number, with everything known of it.
inline std::string tooltip(std::string_view row, std::string_view column, const report_value& value, int digits) {
  std::string text = joined({html_text(row), ", ", html_text(column), ": ", fixed_number(value.value, digits + 2)});
  if (has_interval(value))
    text +=
        joined({", 95 % interval ", fixed_number(value.low, digits + 2), " to ", fixed_number(value.high, digits + 2)});
  if (value.count > 0) text += joined({", n = ", std::to_string(value.count)});
  return text;
}

/// Whether any row has a drawable number in the column.
inline bool is_drawable_column(const report& table, std::string_view column) {
  return std::any_of(table.rows().begin(), table.rows().end(), [&](const report_row& row) {
    const report_value* const value = row.find(column);
    return value != nullptr && is_drawable(value->value);
  });
}

/// From 0 to the ends of all bars and whiskers.
inline axis bar_axis(const report& table, std::string_view column) {
  double low = 0, high = 0;
  for (const report_row& row : table.rows()) {
    const report_value* const value = row.find(column);
    if (value == nullptr || !is_drawable(value->value)) continue;
    low = std::min(low, has_interval(*value) ? std::min(value->low, value->value) : value->value);
    high = std::max(high, has_interval(*value) ? std::max(value->high, value->value) : value->value);
  }
  if (low == 0 && high == 0) high = 1;
  return linear_axis(low, high, 4);
}

inline std::string grid_lines(const axis& scale) {
  std::string out;
  for (const tick& t : scale.ticks) {
    const std::string x = percent(scale.position(t.value));
    out += joined({"<line", attribute("class", t.value == 0 ? "zero" : "grid"), attribute("x1", x), attribute("x2", x),
                   " y1=\"0\" y2=\"100%\"/>"});
  }
  return out;
}

/// Name, bar and number: three cells of a grid, so that names may wrap and pages may be narrow.
inline std::string bar_row(const report_row& row, std::string_view column, const axis& scale, int digits) {
  const report_value* const value = row.find(column);
  std::string drawing = grid_lines(scale), title;
  if (value != nullptr && is_drawable(value->value)) {
    const double zero = scale.position(0), end = scale.position(value->value);
    title = joined({"<title>", tooltip(row.name, column, *value, digits), "</title>"});
    const auto line = [](std::string_view css, double from, double to) {
      return joined({"<line y1=\"50%\" y2=\"50%\"", attribute("class", css), attribute("x1", percent(from)),
                     attribute("x2", percent(to)), "/>"});
    };
    drawing += line("bar", std::min(zero, end), std::max(zero, end));
    if (has_interval(*value)) {
      const double low = scale.position(value->low), high = scale.position(value->high);
      drawing += line("whisker", low, high);
      for (const double at : {low, high})
        drawing +=
            joined({"<svg y=\"50%\"", attribute("x", percent(at)), "><path class=\"whisker\" d=\"M0-4V4\"/></svg>"});
    }
  }
  return joined({"<div>", html_text(row.name), "</div><div class=\"track\"><svg role=\"img\">", title, drawing,
                 "</svg></div><div class=\"number\">", html_number(value, digits), "</div>\n"});
}

/// One metric of all rows as bars from 0 with whiskers.
inline std::string bar_chart(const report& table, std::string_view column, int digits) {
  const axis scale = bar_axis(table, column);
  std::string out = joined({"<figure>\n<h3>", html_text(column), "</h3>\n<div class=\"bars\">\n"});
  for (const report_row& row : table.rows()) out += bar_row(row, column, scale, digits);
  out += "<div></div><svg class=\"scale\" aria-hidden=\"true\">";
  for (std::size_t i = 0; i < scale.ticks.size(); ++i)
    out +=
        joined({"<text y=\"13\" text-anchor=\"middle\"", attribute("x", percent(scale.position(scale.ticks[i].value))),
                (i % 2 == 0 ? "" : attribute("class", "odd")), ">", scale.ticks[i].label, "</text>"});
  return out + "</svg><div></div>\n</div>\n</figure>\n";
}

/// A rectangle of a drawing.
struct box {
  double left = 0, top = 0, right = 0, bottom = 0;

  [[nodiscard]] bool meets(const box& other) const noexcept {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
  [[nodiscard]] bool lies_in(const box& other) const noexcept {
    return left >= other.left && right <= other.right && top >= other.top && bottom <= other.bottom;
  }
};

/// A row as a point of a scatter chart, in its units.
struct scatter_point {
  std::size_t row = 0;
  double x = 0, y = 0;
  std::optional<std::pair<double, double>> error;  // of y: its lower and upper end, which is less
  std::string title;
};

/// Places for labels of these widths beside the points, without overlaps; fewer than the points if a label has no place
/// within `reach`.
inline std::vector<box> place_labels(const std::vector<scatter_point>& points, const std::vector<double>& widths,
                                     const box& area, double reach) {
  constexpr double height = 11, radius = 5;
  constexpr std::array<std::pair<int, int>, 8> directions = {
      {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}}};
  std::vector<box> placed;
  const auto is_free = [&](const box& place) {
    return place.lies_in(area) &&
           std::none_of(placed.begin(), placed.end(), [&](const box& other) { return place.meets(other); }) &&
           std::none_of(points.begin(), points.end(), [&](const scatter_point& p) {
             return place.meets({p.x - radius, p.y - radius, p.x + radius, p.y + radius}) ||
                    (p.error && place.meets({p.x - 1, p.error->second, p.x + 1, p.error->first}));
           });
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::optional<box> found;
    for (double distance = 7; distance <= reach && !found; distance += 4) {
      for (const auto& [right, down] : directions) {
        const double middle_x = points[i].x + right * (distance + widths[i] / 2);
        const double middle_y = points[i].y + down * (distance + height / 2);
        const box place{middle_x - widths[i] / 2, middle_y - height / 2, middle_x + widths[i] / 2,
                        middle_y + height / 2};
        if (found || !is_free(place)) continue;
        found = place;
      }
    }
    if (!found) break;
    placed.push_back(*found);
  }
  return placed;
}

/// A chart of points with two axes: its names, its scales and what it shows.
struct scatter_chart {
  static constexpr double width = 380, height = 290, left = 44, right = 368, top = 22, bottom = 250;

  std::string title, x_name, y_name;
  axis x, y;
  std::vector<scatter_point> points;
  std::vector<std::string> names;  // of the points
  std::vector<std::string> missing;

  [[nodiscard]] std::string html() const {
    std::string legend;
    std::string out =
        joined({"<figure class=\"scatter\">\n<h3>", html_text(title), "</h3>\n<svg role=\"img\"",
                attribute("viewBox", joined({"0 0 ", drawn(width), " ", drawn(height)})),
                attribute("aria-label", html_text(title)), ">\n", axes(), marks(), labels(legend), "</svg>\n", legend});
    for (std::size_t i = 0; i < missing.size(); ++i)
      out += joined({(i == 0 ? "<p class=\"note\">Not shown, for want of a number: " : ", "), html_text(missing[i])});
    return joined({out, (missing.empty() ? "" : "</p>\n"), "</figure>\n"});
  }

 private:
  static std::string line(std::string_view css, double x1, double y1, double x2, double y2) {
    return joined({"<line", attribute("class", css), attribute("x1", drawn(x1)), attribute("y1", drawn(y1)),
                   attribute("x2", drawn(x2)), attribute("y2", drawn(y2)), "/>"});
  }
  static std::string text(std::string_view css, double x, double y, std::string_view anchor, std::string_view words) {
    return joined({"<text", (css.empty() ? std::string() : attribute("class", css)), attribute("x", drawn(x)),
                   attribute("y", drawn(y)), attribute("text-anchor", anchor), ">", html_text(words), "</text>"});
  }

  [[nodiscard]] std::string axes() const {
    std::string out;
    double free_from = 0;
    for (const tick& t : x.ticks) {
      const double at = left + x.position(t.value) * (right - left);
      const double half = 3 * static_cast<double>(t.label.size());
      out += line("grid", at, top, at, bottom);
      if (at - half >= free_from) {
        out += text("", std::min(at, width - half), bottom + 14, "middle", t.label);
        free_from = at + half + 4;
      }
    }
    for (const tick& t : y.ticks) {
      const double at = bottom - y.position(t.value) * (bottom - top);
      out += line("grid", left, at, right, at) + text("", left - 5, at + 3.5, "end", t.label);
    }
    return out + text("", 0, 9, "start", shortened(y_name, 60)) +
           text("", (left + right) / 2, height - 8, "middle", shortened(x_name, 55)) + "\n";
  }

  [[nodiscard]] std::string marks() const {
    std::string out;
    for (const scatter_point& p : points)
      if (p.error) out += line("error", p.x, p.error->first, p.x, p.error->second);
    for (const scatter_point& p : points)
      out += joined({"<circle class=\"point\" r=\"4.5\"", attribute("cx", drawn(p.x)), attribute("cy", drawn(p.y)),
                     "><title>", p.title, "</title></circle>\n"});
    return out;
  }

  /// Names if all of them fit, else numbers and the names below.
  [[nodiscard]] std::string labels(std::string& legend) const {
    constexpr double character = 6.1;
    const box area{left - 2, top - 8, width, bottom + 2};
    std::vector<std::string> texts;
    std::vector<double> widths;
    const auto measure = [&] {
      widths.clear();
      for (const std::string& t : texts) widths.push_back(character * static_cast<double>(display_width(t)));
    };
    for (const std::string& name : names) texts.push_back(shortened(name, 24));
    measure();
    std::vector<box> places = place_labels(points, widths, area, 20);
    if (places.size() < points.size() || texts != names) {
      for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = std::to_string(points[i].row + 1);
      measure();
      places = place_labels(points, widths, area, 70);
      legend = "<ol class=\"names\">";
      for (std::size_t i = 0; i < names.size(); ++i)
        legend += joined({"<li", attribute("value", texts[i]), ">", html_text(names[i]), "</li>"});
      legend += "</ol>\n";
    }
    std::string out;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const box& b = places[i];
      const double near_x = std::clamp(points[i].x, b.left, b.right), near_y = std::clamp(points[i].y, b.top, b.bottom);
      if (std::hypot(near_x - points[i].x, near_y - points[i].y) > 9)
        out += line("leader", points[i].x, points[i].y, near_x, near_y);
      const bool to_left = b.right <= points[i].x, to_right = b.left >= points[i].x;
      out += text("name",
                  to_left    ? b.right
                  : to_right ? b.left
                             : (b.left + b.right) / 2,
                  b.bottom - 2.2,
                  to_left    ? "end"
                  : to_right ? "start"
                             : "middle",
                  texts[i]);
    }
    return out + "\n";
  }
};

/// The rows by `quality` (upwards) and the number that x_of(row) finds; empty if fewer than two rows have both.
template <class XOf>
std::string scatter_html(const report& table, std::string_view quality, std::string title, std::string x_name,
                         bool logarithmic, int digits, const XOf& x_of) {
  constexpr double nothing = std::numeric_limits<double>::infinity();
  scatter_chart chart;
  double low_x = nothing, high_x = -nothing, low_y = nothing, high_y = -nothing;
  const auto is_shown = [&](const report_row& row) {
    const report_value* const value = row.find(quality);
    const double x = x_of(row);
    return value != nullptr && is_drawable(value->value) && is_drawable(x) && (!logarithmic || x > 0);
  };
  for (const report_row& row : table.rows()) {
    if (!is_shown(row)) {
      chart.missing.push_back(row.name);
      continue;
    }
    const report_value& value = *row.find(quality);
    low_x = std::min(low_x, x_of(row));
    high_x = std::max(high_x, x_of(row));
    low_y = std::min(low_y, has_interval(value) ? std::min(value.low, value.value) : value.value);
    high_y = std::max(high_y, has_interval(value) ? std::max(value.high, value.value) : value.value);
  }
  if (table.rows().size() < chart.missing.size() + 2) return "";
  chart.x = logarithmic ? logarithmic_axis(low_x, high_x) : linear_axis(low_x, high_x, 5);
  chart.y = linear_axis(low_y, high_y, 5);
  const auto across = [&](double x) { return chart.left + chart.x.position(x) * (chart.right - chart.left); };
  const auto up = [&](double y) { return chart.bottom - chart.y.position(y) * (chart.bottom - chart.top); };
  for (std::size_t r = 0; r < table.rows().size(); ++r) {
    const report_row& row = table.rows()[r];
    if (!is_shown(row)) continue;
    const report_value& value = *row.find(quality);
    scatter_point point{r, across(x_of(row)), up(value.value), {}, tooltip(row.name, quality, value, digits)};
    point.title += joined({", ", html_text(x_name), ": ", general_number(x_of(row), 4)});
    if (has_interval(value)) point.error = {up(value.low), up(value.high)};
    chart.points.push_back(std::move(point));
    chart.names.push_back(row.name);
  }
  chart.title = std::move(title);
  chart.x_name = std::move(x_name);
  chart.y_name = std::string(quality);
  return chart.html();
}

}  // namespace akin::inline AKIN_ABI::detail
