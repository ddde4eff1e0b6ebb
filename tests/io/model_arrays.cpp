#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/io/model_arrays.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"

using akin::detail::model_reader;
using akin::detail::model_writer;
using craft::contains;

TEST_CASE("arrays of a model are those of the file, and keep it") {
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> offsets = {0, 1, 2}, columns = {2, 0};
  model_writer writer;
  writer.add("factors", numbers.data(), 2, 3);
  writer.add("biases", numbers.data(), 6);
  akin::detail::write_csr(writer, "histories",
                          akin::csr_view<float, std::int32_t>{2, 3, offsets.data(), columns.data(), numbers.data()});
  akin::detail::dense_storage<float> factors;
  akin::detail::storage<float> biases;
  akin::detail::csr_storage<float, std::int32_t> histories;
  {
    const model_reader reader = craft::read(writer);
    factors = akin::detail::map_dense<float>(reader, "factors", 2, 3);
    biases = akin::detail::map_array<float>(reader, "biases", 6);
    histories = akin::detail::map_csr<float, std::int32_t>(reader, "histories");
    CHECK(factors.view().data == reader.array<float>("factors").data);
    CHECK(biases.data() == reader.array<float>("biases").data);
    CHECK(histories.view().columns == reader.array<std::int32_t>("histories.columns").data);
  }
  CHECK(biases.is_mapped());
  CHECK(factors.view().row(1)[2] == 6);
  CHECK(biases[5] == 6);
  CHECK(histories.view().row(0).ids[0] == 2);
  CHECK(histories.view().row(1).values[0] == 2);
}

TEST_CASE("arrays of another shape, and numbers that are not finite, are refused") {
  const std::vector<double> numbers = {1, std::nan(""), 3, 4};
  model_writer writer;
  writer.add("nan", numbers.data(), 2, 2);
  writer.add("fine", numbers.data() + 2, 2, 1);
  const model_reader reader = craft::read(writer);
  const auto dense = [&](const char* name, std::int64_t rows, std::int64_t cols) {
    return craft::message<akin::format_error>(
        [&] { return akin::detail::map_dense<double>(reader, name, rows, cols); });
  };
  CHECK(contains(dense("nan", 2, 2), "section \"nan\" holds a number that is not finite"));
  CHECK(dense("fine", 2, 1) == "nothing");
  CHECK(contains(dense("fine", 3, model_reader::any), "is 2 x 1 where 3 x any is needed"));
  const auto array = [&](const char* name, std::int64_t size) {
    return craft::message<akin::format_error>([&] { return akin::detail::map_array<double>(reader, name, size); });
  };
  CHECK(contains(array("nan", 4), "is 2 x 2 where 4 x 1 is needed"));
  CHECK(contains(array("fine", 3), "is 2 x 1 where 3 x 1 is needed"));
  CHECK(array("fine", 2) == "nothing");
}
