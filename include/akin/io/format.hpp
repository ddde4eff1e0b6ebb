/// @file
/// The layout of a model file, version 1. All numbers are little-endian.
///
///     header    64 bytes   file_header
///     table     192 bytes a section, in ascending order of their names (bytewise), each name once: table_entry
///     sections  in the order of the table, each from a multiple of 64 bytes on
///
/// A section is a named row-major array of one element type. Padding up to the next multiple of 64, also after the last
/// section, is zero; the file ends there. So everything except the contents follows from the table, equal contents give
/// equal files, and each byte is covered by a checksum or must be zero: the header's own covers the header, the header
/// holds the table's, the table those of the sections.
///
/// Values are 1 x 1 arrays (integers as int64 or uint64, bool as uint8), texts 1 x n arrays of uint8. A model is the
/// sections that it writes and three texts `@kind`, `@scalar`, `@index` that identify it. Part `p` of a model is the
/// same with names that begin with `p.`.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Files have the layout of little-endian memory, so a big-endian machine cannot map them.
inline constexpr bool can_store_models = std::endian::native == std::endian::little;

inline constexpr std::size_t section_alignment = 64;
inline constexpr std::uint32_t format_version = 1;
/// A byte outside of ASCII and both kinds of line end: transfer as text breaks them.
inline constexpr unsigned char file_magic[8] = {0x89, 'A', 'K', 'I', 'N', '\r', '\n', 0x1a};

struct file_header {
  unsigned char magic[8];
  std::uint32_t version;
  std::uint32_t reserved;
  std::uint64_t file_size;  ///< bytes
  std::uint64_t section_count;
  std::uint64_t table_checksum;
  std::uint64_t reserved_too[2];
  std::uint64_t checksum;  ///< of the bytes before this one
};
static_assert(sizeof(file_header) == 64 && offsetof(file_header, checksum) == 56);

struct table_entry {
  char name[144];  ///< printable ASCII without blanks, filled up with at least one zero
  std::uint32_t type;
  std::uint32_t reserved;
  std::uint64_t rows;
  std::uint64_t cols;
  std::uint64_t offset;  ///< from the start of the file
  std::uint64_t size;    ///< bytes: rows * cols * size of an element
  std::uint64_t checksum;
};
static_assert(sizeof(table_entry) == 192 && offsetof(table_entry, type) == 144);

/// The element types of sections. The numbers are part of the format: append only.
enum class element : std::uint32_t { int8 = 1, uint8, int32, uint32, int64, uint64, float32, float64 };

struct element_traits {
  std::string_view name;
  std::size_t size;
};

/// Name and size of an element type; size 0 for an unknown number.
constexpr element_traits traits_of(element type) noexcept {
  switch (type) {
    case element::int8:
      return {"int8", 1};
    case element::uint8:
      return {"uint8", 1};
    case element::int32:
      return {"int32", 4};
    case element::uint32:
      return {"uint32", 4};
    case element::int64:
      return {"int64", 8};
    case element::uint64:
      return {"uint64", 8};
    case element::float32:
      return {"float", 4};
    case element::float64:
      return {"double", 8};
  }
  return {"unknown", 0};
}

template <class T>
constexpr element element_of() noexcept {
  constexpr bool number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, long double>;
  static_assert(number && sizeof(T) != 2, "akin: a model file stores integers of 8, 32 or 64 bits, float and double");
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? element::float32 : element::float64;
  } else if constexpr (sizeof(T) == 1) {
    return std::is_signed_v<T> ? element::int8 : element::uint8;
  } else if constexpr (sizeof(T) == 4) {
    return std::is_signed_v<T> ? element::int32 : element::uint32;
  } else {
    return std::is_signed_v<T> ? element::int64 : element::uint64;
  }
}

/// "float", "double", "int32", "int64" …: T as the model file and its error messages call it.
template <class T>
constexpr std::string_view type_name() noexcept {
  return traits_of(element_of<T>()).name;
}

/// The next multiple of section_alignment.
constexpr std::uint64_t aligned_up(std::uint64_t position) noexcept {
  return (position + section_alignment - 1) / section_alignment * section_alignment;
}

/// The name of a field of options in a file: `inner` if it is `outer.inner`.
constexpr std::string_view section_of_field(std::string_view name) noexcept { return name.substr(name.rfind('.') + 1); }

/// As what a file holds a field of options that is listed with this rule.
template <class Field, class... Rule>
struct stored_field {
  using type = Field;
};
template <class Field, class Rule>
requires requires { typename Rule::stored_type; }
struct stored_field<Field, Rule> {
  using type = typename Rule::stored_type;
};

constexpr bool is_name_character(char c) noexcept { return c > ' ' && c <= '~'; }

/// The begin of the first section.
constexpr std::uint64_t sections_begin(std::uint64_t section_count) noexcept {
  static_assert(sizeof(file_header) % section_alignment == 0 && sizeof(table_entry) % section_alignment == 0);
  return sizeof(file_header) + section_count * sizeof(table_entry);
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
