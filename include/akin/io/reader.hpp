/// @file
/// Reads the sections of a model file. Independent of the file system, so that models include it cheaply;
/// model_file.hpp opens files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/error.hpp>
#include <akin/io/detail/parse.hpp>
#include <akin/io/format.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The sections of a whole model file, by name. A section that does not match the request is a format_error that names
/// file and section. Arrays and texts are in the bytes of the file, arrays aligned to 64; they live as long as owner()
/// or the reader does. Copies and scopes of a reader share the file.
class model_reader {
 public:
  /// Any dimension.
  static constexpr std::int64_t any = -1;

  /// Takes the bytes of a file, checks all of them and reads in place; owner keeps them alive, the first lies at a
  /// multiple of 64, `source` is their name in errors. Throws format_error unless they are a whole model file.
  model_reader(std::shared_ptr<const void> owner, std::span<const std::byte> bytes, std::string source);

  /// A reader of the sections that are called `part.name`; they need not exist.
  [[nodiscard]] model_reader scope(std::string_view part) const { return {file_, sentence(prefix_, part, ".")}; }

  /// The texts `@kind`, `@scalar` and `@index`: the type of the model or part, empty if it has none.
  [[nodiscard]] std::string_view kind() const { return label("@kind"); }
  [[nodiscard]] std::string_view scalar() const { return label("@scalar"); }
  [[nodiscard]] std::string_view index() const { return label("@index"); }

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The rows of an array.
  [[nodiscard]] std::int64_t rows(std::string_view name) const { return static_cast<std::int64_t>(at(name).rows); }

  /// The array of that name, whose elements must be of type T and whose shape must be rows x cols if these are given.
  template <class T>
  [[nodiscard]] rows_view<const T> array(std::string_view name, std::int64_t rows = any,
                                         std::int64_t cols = any) const {
    const table_entry& entry = array_at(name, element_of<T>(), rows, cols);
    return {reinterpret_cast<const T*>(file_->data + entry.offset), static_cast<std::int64_t>(entry.rows),
            static_cast<std::int64_t>(entry.cols)};
  }

  /// The value of model_writer::add_value. An integer may have been stored from another type, but must be in the range
  /// of T; an enumerator is only checked against the underlying type: pass min and max.
  template <class T>
  [[nodiscard]] T value(std::string_view name) const {
    if constexpr (std::is_enum_v<T>) {
      return static_cast<T>(value<std::underlying_type_t<T>>(name));
    } else if constexpr (std::is_same_v<T, bool>) {
      const std::uint8_t stored = *array<std::uint8_t>(name, 1, 1).data;
      if (stored > 1) refuse_section(name, sentence("holds ", stored, ", which is neither true nor false"));
      return stored != 0;
    } else if constexpr (std::is_floating_point_v<T>) {
      return *array<T>(name, 1, 1).data;
    } else if (at(name).type == static_cast<std::uint32_t>(element::uint64)) {
      return integer<T>(name, *array<std::uint64_t>(name, 1, 1).data);
    } else {
      return integer<T>(name, *array<std::int64_t>(name, 1, 1).data);
    }
  }

  /// The same for a value that must be within [min, max]; NaN never is.
  template <class T>
  [[nodiscard]] T value(std::string_view name, T min, T max) const {
    if constexpr (std::is_enum_v<T>) {
      using number = std::underlying_type_t<T>;
      return static_cast<T>(value<number>(name, static_cast<number>(min), static_cast<number>(max)));
    } else {
      const T stored = value<T>(name);
      if (!(stored >= min && stored <= max)) {
        refuse_section(name, sentence("holds ", stored, ", which is not between ", min, " and ", max));
      }
      return stored;
    }
  }

  /// The options of model_writer::add_options. They are not checked: the constructor of the model does that.
  template <class Options>
  [[nodiscard]] Options options() const {
    Options read;
    fields(read, [this](std::string_view name, auto& field, const auto&... rule) {
      this->read_field(section_of_field(name), field, rule...);
    });
    return read;
  }

  /// A copy of the matrix that model_writer::add stored; defined in io/model_arrays.hpp.
  template <class Scalar, class Index>
  [[nodiscard]] auto sparse(std::string_view name) const;

  /// The text of model_writer::add_text.
  [[nodiscard]] std::string_view text(std::string_view name) const;

  /// Keeps the bytes of the file alive: a model that uses arrays in place holds a copy.
  [[nodiscard]] const std::shared_ptr<const void>& owner() const { return file_->owner; }

  /// Throws format_error: `load: "file" `, if it is about a part `(part p) `, and the description of the error: "is …"
  /// or "holds …".
  template <class... Words>
  [[noreturn]] void refuse(const Words&... words) const {
    refuse_with({text_part(words)...});
  }

  /// The same about one section: `load: "file" is no proper model: section "name" ` and the words.
  [[noreturn]] void refuse_section(std::string_view name, std::string_view what) const;

  /// Refuses the file unless ok; for conditions between sections, "users and items must differ".
  void require(bool ok, std::string_view rule) const;

  /// The full names of all sections, ascending, whatever the scope.
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  model_reader(std::shared_ptr<const parsed_file> file, std::string prefix);

  [[noreturn]] void refuse_with(std::initializer_list<text_part> words) const;

  const table_entry* find(std::string_view name) const;

  const table_entry& at(std::string_view name) const;

  /// The entry of an array of that type and shape.
  const table_entry& array_at(std::string_view name, element needed, std::int64_t rows, std::int64_t cols) const;

  std::string_view label(std::string_view name) const { return has(name) ? text(name) : std::string_view(); }

  template <class T, class Stored>
  T integer(std::string_view name, Stored stored) const {
    if (!std::in_range<T>(stored)) {
      refuse_section(name, sentence("holds ", stored, ", which is not between ", std::numeric_limits<T>::min(), " and ",
                                    std::numeric_limits<T>::max()));
    }
    return static_cast<T>(stored);
  }

  template <class Field, class... Rule>
  void read_field(std::string_view name, Field& field, const Rule&...) const {
    field = static_cast<Field>(value<typename stored_field<Field, Rule...>::type>(name));
  }
  template <class Value, class... Rule>
  void read_field(std::string_view name, std::optional<Value>& field, const Rule&... rule) const {
    field.reset();
    if (has(name)) read_field(name, field.emplace(), rule...);
  }

  static std::string size_text(std::int64_t size) { return size == any ? "any" : std::to_string(size); }

  std::shared_ptr<const parsed_file> file_;
  std::string prefix_;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <algorithm>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE model_reader::model_reader(std::shared_ptr<const void> owner, std::span<const std::byte> bytes,
                                       std::string source)
    : file_(std::make_shared<const parsed_file>(model_file_parser::parse(std::move(owner), bytes, std::move(source)))) {
}

AKIN_INLINE std::string_view model_reader::text(std::string_view name) const {
  const auto letters = array<std::uint8_t>(name, 1);
  return {reinterpret_cast<const char*>(letters.data), static_cast<std::size_t>(letters.cols)};
}

AKIN_INLINE void model_reader::refuse_section(std::string_view name, std::string_view what) const {
  refuse("is no proper model: section \"", name, "\" ", what);
}

AKIN_INLINE void model_reader::require(bool ok, std::string_view rule) const {
  if (!ok) refuse("is no proper model: ", rule);
}

AKIN_INLINE std::vector<std::string_view> model_reader::names() const {
  std::vector<std::string_view> result;
  for (const table_entry& entry : file_->sections) result.emplace_back(entry.name);
  return result;
}

AKIN_INLINE model_reader::model_reader(std::shared_ptr<const parsed_file> file, std::string prefix)
    : file_(std::move(file)), prefix_(std::move(prefix)) {}

AKIN_INLINE void model_reader::refuse_with(std::initializer_list<text_part> words) const {
  if (prefix_.empty()) fail<format_error>("load: ", file_->source, " ", joined(words));
  const auto part = std::string_view(prefix_).substr(0, prefix_.size() - 1);
  fail<format_error>("load: ", file_->source, " (part ", part, ") ", joined(words));
}

AKIN_INLINE const table_entry* model_reader::find(std::string_view name) const {
  const std::string full = sentence(prefix_, name);
  const auto& all = file_->sections;
  const auto found = std::lower_bound(
      all.begin(), all.end(), full, [](const table_entry& entry, const std::string& key) { return entry.name < key; });
  return found != all.end() && found->name == full ? &*found : nullptr;
}

AKIN_INLINE const table_entry& model_reader::at(std::string_view name) const {
  const table_entry* const entry = find(name);
  if (entry == nullptr) refuse_section(name, "is missing");
  return *entry;
}

AKIN_INLINE const table_entry& model_reader::array_at(std::string_view name, element needed, std::int64_t rows,
                                                      std::int64_t cols) const {
  const table_entry& entry = at(name);
  const auto stored = static_cast<element>(entry.type);
  if (stored != needed) {
    refuse_section(name, sentence("holds ", traits_of(stored).name, " where ", traits_of(needed).name, " is needed"));
  }
  const auto found_rows = static_cast<std::int64_t>(entry.rows), found_cols = static_cast<std::int64_t>(entry.cols);
  if ((rows != any && rows != found_rows) || (cols != any && cols != found_cols)) {
    refuse_section(name, sentence("is ", found_rows, " x ", found_cols, " where ", size_text(rows), " x ",
                                  size_text(cols), " is needed"));
  }
  return entry;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
