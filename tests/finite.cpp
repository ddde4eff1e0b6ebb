#include <limits>

#include <akin/finite.hpp>

#include "support/catch.hpp"

namespace detail = akin::detail;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("finite is what is neither infinite nor not a number") {
  CHECK(detail::is_finite(0.0f));
  CHECK(detail::is_finite(-std::numeric_limits<double>::max()));
  CHECK(detail::is_finite(std::numeric_limits<float>::denorm_min()));
  CHECK(detail::is_finite(7));
  for (const float bad :
       {infinity, -infinity, not_a_number, -not_a_number, std::numeric_limits<float>::signaling_NaN()}) {
    CHECK_FALSE(detail::is_finite(bad));
    CHECK_FALSE(detail::is_finite(static_cast<double>(bad)));
  }
}

TEST_CASE("infinite numbers are numbers") {
  for (const float x : {0.0f, infinity, -infinity, std::numeric_limits<float>::denorm_min()}) {
    CHECK_FALSE(detail::is_nan(x));
    CHECK_FALSE(detail::is_nan(static_cast<double>(x)));
  }
  for (const float bad : {not_a_number, -not_a_number, std::numeric_limits<float>::signaling_NaN()}) {
    CHECK(detail::is_nan(bad));
    CHECK(detail::is_nan(static_cast<double>(bad)));
  }
}
