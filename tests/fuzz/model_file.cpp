// Any bytes are a whole model file or a format_error, nothing else. Each input is read as it is, and once more after
// its checksums have been made to match, as a forger would: then what the table and the sections say is all that is
// left to stop it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/error.hpp>
#include <akin/io/csr.hpp>
#include <akin/io/model_file.hpp>

#include "tests/io/craft.hpp"

namespace {

using akin::detail::model_reader;
using akin::detail::model_writer;

/// Uses every kind of section as models do, and reads each element that a successful check vouches for.
struct everything {
  static constexpr std::string_view kind = "everything";
  using scalar_type = float;
  using index_type = std::int32_t;
  enum class mode : std::uint8_t { one, two };

  void write_to(model_writer&) const {}
  static everything read_from(const model_reader& reader) {
    everything result;
    const int factors = reader.value("factors", 1, 1000);
    result.sum += reader.value("rate", 0.0, 1.0) + factors;
    result.sum += reader.value<bool>("flag") ? 1 : 0;
    result.sum += static_cast<double>(reader.value("mode", mode::one, mode::two));
    result.sum += static_cast<double>(reader.value<std::uint64_t>("seed") % 2);
    result.sum += static_cast<double>(reader.text("name").size());

    const auto rows = reader.array<float>("factors_of_items", model_reader::any, factors);
    akin::detail::check_finite(reader, "factors_of_items", rows.data, rows.rows * rows.cols);
    for (std::int64_t r = 0; r < rows.rows; ++r) result.sum += rows.row(r)[factors - 1];

    const auto ids = reader.array<std::int32_t>("ids", model_reader::any, 1);
    akin::detail::check_ids(reader, "ids", ids.data, ids.rows, rows.rows);
    for (std::int64_t i = 0; i < ids.rows; ++i) result.sum += rows.row(ids.data[i])[0];

    const auto matrix = akin::detail::read_csr<float, std::int32_t>(reader, "histories");
    reader.require(matrix.cols == rows.rows, "histories and factors_of_items must be of the same items");
    for (std::int64_t r = 0; r < matrix.rows; ++r) {
      for (const std::int32_t column : matrix.row_columns(r)) result.sum += rows.row(column)[0];
      for (const float value : matrix.row_values(r)) result.sum += value;
    }
    const auto pattern = akin::detail::read_pattern<std::int64_t>(reader.scope("part"), "pattern");
    result.sum += static_cast<double>(pattern.nonzeros());
    return result;
  }

  double sum = 0;
};

/// Calls f; a format_error is an answer too.
template <class Function>
void tolerate(Function&& f) {
  try {
    f();
  } catch (const akin::format_error&) {
  }
}

template <class T>
void touch(const model_reader& reader, std::string_view name) {
  tolerate([&] {
    const auto array = reader.array<T>(name);
    T largest{};
    for (std::int64_t i = 0; i < array.rows * array.cols; ++i)
      largest = array.data[i] > largest ? array.data[i] : largest;
    static_cast<void>(largest == reader.value<T>(name));
  });
}

void use(const model_reader& reader) {
  for (const std::string_view name : reader.names()) {
    touch<std::int8_t>(reader, name);
    touch<std::uint8_t>(reader, name);
    touch<std::int32_t>(reader, name);
    touch<std::uint32_t>(reader, name);
    touch<std::int64_t>(reader, name);
    touch<std::uint64_t>(reader, name);
    touch<float>(reader, name);
    touch<double>(reader, name);
    tolerate([&] { static_cast<void>(reader.text(name).find('x')); });
    tolerate([&] { static_cast<void>(akin::detail::read_model<everything>(reader.scope(name))); });
    // Names end in .cols, .offsets and so on where they belong to a matrix.
    const std::string_view matrix = name.substr(0, name.rfind('.'));
    tolerate([&] { static_cast<void>(akin::detail::read_csr<double, std::int64_t>(reader, matrix)); });
  }
  tolerate([&] { static_cast<void>(akin::detail::read_model<everything>(reader)); });
}

/// What a whole file says in all of its sections can be written again, to the same bytes.
void check_round_trip(const model_reader& reader, std::span<const std::byte> file) {
  model_writer writer;
  const auto copy = [&]<class T>(T, std::string_view name) {
    tolerate([&] { writer.add(name, reader.array<T>(name)); });
  };
  for (const std::string_view name : reader.names()) {
    copy(std::int8_t{}, name), copy(std::uint8_t{}, name), copy(std::int32_t{}, name), copy(std::uint32_t{}, name);
    copy(std::int64_t{}, name), copy(std::uint64_t{}, name), copy(float{}, name), copy(double{}, name);
  }
  const craft::bytes again = craft::file_of(writer);
  // What is reserved may differ: the fields of the format that no version uses yet.
  if (again.size() != file.size()) std::abort();
  const std::size_t sections = akin::detail::sections_begin(reader.names().size());
  for (std::size_t i = sections; i < file.size(); ++i) {
    if (again[i] != file[i]) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  craft::bytes file(input.begin(), input.end());
  for (const bool sealed : {false, true}) {
    if (sealed) craft::seal(file);
    tolerate([&] {
      const model_reader reader = akin::detail::read_model_bytes(file, "\"fuzz\"");
      use(reader);
      check_round_trip(reader, file);
    });
  }
  return 0;
}
