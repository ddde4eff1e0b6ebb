#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <akin/data/interaction_log.hpp>
#include <akin/data/sequences.hpp>

#include "data/reading.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace {

using items = std::vector<std::int32_t>;
using times = std::vector<std::int64_t>;

template <class Slice>
auto vector_of(const Slice& slice) {
  return std::vector<std::remove_const_t<std::remove_pointer_t<decltype(slice.data)>>>(slice.begin(), slice.end());
}

template <class Function>
std::string refusal(Function&& function) {
  return message<std::invalid_argument>([&] { return function(), 0; });
}

}  // namespace

TEST_CASE("sequences keep order, repeats and times") {
  akin::sequences<> all(5);
  CHECK(all.empty());
  CHECK(all.has_times());
  all.add(items{4, 0, 4}, times{10, 10, 30});
  all.add(items{});
  all.add(items{2}, times{-5});
  CHECK(all.size() == 3);
  CHECK(all.events() == 4);
  CHECK(all.items() == 5);
  CHECK(all.has_times());
  CHECK(vector_of(all[0].items) == items{4, 0, 4});
  CHECK(vector_of(all[0].times) == times{10, 10, 30});
  CHECK(all[1].empty());
  CHECK(all[2].items.back() == 2);
  CHECK(vector_of(all[0].first(2).items) == items{4, 0});
  CHECK(vector_of(all[0].first(2).times) == times{10, 10});
  static_assert(noexcept(all[0]));
  CHECK(all == akin::sequences<>(5, {0, 3, 3, 4}, {4, 0, 4, 2}, {10, 10, 30, -5}));

  akin::sequences<> timeless(5);
  timeless.add({1, 1});
  CHECK(!timeless.has_times());
  CHECK(timeless[0].times.empty());
  CHECK(timeless[0].first(1).times.empty());
}

TEST_CASE("a sequence that is refused changes nothing") {
  akin::sequences<> all(3);
  all.add(items{0, 1}, times{1, 2});
  const akin::sequences<> before = all;
  CHECK(refusal([&] { all.add({3}); }) == "sequences::add: items must be an id below 3, got 3");
  CHECK(refusal([&] { all.add({0, -1}); }) == "sequences::add: items must be an id below 3, got -1");
  CHECK(refusal([&] { all.add(items{0, 1}, times{1}); }) == "sequences::add: times must be as many as items, 2, got 1");
  CHECK(refusal([&] { all.add(items{0, 1}, times{2, 1}); }) == "sequences::add: times must not descend, got 1");
  CHECK(refusal([&] { all.add({0}); }) == "sequences::add: times must be given for all sequences or for none");
  CHECK(all == before);
  akin::sequences<> timeless(3);
  timeless.add({0});
  CHECK(refusal([&] { timeless.add(items{0}, times{1}); }) ==
        "sequences::add: times must be given for all sequences or for none");
}

TEST_CASE("sequences of arrays that do not fit") {
  using akin::sequences;
  CHECK(refusal([] { sequences<>(-1); }) == "sequences: items must not be negative or more than its ids, got -1");
  CHECK(refusal([] { sequences<>(std::int64_t{1} << 31); }) ==
        "sequences: items must not be negative or more than its ids, got 2147483648");
  CHECK(refusal([] { sequences<>(2, {}, {}); }) ==
        "sequences: offsets must begin with 0 and end with the number of events, got 0");
  CHECK(refusal([] {
          sequences<>(2, {1, 1}, {0});
        }) == "sequences: offsets must begin with 0 and end with the number of events, got 1");
  CHECK(refusal([] { sequences<>(2, {0, 2, 1, 2}, {0, 1}); }) == "sequences: offsets must not descend, got 1");
  CHECK(refusal([] { sequences<>(2, {0, 7, 2}, {0, 1}); }) == "sequences: offsets must not descend, got 7");
  CHECK(refusal([] { sequences<>(2, {0, 1}, {2}); }) == "sequences: items must be an id below 2, got 2");
  CHECK(refusal([] { sequences<>(2, {0, 1}, {1}, {1, 2}); }) == "sequences: times must be as many as events, got 2");
  CHECK(refusal([] { sequences<>(2, {0, 2}, {1, 1}, {2, 1}); }) == "sequences: times must not descend, got 1");
  CHECK(sequences<>(2, {0, 1, 2}, {1, 1}, {2, 1}).size() == 2);
  CHECK(sequences<>() == sequences<>(0, {0}, {}));
}

TEST_CASE("many sequences against a vector of vectors") {
  const std::uint64_t seed = Catch::rngSeed();
  INFO("seed " << seed);
  const akin::random_stream random(seed);
  akin::sequences<> all(50);
  std::vector<items> reference;
  std::uint64_t drawn = 0;
  for (int s = 0; s < 300; ++s) {
    items sequence;
    for (auto length = random.bits(drawn++) % 9; length > 0; --length)
      sequence.push_back(static_cast<std::int32_t>(random.bits(drawn++) % 50));
    all.add(sequence);
    reference.push_back(sequence);
  }
  int wrong = 0;
  for (std::int64_t s = 0; s < all.size(); ++s)
    wrong += vector_of(all[s].items) != reference[static_cast<std::size_t>(s)];
  CHECK(wrong == 0);
}

TEST_CASE("the sequences of a log") {
  const akin::interaction_log log(akin::interaction_arrays{
      .users = {0, 2, 0, 2, 0, 0}, .items = {2, 1, 0, 1, 2, 1}, .times = {30, 20, 10, 40, 50, 30}});
  const akin::sequences<> all = log.sequences();
  CHECK(all == akin::sequences<>(3, {0, 4, 4, 6}, {0, 2, 1, 2, 1, 1}, {10, 30, 30, 50, 20, 40}));

  const akin::interaction_log timeless(akin::interaction_arrays{.users = {1, 0, 1}, .items = {1, 0, 0}});
  CHECK(timeless.sequences() == akin::sequences<>(2, {0, 1, 3}, {0, 1, 0}));
  CHECK(akin::interaction_log().sequences().size() == 0);
}
