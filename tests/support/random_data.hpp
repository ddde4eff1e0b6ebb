/// @file
/// Numbers and matrices from a seed, to compare an implementation with a slow and obvious one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/matrix.hpp>
#include <akin/random.hpp>

namespace akin_test {

/// `size` numbers of mean 0 and variance 1.
template <class Scalar>
std::vector<Scalar> normal_numbers(std::int64_t size, std::uint64_t seed) {
  const akin::random_stream random(seed);
  std::vector<Scalar> numbers(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<Scalar>(random.normal(i));
  return numbers;
}

/// Each cell is stored with probability `density`; values of mean 0 and variance 1.
template <class Scalar, class Index = std::int32_t>
akin::sparse_matrix<Scalar, Index> random_sparse(Index rows, Index cols, double density, std::uint64_t seed) {
  const akin::random_stream stored(seed, 0), values(seed, 1);
  std::vector<Eigen::Triplet<Scalar, Index>> cells;
  for (Index row = 0; row < rows; ++row)
    for (Index col = 0; col < cols; ++col) {
      const auto cell =
          static_cast<std::uint64_t>(row) * static_cast<std::uint64_t>(cols) + static_cast<std::uint64_t>(col);
      if (stored.uniform(cell) < density) cells.emplace_back(row, col, static_cast<Scalar>(values.normal(cell)));
    }
  akin::sparse_matrix<Scalar, Index> result(rows, cols);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

}  // namespace akin_test
