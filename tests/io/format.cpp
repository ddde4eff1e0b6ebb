#include <cstdint>
#include <type_traits>

#include <akin/io/format.hpp>

#include "support/catch.hpp"

namespace detail = akin::detail;

TEST_CASE("element types are known by name, size and number") {
  CHECK(detail::type_name<float>() == "float");
  CHECK(detail::type_name<double>() == "double");
  CHECK(detail::type_name<std::int32_t>() == "int32");
  CHECK(detail::type_name<std::int64_t>() == "int64");
  CHECK(detail::type_name<long long>() == "int64");
  CHECK(detail::type_name<std::uint8_t>() == "uint8");
  CHECK(detail::type_name<std::int8_t>() == "int8");
  CHECK(detail::type_name<std::uint32_t>() == "uint32");
  CHECK(detail::type_name<std::uint64_t>() == "uint64");

  // The numbers are in files.
  CHECK(static_cast<int>(detail::element_of<std::int8_t>()) == 1);
  CHECK(static_cast<int>(detail::element_of<std::int32_t>()) == 3);
  CHECK(static_cast<int>(detail::element_of<std::int64_t>()) == 5);
  CHECK(static_cast<int>(detail::element_of<float>()) == 7);
  CHECK(static_cast<int>(detail::element_of<double>()) == 8);

  const std::size_t sizes[] = {0, 1, 1, 4, 4, 8, 8, 4, 8, 0};
  for (std::uint32_t number = 0; number < 10; ++number) {
    CHECK(detail::traits_of(static_cast<detail::element>(number)).size == sizes[number]);
  }
}

TEST_CASE("sections begin at multiples of 64") {
  CHECK(detail::aligned_up(0) == 0);
  CHECK(detail::aligned_up(1) == 64);
  CHECK(detail::aligned_up(64) == 64);
  CHECK(detail::aligned_up(65) == 128);
  CHECK(detail::sections_begin(0) == 64);
  CHECK(detail::sections_begin(2) == 64 + 2 * 192);
}
