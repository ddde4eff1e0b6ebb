#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/data/read_movielens.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

namespace {

akin::interaction_log read(std::string_view text, const akin::movielens_options& options = {}) {
  return akin::detail::read_movielens(input(text, "ratings"), options);
}

constexpr std::string_view tabs = "196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t377\t1\t878887116\n";
constexpr std::string_view colons = "196::242::3::881250949\r\n186::302::3::891717742\r\n196::377::1::878887116";
constexpr std::string_view commas =
    "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n186,302,3,891717742\n196,377,1,878887116\n";

}  // namespace

TEST_CASE("three forms of the same ratings") {
  for (const std::string_view text : {tabs, colons, commas}) {
    CAPTURE(text);
    const auto log = read(text);
    CHECK(log.size() == 3);
    CHECK(log.user_ids().size() == 2);
    CHECK(log.user_ids().name_of(0) == "196");
    CHECK(log.item_ids().name_of(2) == "377");
    CHECK(log.values()[1] == 3);
    CHECK(log.times()[0] == 881250949000);
  }
}

TEST_CASE("empty lines and a mark come before the form") {
  for (const std::string_view text : {tabs, colons, commas}) {
    CAPTURE(text);
    CHECK(read("\xEF\xBB\xBF\r\n\n" + std::string(text)).size() == 3);
  }
  CHECK(message([] { return read("\x1F\x8B\x08"); }) ==
        "ratings:1: the file must be text in UTF-8, it is compressed with gzip, decompress it first");
}

TEST_CASE("a test with the ids of its training") {
  const akin::interaction_log train = read(tabs);
  for (const char* text :
       {"9\t302\t3\t881250949\n186\t8\t3\t881250949\n", "9::302::3::881250949\n186::8::3::881250949\n",
        "userId,movieId,rating,timestamp\n9,302,3,881250949\n186,8,3,881250949\n"}) {
    CAPTURE(text);
    const akin::interaction_log test = read(text, {.ids_of = &train});
    CHECK(test.users()[0] == 2);
    CHECK(test.users()[1] == 1);
    CHECK(test.items()[0] == 1);
    CHECK(test.items()[1] == 3);
    CHECK(test.user_ids().starts_with(train.user_ids()));
  }
}

TEST_CASE("numbers that are no times of ratings are refused") {
  for (const char* text : {"1\t2\t3\t4\n", "1::2::3::4\n", "userId,movieId,rating,timestamp\n1,2,3,4\n"}) {
    CAPTURE(text);
    const std::string place = text[0] == 'u'   ? "ratings:2:4: timestamp"
                              : text[1] == ':' ? "ratings:1:4: time"
                                               : "ratings:1:4: 4";
    CHECK(message([&] { return read(text); }) ==
          place + " must be in the years 1990 to 2100, unless times is time_format::number, got \"4\"");
    CHECK(read(text, {.times = akin::time_format::number}).times()[0] == 4000);
    CHECK(read(text, {.times = akin::time_format::number, .epoch = akin::epoch_unit::milliseconds}).times()[0] == 4);
  }
}

TEST_CASE("a file or its folder") {
  const folder here;
  CHECK(message<std::runtime_error>([&] {
          return akin::read_movielens(here / "");
        }).starts_with("read_movielens: the folder must hold ratings.csv, ratings.dat or u.data, got "));
  write_text(here / "u.data", std::string(tabs));
  CHECK(akin::read_movielens(here / "").size() == 3);
  write_text(here / "ratings.csv", std::string(commas));
  CHECK(message<std::runtime_error>([&] { return akin::read_movielens(here / ""); })
            .starts_with("read_movielens: the path must name a file where its folder holds several of ratings.csv, "
                         "ratings.dat or u.data, got "));
  CHECK(akin::read_movielens(here / "ratings.csv").size() == 3);
  write_text(here / "u1.base", std::string(tabs.substr(0, 20)));
  CHECK(akin::read_movielens(here / "u1.base").size() == 1);
  CHECK(message<std::runtime_error>([&] {
          return akin::read_movielens(here / "u2.base");
        }).ends_with("u2.base: the file must exist and be readable"));
}

TEST_CASE("bad ratings are refused with their place") {
  const auto refusal = [](std::string_view text) { return message([&] { return read(text); }); };
  CHECK(refusal("1::2::3\n") == "ratings:1:3: a line must be user::movie::rating::time");
  CHECK(refusal("1::2::3::4::5\n") ==
        "ratings:1:4: time must be a time such as 2010-12-01T08:26:00Z, or a number since 1970, got \"4::5\"");
  CHECK(refusal("1::2::x::4\n") == "ratings:1:3: rating must be a finite number, got \"x\"");
  CHECK(refusal("1::2::3::978300760\n::2::3::4\n") == "ratings:2:1: user must not be empty");
  CHECK(refusal("1::::3::4\n") == "ratings:1:2: movie must not be empty");
  CHECK(refusal("1\t2\t3\n") == "ratings:1: there must be a column \"4\", the columns are \"1\", \"2\", \"3\"");
  CHECK(refusal("user,item,rating\n") ==
        "ratings:1: there must be a column \"userId\", the columns are \"user\", \"item\", \"rating\"");
  CHECK(refusal("") == "ratings:1: the file is empty, a line with the names of the columns must come first");
}
