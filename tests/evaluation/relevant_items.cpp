#include <cstdint>
#include <vector>

#include <akin/evaluation/relevant_items.hpp>

#include "support/catch.hpp"

TEST_CASE("relevant is what has a value above 0 and was not seen") {
  const std::vector<std::int32_t> wanted = {1, 3, 4, 6, 9}, seen = {0, 3, 5, 6, 12};
  const std::vector<float> values = {1, 2, 0, -1, 0.5f};
  std::vector<std::int32_t> relevant = {42};
  const auto find = [&](const std::vector<std::int32_t>& history, bool exclude_seen) {
    return akin::detail::find_relevant<float, std::int32_t>({{wanted.data(), 5}, {values.data(), 5}},
                                                            {history.data(), static_cast<std::int64_t>(history.size())},
                                                            exclude_seen, relevant);
  };
  CHECK(find(seen, true) == 1);  // 3; the -1 of item 6 was never relevant
  CHECK(relevant == std::vector<std::int32_t>{1, 9});
  CHECK(find(seen, false) == 1);
  CHECK(relevant == std::vector<std::int32_t>{1, 3, 9});
  CHECK(find({}, true) == 0);
  CHECK(relevant == std::vector<std::int32_t>{1, 3, 9});
  CHECK(find({1, 3, 9}, true) == 3);
  CHECK(relevant.empty());
}
