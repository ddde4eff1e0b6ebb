#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include <akin/retrieval/item_mask.hpp>

#include "support/catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("a mask holds what was put in") {
  akin::item_mask mask(130);
  CHECK((mask.items() == 130 && mask.size() == 0));
  for (const int item : {0, 63, 64, 129, 129}) mask.insert(item);
  CHECK(mask.size() == 4);
  mask.erase(63);
  mask.erase(62);
  for (int item = -70; item < 200; ++item) {
    CAPTURE(item);
    CHECK(mask.contains(item) == (item == 0 || item == 64 || item == 129));
  }
}

TEST_CASE("a mask is made from ids or from a question") {
  const std::vector<std::int32_t> ids = {5, 1, 5};
  const akin::item_mask listed(6, std::span(ids));
  CHECK((listed.size() == 2 && listed.contains(1) && listed.contains(5)));
  std::vector<std::int64_t> own = {5, 1};
  const int array[] = {1, 5, 5};
  for (const auto& same : {akin::item_mask(6, ids), akin::item_mask(6, own), akin::item_mask(6, array)})
    CHECK((same.size() == 2 && same.contains(1) && same.contains(5)));
  const std::vector<double> prices = {3, 8, 2};
  const akin::item_mask cheap(3, [&](std::int64_t item) { return prices[static_cast<std::size_t>(item)] < 5; });
  CHECK((cheap.size() == 2 && cheap.contains(0) && cheap.contains(2)));
}

TEST_CASE("a view refers to the mask, and a mask of nothing is not the same as no mask") {
  CHECK_FALSE(akin::item_mask_view().is_set());
  const akin::item_mask empty(0);
  CHECK(akin::item_mask_view(empty).is_set());
  akin::item_mask mask(70);
  const akin::item_mask_view view = mask;
  mask.insert(69);
  CHECK((view.items == 70 && view.contains(69) && !view.contains(68)));
}

TEST_CASE("ids out of range are refused in a sentence") {
  akin::item_mask mask(3);
  CHECK_THROWS_MATCHES(mask.insert(3), std::invalid_argument, Message("item_mask: item must be an id below 3, got 3"));
  CHECK_THROWS_MATCHES(mask.erase(-1), std::invalid_argument, Message("item_mask: item must be an id below 3, got -1"));
  CHECK_THROWS_MATCHES(akin::item_mask(-1), std::invalid_argument,
                       Message("item_mask: items must not be negative, got -1"));
  const std::vector<int> ids = {0, 7};
  CHECK_THROWS_AS(akin::item_mask(3, std::span(ids)), std::invalid_argument);
}
