#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include <akin/data/read_interactions.hpp>
#include <akin/data/write_interactions.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

namespace {

std::shared_ptr<const akin::id_map> names(std::initializer_list<const char*> texts) {
  auto ids = std::make_shared<akin::id_map>();
  for (const char* text : texts) ids->insert(text);
  return ids;
}

akin::interaction_log small_log() {
  return akin::interaction_log(akin::interaction_arrays{.users = {0, 1, 0},
                                                        .items = {0, 1, 1},
                                                        .values = {1, 0.1f, -2.5f},
                                                        .times = {1291191960000, 0, -1},
                                                        .events = {0, 0, 1},
                                                        .user_ids = names({"ann", "bob, the \"builder\""}),
                                                        .item_ids = names({"tea", "two\nlines"}),
                                                        .event_ids = names({"buy", "return"})});
}

}  // namespace

TEST_CASE("a log becomes a table") {
  const folder files;
  akin::write_interactions(small_log(), files / "log.csv");
  CHECK(read_text(files / "log.csv") ==
        "user,item,value,time,event\n"
        "ann,tea,1,2010-12-01T08:26:00,buy\n"
        "\"bob, the \"\"builder\"\"\",\"two\nlines\",0.1,1970-01-01T00:00:00,buy\n"
        "ann,\"two\nlines\",-2.5,1969-12-31T23:59:59.999,return\n");
  const akin::interaction_log plain(akin::interaction_arrays{.users = {1}, .items = {0}});
  akin::write_interactions(plain, files / "plain.csv");
  CHECK(read_text(files / "plain.csv") == "user,item,value\n1,0,1\n");
}

TEST_CASE("read_interactions gives the log again") {
  const folder files;
  const akin::interaction_log log = small_log();
  akin::write_interactions(log, files / "log.csv");
  const auto again = akin::read_interactions(files / "log.csv", {.value = "value", .time = "time", .event = "event"});
  CHECK(std::ranges::equal(again.users(), log.users()));
  CHECK(std::ranges::equal(again.items(), log.items()));
  CHECK(std::ranges::equal(again.values(), log.values()));
  CHECK(std::ranges::equal(again.times(), log.times()));
  CHECK(std::ranges::equal(again.events(), log.events()));
  CHECK((again.user_ids() == log.user_ids() && again.item_ids() == log.item_ids()));
}

TEST_CASE("a log larger than a piece of the file") {
  const folder files;
  akin::interaction_arrays many{.users = std::vector<std::int32_t>(200'000),
                                .items = std::vector<std::int32_t>(200'000)};
  for (std::int32_t i = 0; i < 200'000; ++i) many.items[static_cast<std::size_t>(i)] = i;
  const akin::interaction_log log(many);
  akin::write_interactions(log, files / "log.csv");
  const auto again = akin::read_interactions(files / "log.csv");
  CHECK((again.size() == log.size() && again.item_ids() == log.item_ids()));
}

TEST_CASE("times that have no text, and files that cannot be written, are refused") {
  const folder files;
  const akin::interaction_log log(
      akin::interaction_arrays{.users = {0}, .items = {0}, .times = {std::int64_t{1} << 60}});
  CHECK(message<std::invalid_argument>([&] { return akin::write_interactions(log, files / "log.csv"), 0; }) ==
        "write_interactions: times must be in the years 1 to 9999, got 1152921504606846976 milliseconds since 1970");
  CHECK(files.size() == 0);
  CHECK_THROWS_AS(akin::write_interactions(small_log(), files / "none" / "log.csv"), std::runtime_error);
}
