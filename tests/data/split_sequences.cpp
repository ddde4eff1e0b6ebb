#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <akin/data/split_sequences.hpp>

#include "data/reading.hpp"
#include "support/catch.hpp"

namespace {

using akin::sequences;

constexpr std::int64_t minute = 60'000;

template <class Function>
std::string refusal(Function&& function) {
  return message<std::invalid_argument>([&] { return function(), 0; });
}

const sequences<> timed(9, {0, 3, 3, 5}, {4, 0, 4, 2, 8}, {1, 5, 9, 4, 5});
const sequences<> timeless(9, {0, 3, 3, 4}, {4, 0, 4, 2});

}  // namespace

TEST_CASE("the last event of each sequence is held out") {
  const auto [shorter, last] = akin::split_last(timed);
  CHECK(shorter == sequences<>(9, {0, 2, 2, 3}, {4, 0, 2}, {1, 5, 4}));
  CHECK(last == std::vector<std::int32_t>{4, -1, 8});
  const auto [none, first] = akin::split_last(sequences<>(9, {0, 1}, {7}));
  CHECK(none == sequences<>(9, {0, 0}, {}));
  CHECK(first == std::vector<std::int32_t>{7});
}

TEST_CASE("sequences before and after a moment") {
  const auto [past, future] = akin::split_by_time(timed, {.moment = 5});
  CHECK(past == sequences<>(9, {0, 1, 1, 2}, {4, 2}, {1, 4}));
  CHECK(future == sequences<>(9, {0, 2, 2, 3}, {0, 4, 8}, {5, 9, 5}));
  const auto [most, latest] = akin::split_by_time(timed, {.test_fraction = 0.2});
  CHECK(latest.events() == 1);
  CHECK(latest[0].items.back() == 4);
  CHECK(most.events() == 4);
  CHECK(refusal([] { akin::split_by_time(timed, {.moment = 1}); }) ==
        "split_by_time: moment must leave events before and after it, got 1");
  CHECK(refusal([] { akin::split_by_time(timed, {.moment = 10}); }) ==
        "split_by_time: moment must leave events before and after it, got 10");
  CHECK(refusal([] { akin::split_by_time(timed, {.test_fraction = 1}); }) ==
        "split_by_time: test_fraction must be above 0 and below 1, got 1");
  CHECK(refusal([] { akin::split_by_time(timeless); }) == "split_by_time: sequences must have times");
  CHECK(refusal([] { akin::split_by_time(sequences<>(3)); }) ==
        "split_by_time: there must be something to split, got nothing");
}

TEST_CASE("whole sessions, the latest") {
  const sequences<> sessions(9, {0, 1, 2, 2, 3, 5}, {0, 1, 3, 4, 5}, {7, 5, 3, 9, 1000});
  const auto [train, test] = akin::split_sessions(sessions, {.test_fraction = 0.4});  // those of 7 and 9
  CHECK(train == sequences<>(9, {0, 1, 1, 2}, {1, 3}, {5, 3}));
  CHECK(test == sequences<>(9, {0, 1, 3}, {0, 4, 5}, {7, 9, 1000}));
  const auto [first, rest] = akin::split_sessions(timeless, {.test_fraction = 0.67});
  CHECK(first == sequences<>(9, {0, 3}, {4, 0, 4}));
  CHECK(rest == sequences<>(9, {0, 0, 1}, {2}));
  CHECK(refusal([&] { akin::split_sessions(sessions, {.test_fraction = 0.1}); }) ==
        "split_sessions: test_fraction must leave a session on both sides, got 0");
  CHECK(refusal([&] { akin::split_sessions(sessions, {.test_fraction = 0}); }) ==
        "split_sessions: test_fraction must be above 0 and below 1, got 0");
}

TEST_CASE("sessions end where nothing happens for long") {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         most = std::numeric_limits<std::int64_t>::max();
  const sequences<> all(9, {0, 4, 4, 6}, {0, 1, 2, 3, 4, 5},
                        {0, 30 * minute, 60 * minute + 1, 60 * minute + 1, least, most});
  CHECK(akin::cut_sessions(all) == sequences<>(9, {0, 2, 4, 5, 6}, {0, 1, 2, 3, 4, 5},
                                               {0, 30 * minute, 60 * minute + 1, 60 * minute + 1, least, most}));
  CHECK(akin::cut_sessions(all, {.minutes = 31}).size() == 3);
  CHECK(akin::cut_sessions(all, {.minutes = 0}).size() == 5);
  CHECK(refusal([] { akin::cut_sessions(timeless); }) == "cut_sessions: sequences must have times");
  CHECK(refusal([] { akin::cut_sessions(timed, {.minutes = -1}); }) ==
        "cut_sessions: minutes must not be negative, nor beyond 1e9, got -1");
}

TEST_CASE("repeats in a row become one") {
  CHECK(akin::merge_repeats(sequences<>(9, {0, 5, 5, 6}, {1, 1, 2, 1, 1, 1}, {1, 2, 3, 4, 5, 6})) ==
        sequences<>(9, {0, 3, 3, 4}, {1, 2, 1, 1}, {1, 3, 4, 6}));
  CHECK(akin::merge_repeats(timeless) == timeless);
}
