/// @file
/// The bytes of a text file, and the sentences that name a place in it.
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/mapped_file.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A text in memory and the name that errors call it by.
struct text_input {
  std::string name;
  std::string_view text;
  std::shared_ptr<const void> owner = nullptr;  ///< keeps text alive; null: the caller does
};

/// Throws format_error `name:line:column: …`; lines and columns (fields, not bytes) count from 1, a column of 0 is left
/// out.
template <class... Parts>
[[noreturn]] AKIN_NOINLINE void fail_at(std::string_view name, std::int64_t line, std::int64_t column,
                                        const Parts&... parts) {
  if (column == 0) fail<format_error>(name, ":", line, ": ", parts...);
  fail<format_error>(name, ":", line, ":", column, ": ", parts...);
}

/// A piece of the file for an error: in quotes, at most 40 bytes, without control characters.
inline std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  constexpr const char* hexadecimal = "0123456789abcdef";
  std::size_t size = text.size() < longest ? text.size() : longest;
  // A character of UTF-8 is not cut in two: bytes 10xxxxxx continue one.
  while (size < text.size() && size > longest - 4 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
  std::string result = "\"";
  for (const char c : text.substr(0, size)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      result += c;
    } else {
      result += "\\x";
      result += hexadecimal[byte >> 4];
      result += hexadecimal[byte & 15];
    }
  }
  return result + (size < text.size() ? "...\"" : "\"");
}

/// What a pipe or a device gives until its end.
inline std::string read_stream(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail<std::runtime_error>(name, ": the file must exist and be readable");
  std::string bytes;
  for (std::size_t used = 0; file;) {
    bytes.resize(2 * used + 65536);
    file.read(bytes.data() + used, static_cast<std::streamsize>(bytes.size() - used));
    used += static_cast<std::size_t>(file.gcount());
    if (!file) bytes.resize(used);
  }
  if (file.bad()) fail<std::runtime_error>(name, ": the file must be readable to its end");
  return bytes;
}

/// The whole file, mapped where it is a regular one; throws std::runtime_error where it cannot be read.
inline text_input load_text(const std::filesystem::path& path) {
  const std::u8string spelled_path = path.u8string();
  const std::string name(spelled_path.begin(), spelled_path.end());
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  if (type == std::filesystem::file_type::directory)
    fail<std::runtime_error>(name, ": the path must name a file, this is a folder");
  if (type == std::filesystem::file_type::regular) {
    const auto file = std::make_shared<const mapped_file>(path);
    const auto bytes = file->bytes();
    return {name, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), file};
  }
  const auto bytes = std::make_shared<const std::string>(read_stream(path, name));
  return {name, *bytes, bytes};
}

/// The text without the byte order mark of UTF-8; throws format_error for UTF-16.
inline std::string_view without_byte_order_mark(const text_input& input) {
  const std::string_view text = input.text;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    fail_at(input.name, 1, 0, "the text must be UTF-8, this is UTF-16");
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

/// The lines of a text, ended by LF or CRLF, the last one by either or nothing. Throws format_error for NUL bytes and
/// for carriage returns elsewhere.
class line_scanner {
 public:
  explicit line_scanner(const text_input& input) : name_(input.name), rest_(without_byte_order_mark(input)) {}

  /// The next line, which need not outlive the text; false at the end.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    ++number_;
    const auto* const end = static_cast<const char*>(std::memchr(rest_.data(), '\n', rest_.size()));
    line = rest_.substr(0, end ? static_cast<std::size_t>(end - rest_.data()) : rest_.size());
    rest_.remove_prefix(line.size() + (end ? 1 : 0));
    if (end && line.ends_with('\r')) line.remove_suffix(1);
    if (line.find('\0') != std::string_view::npos) fail_here(0, "the text must not hold NUL bytes");
    if (line.find('\r') != std::string_view::npos) fail_here(0, "a carriage return must be followed by a line feed");
    return true;
  }

  /// The number of the line that next() gave, from 1.
  std::int64_t number() const noexcept { return number_; }
  const std::string& name() const noexcept { return name_; }
  /// How many bytes are left after it.
  std::size_t left() const noexcept { return rest_.size(); }

  template <class... Parts>
  [[noreturn]] void fail_here(std::int64_t column, const Parts&... parts) const {
    fail_at(name_, number_, column, parts...);
  }

 private:
  std::string name_;
  std::string_view rest_;
  std::int64_t number_ = 0;
};

/// Takes the next word off a line of words between spaces and tabs; empty at the end of the line.
inline std::string_view next_word(std::string_view& rest) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  std::size_t begin = 0;
  while (begin < rest.size() && is_blank(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
