/// @file
/// The discounts of ranks in discounted cumulative gains: 1 / log2(rank + 1), ranks from 1.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI::detail {

/// log2 of x >= 1 before the program runs, by log((1 + y) / (1 - y)) = 2 (y + y^3 / 3 + y^5 / 5 ...), which converges
/// for y <= 1/3 by a ninth a term.
constexpr long double constant_log2(long double x) {
  const auto half_log = [](long double m) {
    const long double y = (m - 1) / (m + 1);
    long double power = y, sum = 0;
    for (int n = 1; n < 60; n += 2) {
      sum += power / static_cast<long double>(n);
      power *= y * y;
    }
    return sum;
  };
  long double exponent = 0;
  for (; x >= 2; x /= 2) exponent += 1;
  return exponent + half_log(x) / half_log(2);
}

/// The discounts of the first ranks, and their partial sums before each rank, added in order.
struct rank_discounts {
  static constexpr std::size_t size = 128;
  std::array<double, size> at{};
  std::array<double, size + 1> before{};

  constexpr rank_discounts() {
    for (std::size_t rank = 0; rank < size; ++rank) {
      at[rank] = static_cast<double>(1 / constant_log2(static_cast<long double>(rank + 2)));
      before[rank + 1] = before[rank] + at[rank];
    }
  }
};

/// In a table, since a logarithm costs more than the rest of a metric for a hit.
inline constexpr rank_discounts first_discounts;

/// The discount of a hit at this rank (from 0).
inline double rank_discount(std::int32_t rank) {
  const auto place = static_cast<std::size_t>(rank);
  return place < rank_discounts::size ? first_discounts.at[place] : 1 / std::log2(rank + 2.0);
}

/// The sum of the discounts of the first `ranks` ranks, added in order.
inline double sum_of_discounts(std::int32_t ranks) {
  constexpr auto size = static_cast<std::int32_t>(rank_discounts::size);
  if (ranks <= size) return at(first_discounts.before, ranks);
  double sum = first_discounts.before[rank_discounts::size];
  for (std::int32_t rank = size; rank < ranks; ++rank) sum += rank_discount(rank);
  return sum;
}

}  // namespace akin::inline AKIN_ABI::detail
