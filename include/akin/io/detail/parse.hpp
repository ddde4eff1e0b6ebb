/// @file
/// Parses untrusted bytes to a validated table of sections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <akin/io/format.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A model file whose every byte has been checked. Sections are in ascending order of their names, and each entry's
/// offset, size, rows, cols and type agree with each other and with the bytes.
struct parsed_file {
  std::shared_ptr<const void> owner;  ///< keeps data alive
  const std::byte* data = nullptr;
  std::string source;  ///< the name of the file in errors
  std::vector<table_entry> sections;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include <akin/error.hpp>
#include <akin/io/checksum.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

class model_file_parser {
 public:
  /// The first byte lies at a multiple of section_alignment; throws format_error unless the bytes are a whole model
  /// file.
  static parsed_file parse(std::shared_ptr<const void> owner, std::span<const std::byte> bytes, std::string source) {
    AKIN_ASSERT(reinterpret_cast<std::uintptr_t>(bytes.data()) % section_alignment == 0);
    model_file_parser parser(bytes, std::move(source));
    const file_header header = parser.header();
    parser.read_table(header);
    std::uint64_t position = sections_begin(header.section_count);
    for (std::size_t i = 0; i < parser.file_.sections.size(); ++i) position = parser.check_section(i, position);
    if (position != bytes.size()) parser.corrupted("its sections do not end where the file does");
    parser.file_.owner = std::move(owner);
    return std::move(parser.file_);
  }

 private:
  model_file_parser(std::span<const std::byte> bytes, std::string source) : bytes_(bytes) {
    file_.data = bytes.data();
    file_.source = std::move(source);
  }

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail<format_error>("load: ", file_.source, " ", parts...);
  }
  template <class... Parts>
  [[noreturn]] void corrupted(const Parts&... parts) const {
    refuse("is corrupted: ", parts...);
  }

  file_header header() const {
    if constexpr (!can_store_models) refuse("cannot be read: this machine must be little-endian");
    file_header header{};
    if (!bytes_.empty()) std::memcpy(&header, bytes_.data(), std::min(bytes_.size(), sizeof header));
    if (std::memcmp(header.magic, file_magic, std::min(bytes_.size(), sizeof file_magic)) != 0) {
      refuse("is not a model file of akin");
    }
    if (bytes_.size() < sizeof header) {
      refuse("is truncated: it has ", bytes_.size(), " bytes, the header alone takes ", sizeof header);
    }
    if (header.version != format_version) {
      refuse("is written in version ", header.version, " of the format, this akin reads version ", format_version);
    }
    if (checksum(&header, offsetof(file_header, checksum)) != header.checksum) {
      corrupted("the checksum of its header does not match");
    }
    if (header.file_size > bytes_.size()) {
      refuse("is truncated: it has ", bytes_.size(), " bytes of ", header.file_size);
    }
    if (header.file_size < bytes_.size()) {
      corrupted("it has ", bytes_.size(), " bytes where ", header.file_size, " were written");
    }
    return header;
  }

  void read_table(const file_header& header) {
    const std::size_t capacity = (bytes_.size() - sizeof header) / sizeof(table_entry);
    if (header.section_count > capacity) corrupted("its table of ", header.section_count, " sections does not fit in");
    const std::size_t count = static_cast<std::size_t>(header.section_count);
    file_.sections.resize(count);
    if (count != 0) std::memcpy(file_.sections.data(), bytes_.data() + sizeof header, count * sizeof(table_entry));
    if (checksum(file_.sections.data(), count * sizeof(table_entry)) != header.table_checksum) {
      corrupted("the checksum of its table does not match");
    }
    for (std::size_t i = 0; i < count; ++i) {
      const table_entry& entry = file_.sections[i];
      const char* const name_end = std::find_if_not(entry.name, std::end(entry.name), is_name_character);
      const bool named = name_end != entry.name && name_end != std::end(entry.name) &&
                         std::all_of(name_end, std::end(entry.name), [](char c) { return c == '\0'; });
      if (!named) corrupted("section ", i, " has no proper name");
      if (i > 0 && std::string_view(file_.sections[i - 1].name) >= entry.name) {
        corrupted("section \"", entry.name, "\" is not in the order of names");
      }
    }
  }

  /// Checks section i, which must begin at position; returns where the next one begins.
  std::uint64_t check_section(std::size_t i, std::uint64_t position) const {
    const table_entry& entry = file_.sections[i];
    const std::string_view name = entry.name;
    if (entry.offset != position) corrupted("section \"", name, "\" is not where it should be");
    if (entry.size > bytes_.size() - position) corrupted("section \"", name, "\" does not end within the file");
    const std::size_t width = traits_of(static_cast<element>(entry.type)).size;
    if (width == 0) corrupted("section \"", name, "\" has elements of no known type");
    if (!is_shape_of(entry, width)) corrupted("section \"", name, "\" has a size that is not its rows x cols");

    const std::uint64_t next = aligned_up(position + entry.size);
    if (next > bytes_.size()) corrupted("section \"", name, "\" does not end within the file");
    const std::byte* const begin = bytes_.data() + position;
    if (checksum(begin, static_cast<std::size_t>(entry.size)) != entry.checksum) {
      corrupted("the checksum of section \"", name, "\" does not match");
    }
    if (!std::all_of(begin + entry.size, bytes_.data() + next, [](std::byte b) { return b == std::byte{0}; })) {
      corrupted("section \"", name, "\" is not followed by zeros");
    }
    return next;
  }

  static bool is_shape_of(const table_entry& entry, std::size_t width) {
    constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
    if (entry.rows > limit || entry.cols > limit) return false;
    if (entry.rows == 0 || entry.cols == 0) return entry.size == 0;
    // entry.size is below limit, so a product beyond it cannot be the size.
    return entry.rows <= limit / width / entry.cols && entry.rows * entry.cols * width == entry.size;
  }

  std::span<const std::byte> bytes_;
  parsed_file file_;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
