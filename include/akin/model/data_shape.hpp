/// @file
/// The shape of training data and the scale of its values, from which automatic options are chosen. C++17-clean, no
/// Eigen.
///
/// A function `chosen` stands beside each aggregate of options that has automatic ones, std::optional fields that may
/// be empty, and gives the options with a value for each:
///
///     struct newest_options {
///       std::optional<double> boost = std::nullopt;
///     };
///     inline newest_options chosen(const newest_options& asked, const akin::data_shape& data) {
///       newest_options options = asked;
///       if (!options.boost) options.boost = 1 / data.mean_magnitude;
///       return options;
///     }
///
/// A model that is made of a task (train/task_model.hpp) calls it with the data of each fit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/config.hpp>
#include <akin/views.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// Users are rows and items are columns that hold a value other than 0; a stored 0 counts as absent.
struct data_shape {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::int64_t nonzeros = 0;
  double mean_magnitude = 1;  ///< of the values other than 0; 1 if there are none
  double mean_square = 1;     ///< the same of their squares
  bool has_negative = false;

  /// The share of the cells of its users and items that hold something; 1 if there are none.
  double density() const noexcept {
    if (nonzeros == 0) return 1;
    return mean_per_user() / static_cast<double>(items);
  }
  /// The mean square over the square of the mean magnitude: 1 for equal values, more with a heavy tail.
  double dispersion() const noexcept { return mean_square / (mean_magnitude * mean_magnitude); }
  /// Values of a user, 0 without users.
  double mean_per_user() const noexcept {
    return users == 0 ? 0 : static_cast<double>(nonzeros) / static_cast<double>(users);
  }
  /// Values of an item, 0 without items.
  double mean_per_item() const noexcept {
    return items == 0 ? 0 : static_cast<double>(nonzeros) / static_cast<double>(items);
  }
};

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {
namespace detail {

/// The mean of a sum over n values, within the normal numbers, so that it can be divided by; 1 if there are none.
inline double normal_mean(double sum, std::int64_t n) noexcept {
  using limits = std::numeric_limits<double>;
  if (n == 0) return 1;
  return std::min(std::max(sum / static_cast<double>(n), limits::min()), limits::max());
}

/// The shape of a users x items matrix. On one thread, sums in double in the order of the matrix, so that what is
/// chosen by it is the same for any number of threads.
template <class Scalar, class Index>
data_shape shape_of(const csr_view<Scalar, Index>& x) {
  data_shape shape;
  shape.rows = x.rows;
  shape.columns = x.cols;
  std::vector<char> holds(static_cast<std::size_t>(x.cols));
  double magnitudes = 0, squares = 0;
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const std::int64_t before = shape.nonzeros;
    for (std::int64_t i = x.offsets[row]; i < x.offsets[row + 1]; ++i) {
      const auto value = static_cast<double>(x.values[i]);
      if (value == 0) continue;
      ++shape.nonzeros;
      magnitudes += std::abs(value);
      squares += value * value;
      if (value < 0) shape.has_negative = true;
      holds[static_cast<std::size_t>(x.columns[i])] = 1;
    }
    if (shape.nonzeros > before) ++shape.users;
  }
  shape.items = std::count(holds.begin(), holds.end(), char{1});
  shape.mean_magnitude = normal_mean(magnitudes, shape.nonzeros);
  shape.mean_square = normal_mean(squares, shape.nonzeros);
  return shape;
}

}  // namespace detail
}  // namespace AKIN_ABI
}  // namespace akin
