/// @file
/// The header of a `.npy` file: which numbers follow, in which order and shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

struct npy_header {
  char kind = 'f';  ///< 'f' real, 'i' signed, 'u' unsigned, 'b' truth values
  int bytes = 4;    ///< of an element
  bool is_big_endian = false;
  bool is_column_major = false;
  std::int64_t rows = 0;
  std::int64_t columns = 1;  ///< 1 for an array of one dimension
  std::size_t begin = 0;     ///< of the elements in the file
};

/// The header of a whole file, whose elements then fill the rest of it. Throws format_error, which begins with `file`.
npy_header read_npy_header(std::span<const std::byte> bytes, std::string_view file);

/// The bytes before the elements, in this machine's byte order, row-major. `shape` as Python writes it: "(3, 4)".
std::string npy_header_text(char kind, std::size_t element_bytes, std::string_view shape);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(data)
#include <algorithm>
#include <bit>

#include <akin/data/detail/parse_number.hpp>
#include <akin/error.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI::detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// Reads the dictionary of the header, a literal of Python: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4),
/// }.
class npy_dictionary {
 public:
  npy_dictionary(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  npy_header read() {
    expect('{');
    while (!take('}')) {
      read_entry(quoted_word("a name"));
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_spaces();
    if (!text_.empty()) refuse("end after its dictionary");
    if (!has_type_ || !has_order_ || !has_shape_) refuse("name descr, fortran_order and shape");
    return header_;
  }

 private:
  [[noreturn]] void refuse(std::string_view rule) const {
    fail<format_error>(file_, ": the header must ", rule, ", got ", json_string(text_.substr(0, 40)));
  }

  void skip_spaces() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }

  bool take(char expected) {
    skip_spaces();
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char expected) {
    if (!take(expected)) refuse(sentence("have ", std::string_view(&expected, 1)));
  }

  bool take_word(std::string_view word) {
    skip_spaces();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  std::string_view quoted_word(std::string_view what) {
    skip_spaces();
    const char quote = text_.empty() ? '\0' : text_.front();
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) refuse(sentence("have ", what, " in quotes"));
    const std::string_view word = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return word;
  }

  void read_entry(std::string_view name) {
    expect(':');
    if (name == "descr") {
      has_type_ = true;
      read_type(quoted_word("one type of number"));
    } else if (name == "fortran_order") {
      has_order_ = true;
      header_.is_column_major = take_word("True");
      if (!header_.is_column_major && !take_word("False")) refuse("say True or False");
    } else if (name == "shape") {
      has_shape_ = true;
      read_shape();
    } else {
      refuse("name descr, fortran_order and shape alone");
    }
  }

  /// '<f4': byte order, kind, bytes.
  void read_type(std::string_view type) {
    std::string_view rest = type;
    const bool is_native = std::endian::native == std::endian::big;
    header_.is_big_endian = rest.starts_with('>') || (rest.starts_with('=') && is_native);
    if (!rest.empty() && std::string_view("<>=|").find(rest.front()) != std::string_view::npos) rest.remove_prefix(1);
    for (const std::string_view known : {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}) {
      if (rest != known) continue;
      header_.kind = known[0];
      header_.bytes = known[1] - '0';
      return;
    }
    fail<format_error>(file_, ": elements must be real, whole or truth values of at most 8 bytes, got ",
                       json_string(type));
  }

  void read_shape() {
    std::int64_t sizes[2] = {0, 1};
    int dimensions = 0;
    expect('(');
    while (!take(')')) {
      if (dimensions == 2) refuse("have one or two dimensions");
      sizes[dimensions++] = read_size();
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    if (dimensions == 0) refuse("have one or two dimensions");
    header_.rows = sizes[0];
    header_.columns = sizes[1];
  }

  std::int64_t read_size() {
    skip_spaces();
    const std::size_t digits = std::min(text_.find_first_not_of("0123456789"), text_.size());
    std::int64_t size = 0;
    if (digits == 0 || !parse_number(text_.substr(0, digits), size)) refuse("have a size");
    text_.remove_prefix(digits);
    return size;
  }

  std::string_view text_, file_;
  npy_header header_;
  bool has_type_ = false, has_order_ = false, has_shape_ = false;
};

AKIN_INLINE npy_header read_npy_header(std::span<const std::byte> bytes, std::string_view file) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(text[at])); };
  const auto require_bytes = [&](std::size_t count) {
    if (text.size() < count)
      fail<format_error>(file, ": the file must be longer than its header, got ", text.size(), " bytes");
  };
  if (!text.starts_with(npy_magic)) fail<format_error>(file, ": the file must begin as a .npy file");
  require_bytes(12);
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) fail<format_error>(file, ": the version must be 1, 2 or 3, got ", version);
  const std::size_t length =
      version == 1 ? byte(8) + (byte(9) << 8) : byte(8) + (byte(9) << 8) + (byte(10) << 16) + (byte(11) << 24);
  const std::size_t dictionary = version == 1 ? 10 : 12;
  require_bytes(dictionary + length);
  npy_header header = npy_dictionary(text.substr(dictionary, length), file).read();
  header.begin = dictionary + length;

  // Whether the shape fills the rest exactly, without a product that could overflow.
  const auto left = static_cast<std::int64_t>((text.size() - header.begin) / static_cast<std::size_t>(header.bytes));
  const bool is_whole = (text.size() - header.begin) % static_cast<std::size_t>(header.bytes) == 0;
  const bool is_empty = header.rows == 0 || header.columns == 0;
  if (!is_whole || (is_empty ? left != 0 : left % header.rows != 0 || left / header.rows != header.columns))
    fail<format_error>(file, ": ", header.rows, " x ", header.columns, " elements of ", header.bytes,
                       " bytes must fill the file, which has ", text.size() - header.begin, " bytes for them");
  return header;
}

AKIN_INLINE std::string npy_header_text(char kind, std::size_t element_bytes, std::string_view shape) {
  constexpr std::size_t alignment = 64, fixed = 10;
  std::string dictionary = sentence("{'descr': '", std::endian::native == std::endian::big ? '>' : '<', kind,
                                    element_bytes, "', 'fortran_order': False, 'shape': ", shape, ", }");
  // Spaces, so that the elements begin at a multiple of 64 bytes.
  dictionary.append((alignment - (fixed + dictionary.size() + 1) % alignment) % alignment, ' ');
  dictionary += '\n';
  std::string text(npy_magic);
  for (const std::size_t byte : {std::size_t{1}, std::size_t{0}, dictionary.size() & 0xFF, dictionary.size() >> 8})
    text += static_cast<char>(byte);
  return text + dictionary;
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
