/// @file
/// Parts of an HTML page: escaped text, lengths, one style for light, dark and paper.
#pragma once

#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Text between tags or in an attribute, on one line.
inline std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A length in the units of a drawing.
inline std::string drawn(double x) { return fixed_number(x, 1); }

/// A share as a percentage.
inline std::string percent(double share) { return fixed_number(100 * share, 2) + "%"; }

/// ` name="value"`.
inline std::string attribute(std::string_view name, std::string_view value) {
  return joined({" ", name, "=\"", value, "\""});
}

inline constexpr std::string_view report_style_sheet = R"css(
:root { color-scheme: light dark; --page: #fff; --text: #1b2026; --muted: #56606b; --line: #d4dae0; --grid: #e6eaee;
  --bar: #8fbbe6; --point: #1c62a8; --head: #f3f6f9; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --text: #e7eaed; --muted: #a3adb8; --line: #3a434d;
  --grid: #2a323a; --bar: #2f6197; --point: #7cb6f0; --head: #1d2329; } }
@media print { :root { color-scheme: light; --page: #fff; --text: #000; --muted: #444; --line: #bbb; --grid: #ddd;
  --bar: #9fc2e6; --point: #1c62a8; --head: #fff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 16px 40px; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 32px 0 8px; }
h3 { font-size: 0.95rem; font-weight: 600; margin: 0 0 6px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; max-width: 75ch; overflow-wrap: anywhere; }
.note { color: var(--muted); font-size: 0.87rem; }
.scroll { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th { font-weight: 600; }
thead th { background: var(--head); vertical-align: bottom; }
tr > :first-child { text-align: left; position: sticky; left: 0; background: var(--page); }
tbody th div { width: max-content; max-width: 15rem; overflow-wrap: break-word; }
thead tr > :first-child { background: var(--head); }
td { white-space: nowrap; }
small { color: var(--muted); font-size: 0.8rem; }
.charts { display: grid; gap: 28px 40px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
figure { margin: 0; min-width: 0; break-inside: avoid; }
.bars { display: grid; grid-template-columns: minmax(5.5rem, 32%) 1fr auto; column-gap: 10px; align-items: center;
  font-size: 0.87rem; max-width: 640px; }
.bars > div { overflow-wrap: anywhere; line-height: 1.25; padding: 2px 0; }
.bars > .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; width: 100%; overflow: visible; }
svg text { fill: var(--muted); font-size: 11px; }
.bars > .track { position: relative; align-self: stretch; min-height: 25px; }
.track svg { position: absolute; inset: 0; height: 100%; }
.bars svg.scale { height: 18px; }
.scatter svg { height: auto; max-width: 560px; }
.scatter text { font-size: 10px; }
.scatter text.name { fill: var(--text); }
.grid { stroke: var(--grid); }
.zero { stroke: var(--muted); }
.bar { stroke: var(--bar); stroke-width: 15; }
.whisker { fill: none; stroke: var(--text); stroke-width: 1.5; }
.error { stroke: var(--point); stroke-width: 1.5; opacity: 0.45; }
.leader { stroke: var(--muted); stroke-width: 0.7; }
.point { fill: var(--point); stroke: var(--page); }
ol.names { columns: 14rem; padding-left: 2rem; margin: 6px 0 0; font-size: 0.87rem; max-width: 560px; }
ol.names li { overflow-wrap: anywhere; }
@media (max-width: 600px) { main { padding: 16px 12px 32px; } .odd { display: none; }
  tbody th div { max-width: 8.5rem; } }
@media print { main { max-width: none; padding: 0; } .scroll { overflow: visible; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } tr > :first-child { position: static; } th, td { padding: 4px 7px; }
  body { font-size: 10pt; } }
)css";

}  // namespace akin::inline AKIN_ABI::detail
