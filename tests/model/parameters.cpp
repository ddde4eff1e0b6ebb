#include <cstdint>
#include <optional>
#include <string>

#include <akin/model/parameters.hpp>

#include "support/catch.hpp"

namespace {

enum class colour { red = 3, blue = 7 };

enum class shade { light, dark };

struct lamp_options {
  double width = 0.1;
  int bulbs = 3;
  shade of = shade::dark;
  bool dimmed = false;
  std::optional<int> watts = {};
};
template <class Options, class Visit>
akin::fields_of<lamp_options, Options> fields(Options& options, const Visit& visit) {
  visit("width", options.width, akin::positive);
  visit("bulbs", options.bulbs, akin::positive);
  visit("of", options.of, akin::up_to(shade::dark));
  visit("dimmed", options.dimmed);
  visit("watts", options.watts, akin::positive);
}

}  // namespace

TEST_CASE("a parameter's value prints so that it reads back") {
  CHECK(akin::parameter_value(7).text() == "7");
  CHECK(akin::parameter_value(std::int64_t{-9000000000}).text() == "-9000000000");
  CHECK(akin::parameter_value(0.1).text() == "0.1");
  CHECK(akin::parameter_value(1.0 / 3).number() == std::stod(akin::parameter_value(1.0 / 3).text()));
  CHECK(akin::parameter_value(true).text() == "true");
  CHECK(akin::parameter_value(true).number() == 1);
  CHECK(akin::parameter_value("cosine").text() == "cosine");
  CHECK(akin::parameter_value(colour::blue).number() == 7);
  CHECK(akin::parameter_value(7).number() == 7);
  CHECK(akin::parameter_value(7) == akin::parameter_value(std::int64_t{7}));
  CHECK_FALSE(akin::parameter_value(7) == akin::parameter_value(7.0));
  CHECK_THROWS_WITH(akin::parameter_value("cosine").number(),
                    "parameter_value::number: the value must be a number, got \"cosine\"");
}

TEST_CASE("parameters are those of the list, by name") {
  auto map = akin::parameters_of(lamp_options{.width = 0.1});
  CHECK(map.size() == 4);
  CHECK(map.at("width") == akin::parameter_value(0.1));
  CHECK(map.at("width").text() == "0.1");
  CHECK(map.at("bulbs").number() == 3);
  CHECK(map.at("of") == akin::parameter_value(shade::dark));
  CHECK(map.at("dimmed").text() == "false");
  map = akin::parameters_of(lamp_options{.watts = 40});
  CHECK(map.at("watts").text() == "40");
}

TEST_CASE("options are the same where all fields are") {
  const lamp_options a;
  CHECK(akin::same_options(a, lamp_options{}));
  CHECK_FALSE(akin::same_options(a, lamp_options{.width = 0.2}));
  CHECK_FALSE(akin::same_options(a, lamp_options{.bulbs = 4}));
  CHECK_FALSE(akin::same_options(a, lamp_options{.of = shade::light}));
  CHECK_FALSE(akin::same_options(a, lamp_options{.dimmed = true}));
  CHECK_FALSE(akin::same_options(a, lamp_options{.watts = 1}));
}
