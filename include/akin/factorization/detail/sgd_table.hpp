/// @file
/// The factor table of a training by gradient steps: its initial values, and the kernels' view of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// rows x cols numbers with mean 0, from a uniform distribution.
template <class Scalar>
dense_storage<Scalar> random_factors(std::int64_t rows, std::int64_t cols, double deviation,
                                     const random_stream& random) {
  dense_storage<Scalar> factors(rows, cols);
  Scalar* const numbers = factors.mutable_view().data;
  const double width = deviation * std::sqrt(12.0);
  for (std::int64_t i = 0; i < rows * cols; ++i)
    numbers[i] = static_cast<Scalar>(width * (random.uniform(static_cast<std::uint64_t>(i)) - 0.5));
  return factors;
}

/// Small random factors, no biases.
template <class Scalar>
factor_table<Scalar> random_table(std::int64_t users, std::int64_t items, int factors, double deviation,
                                  std::uint64_t seed) {
  factor_table<Scalar> table;
  table.user_factors = random_factors<Scalar>(users, factors, deviation, random_stream(seed, 0));
  table.item_factors = random_factors<Scalar>(items, factors, deviation, random_stream(seed, 1));
  table.has_biases = true;
  table.user_biases = storage<Scalar>(users);
  table.item_biases = storage<Scalar>(items);
  return table;
}

template <class Scalar>
kernels::sgd_parameters<Scalar> parameters_of(factor_table<Scalar>& table) noexcept {
  return {table.user_factors.mutable_view().data,
          table.item_factors.mutable_view().data,
          table.user_biases.mutable_data(),
          table.item_biases.mutable_data(),
          table.factors(),
          table.mean};
}

template <class Scalar>
bool all_finite(const host_policy& policy, const Scalar* numbers, std::int64_t size) {
  constexpr std::int64_t block = std::int64_t{1} << 16;
  return reduce_blocks(
      policy, size, block, true,
      [&](std::int64_t begin, std::int64_t end, int) {
        return std::all_of(numbers + begin, numbers + end, [](Scalar x) { return is_finite(x); });
      },
      [](bool& all, bool part) { all = all && part; });
}

template <class Scalar>
bool all_finite(const host_policy& policy, const dense_storage<Scalar>& x) {
  return all_finite(policy, x.view().data, x.rows() * x.cols());
}

template <class Scalar>
bool all_finite(const host_policy& policy, const factor_table<Scalar>& table) {
  return all_finite(policy, table.user_factors) && all_finite(policy, table.item_factors) &&
         all_finite(policy, table.user_biases.data(), table.user_biases.size()) &&
         all_finite(policy, table.item_biases.data(), table.item_biases.size());
}

/// Sets the factors and the bias of the users and items without evidence to 0.
template <class Scalar>
void clear_unseen(const numbers<char>& is_user_seen, const numbers<char>& is_item_seen, factor_table<Scalar>& table) {
  const auto clear = [](const numbers<char>& is_seen, dense_storage<Scalar>& factors, storage<Scalar>& biases) {
    for (std::int64_t row = 0; row < factors.rows(); ++row) {
      if (is_seen[row]) continue;
      std::fill_n(factors.mutable_view().row(row), factors.cols(), Scalar{0});
      biases.mutable_data()[row] = 0;
    }
  };
  clear(is_user_seen, table.user_factors, table.user_biases);
  clear(is_item_seen, table.item_factors, table.item_biases);
}

/// Sets the mean to that of the elements of x with keep(position), and clears users and items without such elements.
template <class Scalar, class Index, class Keep>
void start_from_ratings(const csr_view<Scalar, Index>& x, const Keep& keep, factor_table<Scalar>& table) {
  numbers<char> is_user_seen(x.rows), is_item_seen(x.cols);
  double sum = 0;
  std::int64_t count = 0;
  for (std::int64_t user = 0; user < x.rows; ++user)
    for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at) {
      if (!keep(at)) continue;
      sum += static_cast<double>(x.values[at]);
      ++count;
      is_user_seen[user] = 1;
      is_item_seen[x.columns[at]] = 1;
    }
  if (count > 0) table.mean = static_cast<Scalar>(sum / static_cast<double>(count));
  clear_unseen(is_user_seen, is_item_seen, table);
}

/// The root mean squared error of the elements of x that are watched; infinite if there are none.
template <class Scalar, class Index, class Watched>
double rmse(const host_policy& policy, const csr_view<Scalar, Index>& x, const Watched& is_watched,
            const factor_table<Scalar>& learnt) {
  constexpr std::int64_t users_a_block = 64;
  const auto sum = reduce_blocks(
      policy, x.rows, users_a_block, std::pair<double, std::int64_t>(),
      [&](std::int64_t begin, std::int64_t end, int) {
        std::pair<double, std::int64_t> part;
        for (std::int64_t user = begin; user < end; ++user)
          for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at) {
            if (!is_watched(at)) continue;
            const auto error = static_cast<double>(x.values[at] - learnt.score(user, std::int64_t{x.columns[at]}));
            part.first += error * error;
            ++part.second;
          }
        return part;
      },
      [](auto& all, const auto& part) { all.first += part.first, all.second += part.second; });
  if (sum.second == 0) return std::numeric_limits<double>::infinity();
  return std::sqrt(sum.first / static_cast<double>(sum.second));
}

}  // namespace akin::inline AKIN_ABI::detail
