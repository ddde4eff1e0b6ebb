#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/data/concatenate.hpp>
#include <akin/data/read_interactions.hpp>

#include "data/reading.hpp"
#include "support/catch.hpp"

using akin::concatenate;
using akin::interaction_log;

namespace {

interaction_log read(std::string_view text, akin::interaction_columns columns = {}) {
  return akin::detail::read_interactions(input(text), columns);
}

template <class T>
std::vector<T> all(std::span<const T> column) {
  return {column.begin(), column.end()};
}

std::string refusal(const interaction_log& a, const interaction_log& b) {
  return message<std::invalid_argument>([&] { return concatenate(a, b); });
}

}  // namespace

TEST_CASE("logs that share their ids become one") {
  const interaction_log log =
      read("user,item,v,t,e\na,x,2,2010-12-01,view\nb,y,3,2010-12-02,buy\n", {.value = "v", .time = "t", .event = "e"});
  const interaction_log today = read("user,item,v,t,e\nc,y,5,2010-12-03,cart\nb,z,7,2010-12-04,buy\n",
                                     {.value = "v", .time = "t", .event = "e", .ids_of = &log});
  const interaction_log both = concatenate(log, today);
  CHECK(all(both.users()) == std::vector<std::int32_t>{0, 1, 2, 1});
  CHECK(all(both.items()) == std::vector<std::int32_t>{0, 1, 1, 2});
  CHECK(all(both.values()) == std::vector<float>{2, 3, 5, 7});
  CHECK(all(both.events()) == std::vector<std::int32_t>{0, 1, 2, 1});
  CHECK(both.times()[0] == log.times()[0]);
  CHECK(both.times()[3] == today.times()[1]);
  CHECK(&both.user_ids() == &today.user_ids());
  CHECK(&both.event_ids() == &today.event_ids());
  const interaction_log reversed = concatenate(today, log);
  CHECK(all(reversed.users()) == std::vector<std::int32_t>{2, 1, 0, 1});
  CHECK(&reversed.item_ids() == &today.item_ids());
  // Names, not maps, decide: this log was read on its own.
  CHECK(concatenate(read("user,item\na,x\n"), read("user,item\na,x\nb,y\n")).size() == 3);
}

TEST_CASE("logs with ids of their own are not joined") {
  CHECK(refusal(read("user,item\na,x\n"), read("user,item\nb,x\n")) ==
        "concatenate: users must have the same ids in both logs, 0 is \"a\" in one and \"b\" in the other; a reader "
        "gives them the same with ids_of");
  CHECK(refusal(read("user,item\na,x\na,y\n"), read("user,item\na,x\nb,z\n")) ==
        "concatenate: items must have the same ids in both logs, 1 is \"y\" in one and \"z\" in the other; a reader "
        "gives them the same with ids_of");
  CHECK(refusal(read("user,item,e\na,x,buy\n", {.event = "e"}), read("user,item,e\na,x,view\n", {.event = "e"})) ==
        "concatenate: events must have the same ids in both logs, 0 is \"buy\" in one and \"view\" in the other; a "
        "reader gives them the same with ids_of");
}

TEST_CASE("logs have the same columns") {
  const interaction_log plain = read("user,item\na,x\n"), timed = read("user,item,t\na,x,2010-12-01\n", {.time = "t"}),
                        named = read("user,item,e\na,x,buy\n", {.event = "e"});
  CHECK(refusal(plain, timed) == "concatenate: both logs must have times, or neither");
  CHECK(refusal(named, plain) == "concatenate: both logs must have events, or neither");
  CHECK(concatenate(interaction_log(), timed).times().size() == 1);
  CHECK(concatenate(named, interaction_log()).events().size() == 1);
  CHECK(concatenate(interaction_log(), interaction_log()).empty());
  const interaction_log numbered({.users = {0, 2}, .items = {0, 1}}), fewer({.users = {1}, .items = {0}});
  CHECK(concatenate(numbered, fewer).matrix(akin::duplicates::sum).rows() == 3);
}
