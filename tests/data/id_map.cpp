#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/data/id_map.hpp>

#include "data/reading.hpp"
#include "support/catch.hpp"

using akin::id_map;

TEST_CASE("ids count first appearances") {
  id_map ids;
  CHECK(ids.empty());
  CHECK_FALSE(ids.index_of("anna").has_value());
  CHECK(ids.insert("anna") == 0);
  CHECK(ids.insert("bert") == 1);
  CHECK(ids.insert("anna") == 0);
  CHECK(ids.insert("") == 2);
  CHECK(ids.size() == 3);
  CHECK(ids.index_of("bert") == 1);
  CHECK(ids.index_of("") == 2);
  CHECK_FALSE(ids.index_of("ber").has_value());
  CHECK(ids.contains("anna"));
  CHECK(ids.name_of(0) == "anna");
  CHECK(ids.name_of(2).empty());
}

TEST_CASE("an id without a name is a sentence") {
  id_map ids;
  CHECK(message<std::out_of_range>([&] { return ids.name_of(0); }) ==
        "id_map::name_of: id must be one of the map's 0 ids, got 0");
  ids.insert("a");
  CHECK(message<std::out_of_range>([&] { return ids.name_of(-1); }) ==
        "id_map::name_of: id must be one of the map's 1 ids, got -1");
}

TEST_CASE("any bytes are a name, of any length") {
  // Names that agree in length, beginning, end or all but one byte, on both sides of every size that is treated apart.
  std::vector<std::string> names = {
      "a", "b", "aa", "ab", "ba", std::string("a\0b", 3), std::string("\0", 1), std::string("\0\0", 2)};
  for (const std::size_t size : {3u, 4u, 5u, 7u, 8u, 9u, 15u, 16u, 17u, 24u, 25u, 1000u, 1'000'000u})
    for (const std::size_t changed : {std::size_t{0}, size / 2, size - 1})
      for (const char c : {'x', '\0', '\xFF'}) {
        names.emplace_back(size, 'n');
        names.back()[changed] = c;
      }
  std::map<std::string, std::int32_t> expected;
  id_map ids;
  for (const std::string& name : names) {
    const auto [position, is_new] = expected.try_emplace(name, static_cast<std::int32_t>(expected.size()));
    CHECK(ids.insert(name) == position->second);
  }
  CHECK(ids.size() == expected.size());
  for (const auto& [name, id] : expected) {
    CHECK(ids.index_of(name) == id);
    CHECK(ids.name_of(id) == name);
  }
}

TEST_CASE("many names agree with a map of the standard library") {
  constexpr std::uint64_t seed = 17;
  CAPTURE(seed);
  std::uint64_t state = seed;
  std::map<std::string, std::int32_t> expected;
  id_map ids;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const std::string name = (state >> 63 ? "customer-" : "") + std::to_string((state >> 33) % 50'000);
    const auto position = expected.try_emplace(name, static_cast<std::int32_t>(expected.size())).first;
    if (ids.insert(name) != position->second) FAIL("insert of " << name);
  }
  CHECK(ids.size() == expected.size());
  for (const auto& [name, id] : expected)
    if (ids.index_of(name) != id || ids.name_of(id) != name) FAIL("look-up of " << name);
}

TEST_CASE("a part of a stored name can be inserted") {
  id_map ids;
  ids.insert("abcdefghijklmnopqrstuvwxyz");
  for (std::size_t i = 1; i < 26; ++i) ids.insert(ids.name_of(0).substr(i));
  CHECK(ids.size() == 26);
  CHECK(ids.name_of(25) == "z");
  CHECK(ids.name_of(10) == "klmnopqrstuvwxyz");
}

TEST_CASE("copies are equal and apart, moved-from maps are usable") {
  id_map a;
  CHECK(a == id_map());
  a.insert("x");
  a.insert("y");
  id_map b = a;
  CHECK(a == b);
  b.insert("z");
  CHECK(a != b);
  CHECK(a.size() == 2);
  const id_map c = std::move(b);
  CHECK(c.size() == 3);
  b = id_map();
  CHECK(b.insert("w") == 0);
  id_map other;
  other.insert("y");
  other.insert("x");
  CHECK(a != other);
  id_map one, two;  // the same text, cut elsewhere
  one.insert("ab"), one.insert("c");
  two.insert("a"), two.insert("bc");
  CHECK(one != two);
}

TEST_CASE("the arrays give the map back") {
  id_map ids;
  CHECK(id_map(ids.text(), ids.offsets()) == ids);
  for (const char* name : {"anna", "", "bert", "a name that is longer than eight bytes"}) ids.insert(name);
  CHECK(ids.offsets().size() == 5);
  CHECK(ids.offsets()[2] == 4);
  id_map copy(ids.text(), ids.offsets());
  CHECK(copy == ids);
  CHECK(copy.index_of("bert") == 2);
  CHECK(copy.insert("carl") == 4);
}

TEST_CASE("arrays that are no map are refused") {
  const std::string text = "aabb";
  const auto refusal = [&](std::vector<std::int64_t> offsets) {
    return message([&] { return id_map(text, offsets); });
  };
  CHECK(refusal({}) == "id_map: offsets must begin with 0");
  CHECK(refusal({1, 4}) == "id_map: offsets must begin with 0");
  CHECK(refusal({0, 3}) == "id_map: offsets must end with the text's size");
  CHECK(refusal({0, 5}) == "id_map: offsets must end with the text's size");
  CHECK(refusal({0, 3, 2, 4}) == "id_map: offsets must not descend");
  CHECK(refusal({0, -1, 4}) == "id_map: offsets must not descend");
  CHECK(refusal({0, std::numeric_limits<std::int64_t>::max(), 4}) == "id_map: offsets must not descend");
  CHECK(refusal({0, 1, 2, 4}) == "id_map: names must be distinct, ids 0 and 1 have the same");
  CHECK(refusal({0, 0, 0, 4}) == "id_map: names must be distinct, ids 0 and 1 have the same");
}

TEST_CASE("the start of a map") {
  const auto map_of = [](std::initializer_list<const char*> names) {
    akin::id_map ids;
    for (const char* name : names) ids.insert(name);
    return ids;
  };
  const akin::id_map ids = map_of({"ab", "c", "d"});
  for (const auto& start : {map_of({}), map_of({"ab"}), map_of({"ab", "c"}), ids}) CHECK(ids.starts_with(start));
  for (const auto& other : {map_of({"a"}), map_of({"c"}), map_of({"a", "bc"}), map_of({"ab", "d"}),
                            map_of({"ab", "c", "d", "e"}), map_of({"abc"}), map_of({""})})
    CHECK_FALSE(ids.starts_with(other));
  CHECK(map_of({}).starts_with(akin::id_map()));
}
