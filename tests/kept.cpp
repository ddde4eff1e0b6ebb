#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/kept.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/views.hpp>

#include "support/catch.hpp"

namespace {

using numbers = akin::detail::kept<std::span<const int>>;
using pattern = akin::detail::kept<akin::sparsity_view<std::int32_t>>;
using mask = akin::detail::kept<akin::item_mask_view>;
using perhaps = akin::detail::kept<std::optional<std::span<const int>>>;

akin::sparse_matrix<float> diagonal(int size) {
  akin::sparse_matrix<float> x(size, size);
  x.setIdentity();
  return x;
}

Eigen::Map<const akin::sparse_matrix<float>> map_of(const akin::sparse_matrix<float>& x) {
  return {x.rows(), x.cols(), x.nonZeros(), x.outerIndexPtr(), x.innerIndexPtr(), x.valuePtr()};
}

}  // namespace

TEST_CASE("kept refers to lvalues and to what views refer to, without an allocation") {
  std::vector<int> ids = {3, 1, 2};
  const int few[] = {7, 8};
  CHECK(numbers(ids).data() == ids.data());
  CHECK(numbers(std::as_const(ids)).data() == ids.data());
  CHECK(numbers(few).size() == 2);
  CHECK(numbers(std::span<int>(ids)).data() == ids.data());
  CHECK(numbers{ids.data(), ids.size()}.size() == 3);
  const auto x = diagonal(4);
  CHECK(pattern(x).columns == x.innerIndexPtr());
  CHECK(pattern(map_of(x)).columns == x.innerIndexPtr());
  CHECK(pattern(akin::sparsity_view<std::int32_t>(x)).columns == x.innerIndexPtr());
  const akin::item_mask even(10, [](std::int64_t i) { return i % 2 == 0; });
  CHECK(mask(even).words == akin::item_mask_view(even).words);
  CHECK(mask(akin::item_mask_view(even)).words == akin::item_mask_view(even).words);
  CHECK(perhaps(ids)->data() == ids.data());
  CHECK_FALSE(perhaps(std::nullopt));
  CHECK_FALSE(perhaps());
  STATIC_REQUIRE(std::is_nothrow_constructible_v<pattern, const akin::sparse_matrix<float>&>);
  STATIC_REQUIRE(std::is_nothrow_constructible_v<pattern, Eigen::Map<const akin::sparse_matrix<float>>>);
  STATIC_REQUIRE(std::is_nothrow_constructible_v<mask, const akin::item_mask&>);
}

TEST_CASE("kept owns rvalues, and copies share what is owned") {
  std::vector<int> ids = {3, 1, 2};
  const int* const place = ids.data();
  numbers all = std::move(ids);
  CHECK(all.data() == place);  // moved, not copied
  std::optional<numbers> copy = all;
  all = numbers();
  CHECK(copy->data() == place);
  CHECK((*copy)[2] == 2);
  const auto constant = []() -> const std::vector<int> { return {5, 6}; };
  CHECK(numbers(constant())[1] == 6);
  numbers array = std::array<int, 2>{8, 9};
  CHECK(array[0] == 8);

  auto x = diagonal(50);
  const auto* const columns = x.innerIndexPtr();
  pattern cells = std::move(x);
  CHECK(cells.columns == columns);
  cells = diagonal(60);
  CHECK((cells.rows == 60 && cells.row(59)[0] == 59));
  const mask odd = akin::item_mask(200, [](std::int64_t i) { return i % 2 == 1; });
  CHECK((odd.items == 200 && odd.contains(199) && !odd.contains(198)));
  const perhaps some = std::vector<int>{4, 2};
  REQUIRE(some);
  CHECK((some->size() == 2 && (*some)[1] == 2));
}
