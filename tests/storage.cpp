#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/storage.hpp>

#include "support/catch.hpp"

using akin::detail::storage;
using Catch::Matchers::Message;

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

template <class T>
std::vector<T> elements(const storage<T>& x) {
  return {x.begin(), x.end()};
}

storage<int> one_two_three() {
  storage<int> x(3);
  for (int i = 0; i < 3; ++i) x.mutable_data()[i] = i + 1;
  return x;
}

}  // namespace

TEST_CASE("elements are zero and aligned to a cache line") {
  for (const std::int64_t size : {1, 3, 17, 1000}) {
    const storage<double> x(size);
    CHECK(elements(x) == std::vector<double>(static_cast<std::size_t>(size)));
    CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % akin::detail::storage_alignment == 0);
    CHECK_FALSE(x.is_mapped());
  }
  for (const storage<double>& empty : {storage<double>(), storage<double>(0)}) {
    CHECK(empty.size() == 0);
    CHECK(empty.data() == nullptr);
  }
}

TEST_CASE("a copy has its own elements") {
  storage<int> x = one_two_three();
  const storage<int> copy = x;
  x.mutable_data()[0] = 9;
  CHECK(elements(copy) == std::vector{1, 2, 3});
  CHECK(copy[2] == 3);
  storage<int> assigned(7);
  assigned = copy;
  CHECK(elements(assigned) == std::vector{1, 2, 3});
  CHECK(assigned.data() != copy.data());
  assigned = *&assigned;
  CHECK(elements(assigned) == std::vector{1, 2, 3});
  CHECK(storage<int>(storage<int>()).size() == 0);
}

TEST_CASE("a move takes the elements and leaves nothing") {
  storage<int> x = one_two_three();
  const int* const where = x.data();
  storage<int> moved = std::move(x);
  CHECK(moved.data() == where);
  CHECK((x.size() == 0 && x.data() == nullptr && x.mutable_data() == nullptr));
  storage<int> assigned(5);
  assigned = std::move(moved);
  CHECK(assigned.data() == where);
  CHECK(moved.size() == 0);
}

TEST_CASE("what is mapped is shared by copies, kept alive, and never written") {
  auto owner = std::make_shared<std::vector<int>>(std::vector{4, 5, 6});
  const std::weak_ptr<std::vector<int>> watch = owner;
  storage<int> mapped(owner->data(), 3, owner);
  owner.reset();
  CHECK(mapped.is_mapped());
  CHECK(mapped.mutable_data() == nullptr);

  storage<int> copy = mapped;
  CHECK((copy.is_mapped() && copy.data() == mapped.data()));
  mapped = one_two_three();
  CHECK_FALSE(mapped.is_mapped());
  CHECK_FALSE(watch.expired());
  CHECK(elements(copy) == std::vector{4, 5, 6});

  const storage<int> moved = std::move(copy);
  CHECK((moved.is_mapped() && !copy.is_mapped() && copy.size() == 0));
  CHECK(elements(moved) == std::vector{4, 5, 6});
  { const storage<int> last = moved; }
  CHECK_FALSE(watch.expired());
}

TEST_CASE("the owner of what was mapped goes with the last reference") {
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = owner;
  storage<int> mapped(owner.get(), 1, std::move(owner));
  CHECK_FALSE(watch.expired());
  mapped = storage<int>();
  CHECK(watch.expired());
}

TEST_CASE("sizes that do not fit are refused before anything is allocated") {
  CHECK(akin::detail::checked_product(3, 4) == 12);
  CHECK(akin::detail::checked_product(largest, 1) == largest);
  CHECK(akin::detail::checked_product(largest, 0) == 0);
  CHECK(akin::detail::checked_product(0, largest) == 0);
  const std::pair<std::int64_t, std::int64_t> bad[] = {
      {-1, 3}, {3, -1}, {-1, -1}, {-1, 0}, {largest, 2}, {2, largest}, {std::int64_t{1} << 32, std::int64_t{1} << 31}};
  for (const auto& [a, b] : bad) {
    CAPTURE(a, b);
    CHECK_THROWS_AS(akin::detail::checked_product(a, b), std::length_error);
  }
  CHECK_THROWS_MATCHES(storage<double>(largest / 4), std::length_error,
                       Message("akin: an array of 2305843009213693951 x 8 elements is too large"));
  CHECK_THROWS_AS(storage<char>(-1), std::length_error);
}
