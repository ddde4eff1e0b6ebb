/// @file
/// The bytes of a text file, and error messages with a place in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A text in memory and its name in error messages.
struct text_input {
  std::string name;
  std::string_view text;
  std::shared_ptr<const void> owner = nullptr;  ///< keeps text alive; null: the caller does
};

/// Throws format_error `name:line:column: …`; lines and columns (fields, not bytes) count from 1, a column of 0 is left
/// out.
[[noreturn]] void fail_at_place(std::string_view name, std::int64_t line, std::int64_t column,
                                std::initializer_list<text_part> parts);

template <class... Parts>
[[noreturn]] void fail_at(std::string_view name, std::int64_t line, std::int64_t column, const Parts&... parts) {
  fail_at_place(name, line, column, {text_part(parts)...});
}

/// The number of bytes of the first UTF-8 character of a text; 0 if it is invalid.
std::size_t character_size(std::string_view text) noexcept;

/// A piece of the file for an error: in quotes, at most 40 bytes, all of them UTF-8 without control characters.
std::string shown(std::string_view text);

/// The contents of a pipe or a device until its end.
std::string read_stream(const std::filesystem::path& path, const std::string& name);

/// The whole file, mapped if it is a regular one; throws std::runtime_error if it cannot be read.
text_input load_text(const std::filesystem::path& path);

/// The text without the byte order mark of UTF-8; throws format_error if its first bytes show that it is not text.
std::string_view plain_text(const text_input& input);

/// The lines of a text, ended by LF or CRLF; the last one may lack the line end. Throws format_error for NUL bytes and
/// for carriage returns elsewhere.
class line_scanner {
 public:
  explicit line_scanner(const text_input& input) : name_(input.name), rest_(plain_text(input)) {}

  /// The next line, which need not outlive the text; false at the end.
  bool next(std::string_view& line);

  /// The number of the line that next() gave, from 1.
  std::int64_t number() const noexcept { return number_; }
  const std::string& name() const noexcept { return name_; }
  /// The number of bytes after it.
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

/// Consumes the next word of a line, between spaces and tabs; empty at the end of the line.
std::string_view next_word(std::string_view& rest) noexcept;

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <cstring>
#include <fstream>
#include <system_error>

#include <akin/data/detail/file_kind.hpp>
#include <akin/io/mapped_file.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE void fail_at_place(std::string_view name, std::int64_t line, std::int64_t column,
                               std::initializer_list<text_part> parts) {
  if (column == 0) fail<format_error>(name, ":", line, ": ", joined(parts));
  fail<format_error>(name, ":", line, ":", column, ": ", joined(parts));
}

AKIN_INLINE std::size_t character_size(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty() || (byte(0) >= 0x80 && byte(0) < 0xC2) || byte(0) >= 0xF5) return 0;
  const std::size_t size = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
  return size;
}

AKIN_INLINE std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  constexpr const char* hexadecimal = "0123456789abcdef";
  std::string result = "\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = character_size(text.substr(at));
    if (at + (size == 0 ? 1 : size) > longest) return result + "...\"";
    const auto byte = static_cast<unsigned char>(text[at]);
    if (size > 0 && byte >= 0x20 && byte != 0x7F) {
      result += text.substr(at, size);
    } else {
      result += "\\x";
      result += hexadecimal[byte >> 4];
      result += hexadecimal[byte & 15];
    }
    at += size == 0 ? 1 : size;
  }
  return result + '"';
}

AKIN_INLINE std::string read_stream(const std::filesystem::path& path, const std::string& name) {
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

AKIN_INLINE text_input load_text(const std::filesystem::path& path) {
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

AKIN_INLINE std::string_view plain_text(const text_input& input) {
  const std::string_view no_text = kind_that_is_no_text(input.text);
  if (!no_text.empty()) fail_at(input.name, 1, 0, "the file must be text in UTF-8, ", no_text);
  return input.text.starts_with("\xEF\xBB\xBF") ? input.text.substr(3) : input.text;
}

AKIN_INLINE bool line_scanner::next(std::string_view& line) {
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

AKIN_INLINE std::string_view next_word(std::string_view& rest) noexcept {
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
#endif
