#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/numbers.hpp>
#include <akin/storage.hpp>

#include "support/catch.hpp"

using akin::detail::at;
using akin::detail::numbers;

namespace {

template <class T>
std::vector<T> elements(const numbers<T>& x) {
  return {x.begin(), x.end()};
}

numbers<int> one_two_three() { return {1, 2, 3}; }

}  // namespace

TEST_CASE("numbers are zero or what was said, and aligned to a cache line") {
  for (const std::int64_t size : {1, 3, 17, 1000}) {
    const numbers<double> x(size), ones(size, 1.0);
    CHECK(elements(x) == std::vector<double>(static_cast<std::size_t>(size)));
    CHECK(elements(ones) == std::vector<double>(static_cast<std::size_t>(size), 1.0));
    CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % akin::detail::storage_alignment == 0);
  }
  for (const numbers<double>& nothing : {numbers<double>(), numbers<double>(0)}) {
    CHECK((nothing.empty() && nothing.size() == 0));
    CHECK(nothing.begin() == nothing.end());
  }
  CHECK_THROWS_AS(numbers<double>(-1), std::length_error);
}

TEST_CASE("resizing keeps what is there, and adds what is said") {
  numbers<int> x = one_two_three();
  x.resize(5);
  CHECK(elements(x) == std::vector{1, 2, 3, 0, 0});
  x.resize(2);
  x.resize(4, 7);
  CHECK(elements(x) == std::vector{1, 2, 7, 7});
  x.assign(2, 9);
  CHECK(elements(x) == std::vector{9, 9});
  const std::vector more{4, 5, 6, 7, 8, 9};
  x.assign(more.begin(), more.end());
  CHECK(elements(x) == more);
  CHECK_THROWS_AS(x.resize(-1), std::length_error);
  CHECK(elements(x) == more);
}

TEST_CASE("memory that numbers once had they keep") {
  numbers<int> x(100);
  const int* const memory = x.data();
  x.clear();
  CHECK(x.empty());
  x.resize(50);
  x.assign(100, 3);
  CHECK(x.data() == memory);
  x.reserve(200);
  CHECK(elements(x) == std::vector<int>(100, 3));
  const int* const larger = x.data();
  for (int i = 0; i < 100; ++i) x.push_back(i);
  CHECK(x.data() == larger);
  CHECK((x.size() == 200 && x[99] == 3 && x[100] == 0 && x.back() == 99));
}

TEST_CASE("numbers grow one by one, by their own elements too") {
  numbers<std::int64_t> x;
  x.push_back(1);
  while (x.size() < 1000) x.push_back(x[x.size() - 1] + 1);
  for (std::int64_t i = 0; i < x.size(); ++i) x[i] -= i;
  CHECK(elements(x) == std::vector<std::int64_t>(1000, 1));
}

TEST_CASE("a copy has its own numbers, a move takes them") {
  numbers<int> x = one_two_three();
  const numbers<int> copy = x;
  x[0] = 9;
  CHECK(elements(copy) == std::vector{1, 2, 3});
  const int* const memory = x.data();
  numbers<int> moved = std::move(x);
  CHECK((moved.data() == memory && moved[0] == 9));
  moved = copy;
  CHECK(elements(moved) == std::vector{1, 2, 3});
  CHECK(moved.data() != copy.data());
  moved = *&moved;
  CHECK(elements(moved) == std::vector{1, 2, 3});
  numbers<int> other(1);
  moved.swap(other);
  CHECK((moved.size() == 1 && other.size() == 3));
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<numbers<int>>);
}

TEST_CASE("numbers convert to spans") {
  numbers<int> x = one_two_three();
  const std::span<const int> constant = x;
  CHECK((constant.data() == x.data() && constant.size() == 3));
  const std::span<int> all = x;
  all[1] = 5;
  CHECK(x[1] == 5);
  STATIC_REQUIRE(std::is_same_v<decltype(std::span(x)), std::span<int>>);
  STATIC_REQUIRE(!std::is_convertible_v<const numbers<int>&, std::span<int>>);
}

TEST_CASE("elements of the standard library's ranges are found by numbers with a sign") {
  std::vector<int> x{1, 2, 3};
  const std::int64_t last = 2;
  at(x, last) = 4;
  CHECK(x[2] == 4);
  CHECK(at(std::as_const(x), 0) == 1);
  CHECK(at(std::span(x), std::int32_t{1}) == 2);
  std::vector<bool> flags(3);
  at(flags, last) = true;
  CHECK(flags[2]);
  STATIC_REQUIRE(std::is_same_v<decltype(at(std::as_const(x), 0)), const int&>);
}
