#include "output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace cli {
namespace {

[[noreturn]] void refuse_output() {
  throw std::runtime_error(std::string("standard output cannot be written: ") + std::strerror(errno));
}

/// The number of characters, as far as each takes a column.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) refuse_output();
}

void print_json(const json& value) { print(text_of(value) + '\n'); }

void flush_output() {
  if (std::fflush(stdout) != 0) refuse_output();
}

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void note(const general_options& options, std::string_view text) {
  if (!options.quiet) std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

std::string one_line(std::string_view name) {
  std::string line(name);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return line;
}

std::string short_number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", x);
  return text;
}

double shortest(float x) {
  std::array<char, 32> text = {};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x).ptr;
  double result = 0;
  std::from_chars(text.data(), end, result);
  return result;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - width(row[i]), ' ');
      const bool is_right = i < right.size() && right[i] == 'r';
      line += (i == 0 ? "" : "  ") + (is_right ? gap + row[i] : row[i] + gap);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

}  // namespace cli
