#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <akin/error.hpp>

#include "support/catch.hpp"

using Catch::Matchers::Message;
namespace detail = akin::detail;

TEST_CASE("every exception of akin is one of the standard's") {
  STATIC_REQUIRE(std::is_base_of_v<std::logic_error, akin::not_fitted>);
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, akin::numeric_error>);
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, akin::format_error>);
}

TEST_CASE("a sentence is its parts, text and numbers") {
  CHECK(detail::sentence() == "");
  CHECK(detail::sentence("k ", 7, ' ', std::string("is "), true, std::string_view(" or "), false) ==
        "k 7 is true or false");
  CHECK(detail::sentence(std::int64_t{INT64_MIN}, " ", UINT64_MAX) == "-9223372036854775808 18446744073709551615");
  CHECK(detail::sentence(0.25f, " ", -1e300, " ", 0.0) == "0.25 -1e+300 0");
}

TEST_CASE("a broken rule says where, what and what was given instead") {
  CHECK_THROWS_MATCHES(detail::require(false, "here", "k must be positive", -3), std::invalid_argument,
                       Message("here: k must be positive, got -3"));
  CHECK_THROWS_MATCHES(detail::require(false, "here", "x must be compressed"), std::invalid_argument,
                       Message("here: x must be compressed"));
  CHECK_NOTHROW(detail::require(true, "here", "k must be positive", 1));
  CHECK_NOTHROW(detail::require(true, "here", "x must be compressed"));
  CHECK_THROWS_MATCHES(detail::fail<akin::format_error>("line ", 3), akin::format_error, Message("line 3"));
}

TEST_CASE("an id must be at least 0 and below the bound") {
  CHECK_NOTHROW(detail::require_id(0, std::int64_t{1}, "here", "user"));
  CHECK_NOTHROW(detail::require_id(std::int64_t{4}, 5, "here", "user"));
  CHECK_THROWS_MATCHES(detail::require_id(5, std::int64_t{5}, "here", "user"), std::invalid_argument,
                       Message("here: user must be an id below 5, got 5"));
  CHECK_THROWS_MATCHES(detail::require_id(-1, 5, "here", "user"), std::invalid_argument,
                       Message("here: user must be an id below 5, got -1"));
  CHECK_THROWS_AS(detail::require_id(0, 0, "here", "user"), std::invalid_argument);
  // Beyond 32 bits nothing wraps around.
  CHECK_THROWS_AS(detail::require_id(std::int64_t{1} << 32, 5, "here", "user"), std::invalid_argument);
}

TEST_CASE("a model that has learnt nothing says what to do") {
  CHECK_NOTHROW(detail::require_fitted(true, "score"));
  CHECK_THROWS_MATCHES(detail::require_fitted(false, "score"), akin::not_fitted,
                       Message("score: the model has learnt nothing yet, call fit first"));
}
