#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/model/fields.hpp>

#include "support/catch.hpp"

namespace {

enum class shade { light, dark };

struct lamp_options {
  double width = 1;
  int bulbs = 3;
  shade of = shade::dark;
  bool dimmed = false;
  std::optional<int> watts = {};
};
template <class Options, class Visit>
akin::fields_of<lamp_options, Options> fields(Options& options, const Visit& visit) {
  visit("width", options.width, akin::finite_and_positive);
  visit("bulbs", options.bulbs, akin::at_least(1));
  visit("of", options.of, akin::up_to(shade::dark));
  visit("dimmed", options.dimmed);
  visit("watts", options.watts, akin::between(1, 100));
}

struct derived_options : lamp_options {};
template <class Options>
concept has_fields = requires(Options options) {
  fields(options, [](auto&&...) {});
};
static_assert(has_fields<lamp_options> && has_fields<const lamp_options>);
static_assert(!has_fields<derived_options> && !has_fields<int>);

void refuses(const lamp_options& options, const std::string& rule) {
  CHECK_THROWS_MATCHES(akin::checked(options, "lamp"), std::invalid_argument,
                       Catch::Matchers::Message("lamp: " + rule));
}

constexpr double infinity = std::numeric_limits<double>::infinity(),
                 no_number = std::numeric_limits<double>::quiet_NaN();

/// Those of the numbers that the rule allows.
template <class Rule>
std::vector<double> allowed(const Rule& rule, const std::vector<double>& numbers) {
  std::vector<double> result;
  for (const double x : numbers)
    if (rule.allows(x)) result.push_back(x);
  return result;
}

}  // namespace

TEST_CASE("options are checked by the rules of their list") {
  const lamp_options good{.width = 0.5, .bulbs = 1, .watts = 100};
  CHECK(&akin::checked(good, "lamp") == &good);
  CHECK_NOTHROW(akin::checked(lamp_options{}, "lamp"));
  refuses({.width = 0}, "width must be finite and positive, got 0");
  refuses({.width = infinity}, "width must be finite and positive, got inf");
  refuses({.bulbs = 0}, "bulbs must be at least 1, got 0");
  refuses({.of = static_cast<shade>(2)}, "of must be one of the enumerators, got 2");
  refuses({.of = static_cast<shade>(-1)}, "of must be one of the enumerators, got -1");
  refuses({.watts = 101}, "watts must be between 1 and 100, got 101");
  refuses({.width = -1, .bulbs = 0}, "width must be finite and positive, got -1");
}

TEST_CASE("a list names each field once, in order, and gives it to be changed") {
  lamp_options options;
  std::vector<std::string_view> names;
  fields(options, [&](std::string_view name, auto& field, const auto&...) {
    names.push_back(name);
    if constexpr (std::is_same_v<decltype(field), int&>) field = 7;
  });
  CHECK(names == std::vector<std::string_view>{"width", "bulbs", "of", "dimmed", "watts"});
  CHECK(options.bulbs == 7);
}

TEST_CASE("rules allow what they say") {
  const std::vector<double> numbers = {-infinity, -1, 0, 0.5, 1, 2, 1e308, infinity, no_number};
  using list = std::vector<double>;
  CHECK(allowed(akin::positive, numbers) == list{0.5, 1, 2, 1e308, infinity});
  CHECK(allowed(akin::not_negative, numbers) == list{0, 0.5, 1, 2, 1e308, infinity});
  CHECK(allowed(akin::finite_and_positive, numbers) == list{0.5, 1, 2, 1e308});
  CHECK(allowed(akin::positive_and_finite, numbers) == list{0.5, 1, 2, 1e308});
  CHECK(allowed(akin::finite_and_not_negative, numbers) == list{0, 0.5, 1, 2, 1e308});
  CHECK(allowed(akin::in_unit_interval, numbers) == list{0, 0.5, 1});
  CHECK(allowed(akin::inside_unit_interval, numbers) == list{0.5});
  CHECK(allowed(akin::above_zero_to_one, numbers) == list{0.5, 1});
  CHECK(allowed(akin::zero_to_below_one, numbers) == list{0, 0.5});
  CHECK(allowed(akin::at_least(1), numbers) == list{1, 2, 1e308, infinity});
  CHECK(allowed(akin::between(-1, 1), numbers) == list{-1, 0, 0.5, 1});
  CHECK(akin::between(-1, 1).words() == "must be between -1 and 1");
  CHECK(akin::at_least(2).words() == "must be at least 2");
  CHECK(akin::positive.allows(std::numeric_limits<std::int64_t>::max()));
}
