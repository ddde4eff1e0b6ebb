/// @file
/// Detects files that are not text by their first bytes.
#pragma once

#include <string_view>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A sentence about a file that is not text, with a remedy; empty if the first bytes are not known. They are those of
/// the formats' specifications; no text begins with them.
inline std::string_view kind_that_is_no_text(std::string_view bytes) noexcept {
  using namespace std::string_view_literals;
  struct kind {
    std::string_view first_bytes, sentence;
  };
  // UTF-32 comes before UTF-16, whose mark it begins with.
  static constexpr kind kinds[] = {
      {"\x1F\x8B"sv, "it is compressed with gzip, decompress it first"},
      {"\xFD\x37zXZ\0"sv, "it is compressed with xz, decompress it first"},
      {"\x28\xB5\x2F\xFD"sv, "it is compressed with zstd, decompress it first"},
      {"BZh91AY&SY"sv, "it is compressed with bzip2, decompress it first"},
      {"\x04\x22\x4D\x18"sv, "it is compressed with lz4, decompress it first"},
      {"PK\x03\x04"sv, "it is a zip archive or an Excel workbook, unpack or export it first"},
      {"7z\xBC\xAF\x27\x1C"sv, "it is a 7z archive, unpack it first"},
      {"\xD0\xCF\x11\xE0"sv, "it is an Excel workbook, export it as CSV first"},
      {"PAR1\x15"sv, "it is a Parquet file, export it as CSV first"},
      {"\x89HDF"sv, "it is an HDF5 file, export it as CSV first"},
      {"\x93NUMPY"sv, "it is a file of NumPy, export it as text first"},
      {"SQLite format 3\0"sv, "it is a database of SQLite, export it as CSV first"},
      {"\xFF\xFE\0\0"sv, "it is UTF-32"},
      {"\0\0\xFE\xFF"sv, "it is UTF-32"},
      {"\xFF\xFE"sv, "it is UTF-16"},
      {"\xFE\xFF"sv, "it is UTF-16"}};
  for (const kind& k : kinds)
    if (bytes.starts_with(k.first_bytes)) return k.sentence;
  // Without a mark, every other byte tells letters of UTF-16.
  const bool is_long = bytes.size() >= 4;
  if (is_long && bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0) return "it is UTF-16";
  if (is_long && bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0) return "it is UTF-16";
  return {};
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
