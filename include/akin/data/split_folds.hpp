/// @file
/// Several splits of one log or matrix: folds of random cells, and consecutive windows of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/splits.hpp>
#include <akin/error.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

struct split_k_fold_options {
  int folds = 5;  ///< at least 2 and at most the lines or cells
  std::uint64_t seed = 0;
};

struct split_time_folds_options {
  int folds = 5;               ///< windows of test, >= 1
  double test_fraction = 0.5;  ///< of the lines, the latest: the size of all test windows together; in (0, 1)
};

namespace detail {

/// The random fold of each line or cell; sizes differ by at most one.
std::vector<std::size_t> random_folds(std::size_t size, const split_k_fold_options& options, std::string_view where);

template <class Data, class Source>
std::vector<train_test<Data>> divide_folds(const Source& source, const std::vector<std::size_t>& fold_of, int folds) {
  std::vector<train_test<Data>> result;
  result.reserve(static_cast<std::size_t>(folds));
  test_mask is_test(fold_of.size());
  for (std::size_t fold = 0; fold < static_cast<std::size_t>(folds); ++fold) {
    for (std::size_t i = 0; i < fold_of.size(); ++i) is_test[i] = fold_of[i] == fold;
    result.push_back(divide(source, is_test));
  }
  return result;
}

std::ptrdiff_t count_moments(std::vector<std::int64_t> sorted);

/// The begins of the windows, in lines of ascending time, and the end of the last: each is moved to the nearest
/// beginning of a moment.
std::vector<std::size_t> window_bounds(const std::vector<std::int64_t>& sorted,
                                       const split_time_folds_options& options);

AKIN_COMPILE_ONCE(data, std::vector<train_test<interaction_log>> divide_folds<interaction_log, interaction_log>(
                            const interaction_log&, const std::vector<std::size_t>&, int))
AKIN_COMPILE_ONCE(
    data,
    std::vector<train_test<sparse_matrix<float>>> divide_folds<sparse_matrix<float>, csr_view<float, std::int32_t>>(
        const csr_view<float, std::int32_t>&, const std::vector<std::size_t>&, int))
AKIN_COMPILE_ONCE(
    data,
    std::vector<train_test<sparse_matrix<double>>> divide_folds<sparse_matrix<double>, csr_view<double, std::int32_t>>(
        const csr_view<double, std::int32_t>&, const std::vector<std::size_t>&, int))

}  // namespace detail

/// `folds` splits of the cells for cross-validation: each cell is in the test of exactly one of them, and the tests
/// differ in size by one cell at most. Throws std::invalid_argument if folds < 2 or there are fewer cells than folds.
/// O(cells * (log cells + folds)) time, and memory for the data `folds` times.
template <sparse_matrix_like Matrix>
auto split_k_fold(const Matrix& user_items, const split_k_fold_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_k_fold");
  using data = decltype(detail::cells_of(view, detail::test_mask{}, 0));
  const auto fold_of = detail::random_folds(static_cast<std::size_t>(view.nonzeros()), options, "split_k_fold");
  return detail::divide_folds<data>(view, fold_of, options.folds);
}

/// The same for the lines of a log; a repeated pair may be on both sides.
std::vector<train_test<interaction_log>> split_k_fold(const interaction_log& log,
                                                      const split_k_fold_options& options = {});

/// Cross-validation without data from the future: the latest `test_fraction` of the lines are cut into `folds`
/// consecutive windows of about as many lines each; split number i tests on window i and trains on everything before it
/// (an expanding window). No moment is divided, and lines after a window are on neither side of its split. Throws
/// std::invalid_argument for a log that is empty, has no times or too few moments, folds < 1, a fraction out of range.
/// O(lines * (log lines + folds)) time.
std::vector<train_test<interaction_log>> split_time_folds(const interaction_log& log,
                                                          const split_time_folds_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <algorithm>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::vector<std::size_t> random_folds(std::size_t size, const split_k_fold_options& options,
                                                  std::string_view where) {
  require(options.folds >= 2, where, "folds must be at least 2", options.folds);
  const auto folds = static_cast<std::size_t>(options.folds);
  if (size < folds)
    fail<std::invalid_argument>(where, ": folds must be at most the number of interactions, ", size, ", got ",
                                options.folds);
  const random_stream random = split_stream(options.seed);
  std::vector<std::pair<std::uint64_t, std::size_t>> keys(size);
  for (std::size_t i = 0; i < size; ++i) keys[i] = {random.bits(i), i};
  std::sort(keys.begin(), keys.end());
  std::vector<std::size_t> fold_of(size);
  for (std::size_t rank = 0; rank < size; ++rank) fold_of[keys[rank].second] = rank % folds;
  return fold_of;
}

AKIN_INLINE std::ptrdiff_t count_moments(std::vector<std::int64_t> sorted) {
  return std::unique(sorted.begin(), sorted.end()) - sorted.begin();
}

AKIN_INLINE std::vector<std::size_t> window_bounds(const std::vector<std::int64_t>& sorted,
                                                   const split_time_folds_options& options) {
  const auto n = static_cast<double>(sorted.size());
  std::vector<std::size_t> bounds{0};
  for (int fold = 0; fold < options.folds; ++fold) {
    const double target = n * (1 - options.test_fraction) + n * options.test_fraction * fold / options.folds;
    const auto inside = sorted[std::min(static_cast<std::size_t>(target), sorted.size() - 1)];
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), inside);
    const auto before = static_cast<std::size_t>(first - sorted.begin());
    const auto after = static_cast<std::size_t>(last - sorted.begin());
    const bool nearer = target - static_cast<double>(before) <= static_cast<double>(after) - target;
    bounds.push_back(before > bounds.back() && (nearer || after == sorted.size()) ? before : after);
    if (bounds.back() <= bounds[bounds.size() - 2] || bounds.back() == sorted.size())
      fail<std::invalid_argument>("split_time_folds: the log must have moments enough for ", options.folds,
                                  " windows and something before them to train on, got ", count_moments(sorted),
                                  " of them and nothing for window ", fold + 1);
  }
  bounds.erase(bounds.begin());
  bounds.push_back(sorted.size());
  return bounds;
}

}  // namespace detail

AKIN_INLINE std::vector<train_test<interaction_log>> split_k_fold(const interaction_log& log,
                                                                  const split_k_fold_options& options) {
  return detail::divide_folds<interaction_log>(log, detail::random_folds(log.size(), options, "split_k_fold"),
                                               options.folds);
}

AKIN_INLINE std::vector<train_test<interaction_log>> split_time_folds(const interaction_log& log,
                                                                      const split_time_folds_options& options) {
  detail::require(options.folds >= 1, "split_time_folds", "folds must be positive", options.folds);
  detail::require_fraction(options.test_fraction, "split_time_folds");
  detail::require_times(log, "split_time_folds");
  std::vector<std::int64_t> sorted(log.times().begin(), log.times().end());
  std::sort(sorted.begin(), sorted.end());
  const auto bounds = detail::window_bounds(sorted, options);
  std::vector<train_test<interaction_log>> result;
  for (std::size_t fold = 0; fold + 1 < bounds.size(); ++fold) {
    const std::int64_t begin = sorted[bounds[fold]], last = sorted[bounds[fold + 1] - 1];
    std::vector<std::size_t> train, test;
    for (std::size_t line = 0; line < log.size(); ++line) {
      const std::int64_t time = log.times()[line];
      if (time <= last) (time < begin ? train : test).push_back(line);
    }
    result.push_back({log.select(train), log.select(test)});
  }
  return result;
}

}  // namespace akin::inline AKIN_ABI
#endif
