// Any bytes are a whole model file or a format_error, nothing else. Each input is read as it is, and once more after
// its checksums have been made to match, as a forger would: then what the table and the sections say is all that is
// left to stop it. A short input is also a list of changes to the file of a model, which lead further inside than
// chance does.
#include <akin/error.hpp>
#include <akin/io/csr.hpp>
#include <akin/io/model_file.hpp>

#include "tests/io/craft.hpp"

namespace {

using akin::detail::model_reader;
using akin::detail::model_writer;

/// Where results go, so that the compiler keeps the reads that they come from.
volatile double kept;

/// Uses every kind of section as models do, and reads each element that a successful check vouches for.
struct everything {
  static constexpr std::string_view kind = "everything";
  using scalar_type = float;
  using index_type = std::int32_t;
  enum class mode : std::uint8_t { one, two };

  void write_to(model_writer& writer) const {
    static constexpr float numbers[] = {1, 2, 3, 4, 5, 6};
    static constexpr std::int32_t offsets[] = {0, 2, 2, 3}, columns[] = {0, 2, 1};
    static constexpr std::int64_t part_offsets[] = {0, 1}, part_columns[] = {4};
    writer.add_value("factors", 2);
    writer.add_value("rate", 0.5);
    writer.add_value("flag", true);
    writer.add_value("mode", mode::two);
    writer.add_value("seed", std::uint64_t{7});
    writer.add_text("name", "abc");
    writer.add("factors_of_items", numbers, 3, 2);
    writer.add("ids", columns, 3);
    akin::detail::write_csr(writer, "histories", akin::csr_view<float, std::int32_t>{3, 3, offsets, columns, numbers});
    model_writer part = writer.scope("part");
    akin::detail::write_pattern(part, "pattern", akin::sparsity_view<std::int64_t>{1, 5, part_offsets, part_columns});
  }
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
      for (const std::int32_t column : matrix.row(r).ids) result.sum += rows.row(column)[0];
      for (const float value : matrix.row(r).values) result.sum += value;
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
    kept = static_cast<double>(largest);
    kept = static_cast<double>(reader.value<T>(name));
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
    tolerate([&] { kept = static_cast<double>(reader.text(name).find('x')); });
    tolerate([&] { kept = akin::detail::read_model<everything>(reader.scope(name)).sum; });
    // Names end in .cols, .offsets and so on where they belong to a matrix.
    const std::string_view matrix = name.substr(0, name.rfind('.'));
    tolerate(
        [&] { kept = static_cast<double>(akin::detail::read_csr<double, std::int64_t>(reader, matrix).nonzeros()); });
  }
  tolerate([&] { kept = akin::detail::read_model<everything>(reader).sum; });
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

void read_and_use(std::span<const std::byte> file) {
  tolerate([&] {
    const model_reader reader = akin::detail::read_model_bytes(file, "\"fuzz\"");
    use(reader);
    check_round_trip(reader, file);
  });
}

/// The file of a model with some bytes replaced: changes are triples of position (two bytes) and value.
craft::bytes changed_model(std::span<const std::byte> changes) {
  static const craft::bytes whole = [] {
    model_writer writer;
    akin::detail::write_model(writer, everything{});
    craft::bytes file = craft::file_of(writer);
    // It must be read to its end, or changes of it lead nowhere.
    static_cast<void>(akin::detail::read_model<everything>(craft::read(file)));
    return file;
  }();
  craft::bytes file = whole;
  for (; changes.size() >= 3; changes = changes.subspan(3)) {
    file[craft::get<std::uint16_t>(changes, 0) % file.size()] = changes[2];
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  read_and_use(input);
  craft::bytes file(input.begin(), input.end());
  craft::seal(file);
  read_and_use(file);

  constexpr std::size_t few_changes = 3 * 8;
  if (size <= few_changes) {
    file = changed_model(input);
    craft::seal(file);
    read_and_use(file);
  }
  return 0;
}
