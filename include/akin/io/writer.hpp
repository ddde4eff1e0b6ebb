/// @file
/// Collects the sections of a model file. Independent of the file system, so that models include it cheaply;
/// model_file.hpp writes the result to disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/error.hpp>
#include <akin/io/format.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Named arrays, values and texts on their way to a model file. Arrays are referred to, not copied: they must live and
/// stay as they are until emit() has returned; values, texts and add_copy() are copied. Copies and scopes of a writer
/// add to the same file. Names are made of printable ASCII without blanks; each may be added once.
class model_writer {
 public:
  model_writer();

  /// A writer whose names go to the file as `part.name`: for a model made of models.
  [[nodiscard]] model_writer scope(std::string_view part) const { return {sections_, sentence(prefix_, part, ".")}; }

  /// A row-major array, rows x cols; data may be null if there are no elements.
  template <class T>
  void add(std::string_view name, const T* data, std::int64_t rows, std::int64_t cols = 1) {
    append(name, element_of<T>(), rows, cols).data = reinterpret_cast<const std::byte*>(data);
  }
  template <class T>
  void add(std::string_view name, const rows_view<T>& array) {
    add(name, array.data, array.rows, array.cols);
  }
  template <class T, std::size_t Extent>
  void add(std::string_view name, std::span<T, Extent> array) {
    add(name, array.data(), static_cast<std::int64_t>(array.size()));
  }

  /// The same for an array that is destroyed before the file is written.
  template <class T>
  void add_copy(std::string_view name, const T* data, std::int64_t rows, std::int64_t cols = 1) {
    append_copy(name, element_of<T>(), rows, cols, reinterpret_cast<const std::byte*>(data));
  }

  /// A number, bool or enumerator; read with model_reader::value of the same type. Floating-point values keep every
  /// bit.
  template <class T>
  void add_value(std::string_view name, T value) {
    if constexpr (std::is_enum_v<T>) {
      add_value(name, static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (std::is_same_v<T, bool>) {
      add_value_as<std::uint8_t>(name, value);
    } else if constexpr (std::is_floating_point_v<T>) {
      add_value_as<T>(name, value);
    } else if constexpr (std::is_signed_v<T>) {
      add_value_as<std::int64_t>(name, value);
    } else {
      add_value_as<std::uint64_t>(name, value);
    }
  }

  void add_text(std::string_view name, std::string_view text);

  /// The options that fields() lists (model/fields.hpp), each by add_value; an optional one only if it has a value.
  template <class Options>
  void add_options(const Options& options) {
    fields(options, [this](std::string_view name, const auto& field, const auto&... rule) {
      this->add_field(section_of_field(name), field, rule...);
    });
  }

  /// A compressed row-major sparse matrix, to which it refers; defined in io/model_arrays.hpp.
  template <interaction_matrix Matrix>
  void add(std::string_view name, const Matrix& matrix);

  /// Calls sink(span of bytes) with the file from its first byte to its last. The sections' checksums are computed on
  /// the way, so each array is read twice.
  template <class Sink>
  void emit(Sink&& sink);

 private:
  struct section {
    std::string name;
    element type;
    std::int64_t rows;
    std::int64_t cols;
    std::size_t size;  // bytes
    const std::byte* data = nullptr;
    std::vector<std::byte> copy{};

    const std::byte* bytes() const { return copy.empty() ? data : copy.data(); }
  };

  model_writer(std::shared_ptr<std::vector<section>> sections, std::string prefix)
      : sections_(std::move(sections)), prefix_(std::move(prefix)) {}

  template <class Stored, class T>
  void add_value_as(std::string_view name, T value) {
    const Stored stored = value;
    add_copy(name, &stored, 1);
  }

  template <class Field, class... Rule>
  void add_field(std::string_view name, const Field& field, const Rule&...) {
    add_value(name, static_cast<typename stored_field<Field, Rule...>::type>(field));
  }
  template <class Value, class... Rule>
  void add_field(std::string_view name, const std::optional<Value>& field, const Rule&... rule) {
    if (field) add_field(name, *field, rule...);
  }

  section& append(std::string_view name, element type, std::int64_t rows, std::int64_t cols);

  void append_copy(std::string_view name, element type, std::int64_t rows, std::int64_t cols, const std::byte* data);

  std::vector<table_entry> table() const;
  /// Puts the sections in the order of the file; its header, and its table in `entries`.
  file_header finish(std::vector<table_entry>& entries);

  std::shared_ptr<std::vector<section>> sections_;
  std::string prefix_;
};

template <class Sink>
void model_writer::emit(Sink&& sink) {
  std::vector<table_entry> entries;
  const file_header header = finish(entries);
  sink(std::as_bytes(std::span(&header, 1)));
  sink(std::as_bytes(std::span(entries)));
  const std::byte zeros[section_alignment] = {};
  for (const section& from : *sections_) {
    sink(std::span(from.bytes(), from.size));
    sink(std::span(zeros, aligned_up(from.size) - from.size));
  }
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <algorithm>
#include <cstring>

#include <akin/io/checksum.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE model_writer::model_writer() : sections_(std::make_shared<std::vector<section>>()) {}

AKIN_INLINE void model_writer::add_text(std::string_view name, std::string_view text) {
  add_copy(name, reinterpret_cast<const std::uint8_t*>(text.data()), 1, static_cast<std::int64_t>(text.size()));
}

AKIN_INLINE model_writer::section& model_writer::append(std::string_view name, element type, std::int64_t rows,
                                                        std::int64_t cols) {
  section added{prefix_ + std::string(name), type, rows, cols, 0};
  const bool writable = !name.empty() && added.name.size() < sizeof(table_entry::name) &&
                        std::all_of(added.name.begin(), added.name.end(), is_name_character);
  require(writable, "save", "section names must be 1 to 143 printable ASCII characters without blanks", added.name);
  const auto width = static_cast<std::int64_t>(traits_of(type).size);
  const bool fits =
      rows >= 0 && cols >= 0 && (cols == 0 || rows <= std::numeric_limits<std::ptrdiff_t>::max() / width / cols);
  require(fits, "save", sentence("rows and cols of section ", added.name, " must be sizes of an array"),
          sentence(rows, " x ", cols));
  added.size = static_cast<std::size_t>(rows * cols * width);
  return sections_->emplace_back(std::move(added));
}

AKIN_INLINE void model_writer::append_copy(std::string_view name, element type, std::int64_t rows, std::int64_t cols,
                                           const std::byte* data) {
  section& added = append(name, type, rows, cols);
  if (data != nullptr) added.copy.assign(data, data + added.size);
}

/// The table that belongs to the sections, which are in the order of their names already.
AKIN_INLINE std::vector<table_entry> model_writer::table() const {
  std::vector<table_entry> entries;
  entries.reserve(sections_->size());
  std::uint64_t position = sections_begin(sections_->size());
  for (const section& from : *sections_) {
    require(entries.empty() || from.name != entries.back().name, "save", "section names must differ", from.name);
    table_entry entry{};
    std::memcpy(entry.name, from.name.data(), from.name.size());
    entry.type = static_cast<std::uint32_t>(from.type);
    entry.rows = static_cast<std::uint64_t>(from.rows);
    entry.cols = static_cast<std::uint64_t>(from.cols);
    entry.offset = position;
    entry.size = from.size;
    entry.checksum = checksum(from.bytes(), from.size);
    entries.push_back(entry);
    position = aligned_up(position + from.size);
  }
  return entries;
}

AKIN_INLINE file_header model_writer::finish(std::vector<table_entry>& entries) {
  if constexpr (!can_store_models) fail<std::runtime_error>("save: this machine must be little-endian");
  std::sort(sections_->begin(), sections_->end(), [](const section& a, const section& b) { return a.name < b.name; });
  entries = table();

  file_header header{};
  std::memcpy(header.magic, file_magic, sizeof file_magic);
  header.version = format_version;
  header.file_size = sections_begin(entries.size());
  if (!entries.empty()) header.file_size = aligned_up(entries.back().offset + entries.back().size);
  header.section_count = entries.size();
  header.table_checksum = checksum(entries.data(), entries.size() * sizeof(table_entry));
  header.checksum = checksum(&header, offsetof(file_header, checksum));
  return header;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
