#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <akin/io/csr.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"

using akin::detail::model_reader;
using akin::detail::model_writer;
using craft::contains;

namespace {

/// rows: {0, 2}, {}, {1}
template <class Index>
struct small_matrix {
  std::vector<Index> offsets = {0, 2, 2, 3};
  std::vector<Index> columns = {0, 2, 1};
  std::vector<float> values = {1, 2, 3};
  std::int64_t cols = 3;

  /// What reading it back throws.
  std::string refusal() const {
    model_writer writer;
    writer.add_value("x.cols", cols);
    writer.add("x.offsets", std::span<const Index>(offsets));
    writer.add("x.columns", std::span<const Index>(columns));
    writer.add("x.values", std::span<const float>(values));
    const model_reader reader = craft::read(writer);
    return craft::message<akin::format_error>([&] { akin::detail::read_csr<float, Index>(reader, "x"); });
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a matrix comes back in place", "", std::int32_t, std::int64_t) {
  const small_matrix<TestType> m;
  model_writer writer;
  akin::detail::write_csr(writer, "x",
                          akin::csr_view<float, TestType>{3, 5, m.offsets.data(), m.columns.data(), m.values.data()});
  const model_reader reader = craft::read(writer);
  const auto read = akin::detail::read_csr<float, TestType>(reader, "x");
  CHECK(read.rows == 3);
  CHECK(read.cols == 5);
  CHECK(read.nonzeros() == 3);
  CHECK(std::equal(m.offsets.begin(), m.offsets.end(), read.offsets));
  CHECK(std::equal(m.columns.begin(), m.columns.end(), read.columns));
  CHECK(std::equal(m.values.begin(), m.values.end(), read.values));

  const auto pattern = akin::detail::read_pattern<TestType>(reader, "x");
  CHECK(pattern.row(0).size == 2);
  CHECK(pattern.row(2)[0] == 1);
}

TEST_CASE("matrices without rows and without elements come back") {
  model_writer writer;
  akin::detail::write_csr(writer, "nothing", akin::csr_view<double, std::int32_t>{});
  const std::vector<std::int32_t> zeros(5);
  akin::detail::write_pattern(writer, "empty", akin::sparsity_view<std::int32_t>{4, 7, zeros.data(), nullptr});
  const model_reader reader = craft::read(writer);
  CHECK(akin::detail::read_csr<double, std::int32_t>(reader, "nothing").rows == 0);
  const auto empty = akin::detail::read_pattern<std::int32_t>(reader, "empty");
  CHECK(empty.rows == 4);
  CHECK(empty.cols == 7);
  CHECK(empty.nonzeros() == 0);
}

TEMPLATE_TEST_CASE("a matrix that would lead out of bounds is refused", "", std::int32_t, std::int64_t) {
  using matrix = small_matrix<TestType>;
  constexpr TestType most = std::numeric_limits<TestType>::max(), least = std::numeric_limits<TestType>::min();
  REQUIRE(matrix{}.refusal() == "nothing");
  CHECK(contains(matrix{.offsets = {1, 2, 2, 3}}.refusal(), "section \"x.offsets\" begins with 1 instead of 0"));
  CHECK(contains(matrix{.offsets = {0, 3, 2, 3}}.refusal(), "\"x.offsets\" falls after row 1"));
  CHECK(contains(matrix{.offsets = {0, most, 2, 3}}.refusal(), "falls after row 1"));
  CHECK(contains(matrix{.offsets = {0, least, 2, 3}}.refusal(), "falls after row 0"));
  CHECK(contains(matrix{.offsets = {0, 2, 2, 4}}.refusal(), "ends with 4 instead of 3"));
  CHECK(contains(matrix{.offsets = {0, 2, 2, 2}}.refusal(), "ends with 2 instead of 3"));
  CHECK(contains(matrix{.offsets = {}}.refusal(), "\"x.offsets\" is empty"));
  CHECK(contains(matrix{.columns = {0, 2}}.refusal(), "ends with 3 instead of 2"));
  CHECK(contains(matrix{.columns = {2, 0, 1}}.refusal(), "\"x.columns\" does not ascend in row 0"));
  CHECK(contains(matrix{.columns = {2, 2, 1}}.refusal(), "does not ascend in row 0"));
  CHECK(contains(matrix{.columns = {0, 3, 1}}.refusal(), "leaves the range of 0 to 3 exclusive in row 0"));
  CHECK(contains(matrix{.columns = {-1, 2, 1}}.refusal(), "leaves the range of 0 to 3 exclusive in row 0"));
  CHECK(contains(matrix{.columns = {0, 2, most}}.refusal(), "exclusive in row 2"));
  CHECK(contains(matrix{.columns = {0, 2, least}}.refusal(), "exclusive in row 2"));
  CHECK(contains(matrix{.values = {1, 2}}.refusal(), "\"x.values\" is 2 x 1 where 3 x 1 is needed"));
  CHECK(contains(matrix{.cols = -1}.refusal(), "\"x.cols\" holds -1"));
  CHECK(contains(small_matrix<std::int32_t>{.cols = std::int64_t{1} << 31}.refusal(), "not between 0 and 2147483647"));
  for (const float odd : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
    CHECK(contains(matrix{.values = {1, odd, 3}}.refusal(), "\"x.values\" holds a number that is not finite"));
  }
  CHECK(
      matrix{.values = {std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min(), -0.f}}.refusal() ==
      "nothing");
}

TEST_CASE("ids that lead out of bounds are refused") {
  model_writer writer;
  const model_reader reader = craft::read(writer);
  const auto refusal = [&](std::vector<std::int32_t> ids) {
    return craft::message<akin::format_error>(
        [&] { akin::detail::check_ids(reader, "ids", ids.data(), static_cast<std::int64_t>(ids.size()), 10); });
  };
  CHECK(refusal({}) == "nothing");
  CHECK(refusal({9, 0, 9}) == "nothing");
  CHECK(contains(refusal({9, 10}), "section \"ids\" holds an id that is not within 0 to 10 exclusive"));
  CHECK(contains(refusal({-1, 3}), "not within 0 to 10"));
}
