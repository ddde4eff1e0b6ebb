/// @file
/// Model files with contents of our choice: what akin would never write, under checksums that match.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <akin/error.hpp>
#include <akin/io/checksum.hpp>
#include <akin/io/format.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>

namespace craft {

using bytes = std::vector<std::byte>;

inline bytes file_of(akin::detail::model_writer& writer) {
  bytes result;
  writer.emit([&](std::span<const std::byte> piece) { result.insert(result.end(), piece.begin(), piece.end()); });
  return result;
}

template <class T>
T get(std::span<const std::byte> file, std::size_t position) {
  T value{};
  std::memcpy(&value, file.data() + position, sizeof value);
  return value;
}

template <class T>
void set(std::span<std::byte> file, std::size_t position, const T& value) {
  std::memcpy(file.data() + position, &value, sizeof value);
}

/// Makes all checksums match the bytes, from the sections to the header, as far as the file is one.
inline void seal(std::span<std::byte> file) {
  using namespace akin::detail;
  if (file.size() < sizeof(file_header)) return;
  auto header = get<file_header>(file, 0);
  const std::uint64_t room = (file.size() - sizeof header) / sizeof(table_entry);
  const auto count = static_cast<std::size_t>(std::min(header.section_count, room));
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t position = sizeof header + i * sizeof(table_entry);
    auto entry = get<table_entry>(file, position);
    if (entry.offset > file.size() || entry.size > file.size() - entry.offset) continue;
    entry.checksum = checksum(file.data() + entry.offset, static_cast<std::size_t>(entry.size));
    set(file, position, entry);
  }
  header.table_checksum = checksum(file.data() + sizeof header, count * sizeof(table_entry));
  set(file, 0, header);
  set(file, offsetof(file_header, checksum), checksum(file.data(), offsetof(file_header, checksum)));
}

inline akin::detail::model_reader read(std::span<const std::byte> file) {
  return akin::detail::read_model_bytes(file, "\"m\"");
}

inline akin::detail::model_reader read(akin::detail::model_writer& writer) { return read(file_of(writer)); }

/// What the Error that f throws says; "nothing" when it throws none.
template <class Error, class Function>
std::string message(Function&& f) {
  try {
    static_cast<void>(f());
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

/// The same for the format_error of opening a file.
inline std::string refusal(std::span<const std::byte> file) {
  return message<akin::format_error>([&] { return read(file); });
}

inline bool contains(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

}  // namespace craft
