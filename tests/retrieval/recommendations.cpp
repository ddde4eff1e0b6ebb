#include <cstdint>
#include <limits>
#include <stdexcept>

#include <akin/retrieval/recommendations.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"

TEST_CASE("lists are empty until they are filled, and each has its own place") {
  akin::recommendations<double, std::int64_t> lists(3, 2);
  CHECK((lists.size() == 3 && lists.k() == 2));
  CHECK((lists.items(1).empty() && lists.scores(1).empty()));
  for (const std::size_t list : {2u, 0u}) {
    for (std::size_t i = 0; i < 2; ++i) {
      lists.mutable_items(list)[i] = static_cast<std::int64_t>(10 * list + i);
      lists.mutable_scores(list)[i] = -static_cast<double>(i);
    }
    lists.set_count(list, list == 2 ? 2 : 1);
  }
  CHECK(list_of(lists, 0) == ranked<double, std::int64_t>{{0, 0}});
  CHECK(lists.items(1).empty());
  CHECK(list_of(lists, 2) == ranked<double, std::int64_t>{{20, 0}, {21, -1}});
  const auto copy = lists;
  lists.set_count(2, 0);
  CHECK(copy.items(2).size() == 2);
}

TEST_CASE("there may be no lists, and lists of nothing") {
  CHECK(akin::recommendations<float>().size() == 0);
  CHECK(akin::recommendations<float>(0, 5).size() == 0);
  CHECK(akin::recommendations<float>(2, 0).items(1).empty());
}

TEST_CASE("more lists than memory has numbers are refused") {
  CHECK_THROWS_AS(akin::recommendations<float>(std::numeric_limits<std::int64_t>::max(), 100), std::length_error);
  CHECK_THROWS_AS(akin::recommendations<float>(-1, 5), std::length_error);
  CHECK_THROWS_AS(akin::recommendations<float>(5, -1), std::length_error);
}
