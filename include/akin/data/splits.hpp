/// @file
/// Training and test data out of one log or matrix. Both sides keep the shape and the id maps of the whole, and every
/// line or cell is on exactly one side. Random choices are a function of the seed and the number of the line or cell. A
/// matrix that is malformed, as a map of foreign arrays can be, or has values that are not finite is refused by
/// std::invalid_argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

/// The two sides of a split: `const auto [train, test] = split_…`.
template <class Data>
struct train_test {
  Data train;
  Data test;
};

struct split_by_time_options {
  double test_fraction = 0.2;  ///< of the lines, the latest; in (0, 1)
  std::optional<std::int64_t> moment =
      std::nullopt;  ///< milliseconds since 1970: the first of the test, instead of a fraction
};

struct split_random_options {
  double test_fraction = 0.2;  ///< of the lines or cells, in (0, 1)
  std::uint64_t seed = 0;
};

struct split_per_user_options {
  double test_fraction = 0.2;  ///< of each user's lines or cells, in (0, 1), rounded down
  std::uint64_t seed = 0;
};

struct split_leave_out_options {
  int count = 1;  ///< lines or cells of each user, >= 1
  std::uint64_t seed = 0;
};

struct split_leave_last_options {
  int count = 1;  ///< lines of each user, >= 1
};

namespace detail {

/// 1 for a line or cell of the test.
using test_mask = std::vector<char>;

void require_fraction(double fraction, std::string_view where);

train_test<interaction_log> divide(const interaction_log& log, const test_mask& is_test);

/// The cells whose mask is `side`.
template <class Scalar, class Index>
sparse_matrix<Scalar, Index> cells_of(const csr_view<Scalar, Index>& x, const test_mask& is_test, char side) {
  sparse_matrix<Scalar, Index> result(x.rows, x.cols);
  result.resizeNonZeros(std::count(is_test.begin(), is_test.end(), side));
  Index* const offsets = result.outerIndexPtr();
  Index next = 0;
  for (std::int64_t row = 0; row < x.rows; ++row) {
    offsets[row] = next;
    for (Index cell = x.offsets[row]; cell < x.offsets[row + 1]; ++cell) {
      if (at(is_test, cell) != side) continue;
      result.innerIndexPtr()[next] = x.columns[cell];
      result.valuePtr()[next++] = x.values[cell];
    }
  }
  offsets[x.rows] = next;
  return result;
}

template <class Scalar, class Index>
train_test<sparse_matrix<Scalar, Index>> divide(const csr_view<Scalar, Index>& x, const test_mask& is_test) {
  return {cells_of(x, is_test, 0), cells_of(x, is_test, 1)};
}

/// The checked view of a matrix to split, since its offsets and ids are used as positions.
template <class Matrix>
auto splittable_view(const Matrix& x, std::string_view where) {
  return checked_view<pointee<decltype(x.valuePtr())>, pointee<decltype(x.outerIndexPtr())>>(execution::seq, x, where);
}

/// Lines or cells, user by user.
struct user_groups {
  std::vector<std::size_t> offsets;  ///< users + 1 positions into members
  std::vector<std::size_t> members;

  std::size_t users() const noexcept { return offsets.size() - 1; }
  std::span<std::size_t> of(std::size_t user) noexcept;
};

user_groups groups_of(const interaction_log& log);

template <class Scalar, class Index>
user_groups groups_of(const csr_view<Scalar, Index>& x) {
  user_groups groups{std::vector<std::size_t>(static_cast<std::size_t>(x.rows) + 1),
                     std::vector<std::size_t>(static_cast<std::size_t>(x.nonzeros()))};
  for (std::int64_t row = 0; row < x.rows; ++row)
    groups.offsets[static_cast<std::size_t>(row) + 1] = static_cast<std::size_t>(x.offsets[row + 1]);
  std::iota(groups.members.begin(), groups.members.end(), std::size_t{0});
  return groups;
}

/// A stream that data made from the same seed does not share.
random_stream split_stream(std::uint64_t seed);

/// Marks a uniformly random subset of `count` members: those with the smallest random keys.
void mark_some(std::span<std::size_t> members, std::size_t count, const random_stream& random, test_mask& is_test);

test_mask mark_random(std::size_t size, const split_random_options& options, std::string_view where);

/// fraction * size rounded down, with 0.29 * 100 = 29 although the product in floating point is a little less; below
/// size for every fraction below 1.
std::size_t rounded_down(double fraction, std::size_t size);

test_mask mark_per_user(user_groups groups, const split_per_user_options& options, std::string_view where);

test_mask mark_leave_out(user_groups groups, const split_leave_out_options& options, std::string_view where);

/// The first moment of the test: the beginning of a moment nearest to the fraction that leaves lines on both sides.
std::int64_t moment_of_fraction(std::vector<std::int64_t> times, double test_fraction);

void require_times(const interaction_log& log, std::string_view where);

AKIN_COMPILE_ONCE(data,
                  sparse_matrix<float, std::int32_t> cells_of<float, std::int32_t>(const csr_view<float, std::int32_t>&,
                                                                                   const test_mask&, char))
AKIN_COMPILE_ONCE(data, sparse_matrix<double, std::int32_t> cells_of<double, std::int32_t>(
                            const csr_view<double, std::int32_t>&, const test_mask&, char))
AKIN_COMPILE_ONCE(data, user_groups groups_of<float, std::int32_t>(const csr_view<float, std::int32_t>&))
AKIN_COMPILE_ONCE(data, user_groups groups_of<double, std::int32_t>(const csr_view<double, std::int32_t>&))

}  // namespace detail

/// The past and the future: every line from one moment on is test, and no moment is on both sides. The moment is given,
/// or the one whose test is nearest in size to the fraction of the lines. Throws std::invalid_argument for a log that
/// is empty, has no times or a single moment, a fraction out of range, or a moment that leaves a side empty. O(lines *
/// log lines).
train_test<interaction_log> split_by_time(const interaction_log& log, const split_by_time_options& options = {});

/// A random test_fraction of all cells (rounded to the nearest number) is test, independent of the user. Throws
/// std::invalid_argument for a fraction out of range or nothing to split. O(cells).
template <sparse_matrix_like Matrix>
auto split_random(const Matrix& user_items, const split_random_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_random");
  return detail::divide(view, detail::mark_random(static_cast<std::size_t>(view.nonzeros()), options, "split_random"));
}

/// The same for the lines of a log; a repeated pair may be on both sides.
train_test<interaction_log> split_random(const interaction_log& log, const split_random_options& options = {});

/// Of each user's n cells, a random test_fraction * n (rounded down, so that at least one stays) are test. Throws
/// std::invalid_argument for a fraction out of range or nothing to split. O(cells).
template <sparse_matrix_like Matrix>
auto split_per_user(const Matrix& user_items, const split_per_user_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_per_user");
  return detail::divide(view, detail::mark_per_user(detail::groups_of(view), options, "split_per_user"));
}

/// The same for the lines of a log.
train_test<interaction_log> split_per_user(const interaction_log& log, const split_per_user_options& options = {});

/// Of each user with more than `count` cells, `count` random ones are test; all cells of other users are in the
/// training. Throws std::invalid_argument if count < 1 or there is nothing to split. O(cells).
template <sparse_matrix_like Matrix>
auto split_leave_out(const Matrix& user_items, const split_leave_out_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_leave_out");
  return detail::divide(view, detail::mark_leave_out(detail::groups_of(view), options, "split_leave_out"));
}

/// The same for the lines of a log.
train_test<interaction_log> split_leave_out(const interaction_log& log, const split_leave_out_options& options = {});

/// Of each user with more than `count` lines, the latest `count` are test; lines of one time count in their order in
/// the log. All lines of other users are in the training. Tests of different users are at different times, so a model
/// may learn from another user's future; split_by_time prevents that. Throws std::invalid_argument if count < 1 or the
/// log is empty or has no times. O(lines * log lines).
train_test<interaction_log> split_leave_last(const interaction_log& log, const split_leave_last_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <algorithm>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE void require_fraction(double fraction, std::string_view where) {
  require(fraction > 0 && fraction < 1, where, "test_fraction must be above 0 and below 1", fraction);
}

AKIN_INLINE train_test<interaction_log> divide(const interaction_log& log, const test_mask& is_test) {
  std::vector<std::size_t> train, test;
  for (std::size_t line = 0; line < log.size(); ++line) (is_test[line] ? test : train).push_back(line);
  return {log.select(train), log.select(test)};
}

AKIN_INLINE std::span<std::size_t> user_groups::of(std::size_t user) noexcept {
  return std::span(members).subspan(offsets[user], offsets[user + 1] - offsets[user]);
}

AKIN_INLINE user_groups groups_of(const interaction_log& log) {
  user_groups groups{std::vector<std::size_t>(log.user_ids().size() + 1), std::vector<std::size_t>(log.size())};
  for (const std::int32_t user : log.users()) ++groups.offsets[static_cast<std::size_t>(user) + 1];
  std::partial_sum(groups.offsets.begin(), groups.offsets.end(), groups.offsets.begin());
  std::vector<std::size_t> next(groups.offsets.begin(), groups.offsets.end() - 1);
  for (std::size_t line = 0; line < log.size(); ++line) groups.members[at(next, log.users()[line])++] = line;
  return groups;
}

AKIN_INLINE random_stream split_stream(std::uint64_t seed) { return random_stream(seed, 0x73706C6974); }

AKIN_INLINE void mark_some(std::span<std::size_t> members, std::size_t count, const random_stream& random,
                           test_mask& is_test) {
  if (count == 0) return;
  std::vector<std::pair<std::uint64_t, std::size_t>> keys;
  keys.reserve(members.size());
  for (const std::size_t member : members) keys.emplace_back(random.bits(member), member);
  std::nth_element(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count - 1), keys.end());
  for (std::size_t i = 0; i < count; ++i) is_test[keys[i].second] = 1;
}

AKIN_INLINE test_mask mark_random(std::size_t size, const split_random_options& options, std::string_view where) {
  require_fraction(options.test_fraction, where);
  require(size > 0, where, "there must be something to split, got nothing");
  std::vector<std::size_t> all(size);
  std::iota(all.begin(), all.end(), std::size_t{0});
  test_mask is_test(size);
  mark_some(all, static_cast<std::size_t>(options.test_fraction * static_cast<double>(size) + 0.5),
            split_stream(options.seed), is_test);
  return is_test;
}

AKIN_INLINE std::size_t rounded_down(double fraction, std::size_t size) {
  const auto part = static_cast<std::size_t>(fraction * static_cast<double>(size) * (1 + 1e-12));
  return part < size ? part : size - std::min<std::size_t>(size, 1);
}

AKIN_INLINE test_mask mark_per_user(user_groups groups, const split_per_user_options& options, std::string_view where) {
  require_fraction(options.test_fraction, where);
  require(!groups.members.empty(), where, "there must be something to split, got nothing");
  test_mask is_test(groups.members.size());
  for (std::size_t user = 0; user < groups.users(); ++user) {
    const auto members = groups.of(user);
    mark_some(members, rounded_down(options.test_fraction, members.size()), split_stream(options.seed), is_test);
  }
  return is_test;
}

AKIN_INLINE test_mask mark_leave_out(user_groups groups, const split_leave_out_options& options,
                                     std::string_view where) {
  require(options.count >= 1, where, "count must be positive", options.count);
  require(!groups.members.empty(), where, "there must be something to split, got nothing");
  const auto count = static_cast<std::size_t>(options.count);
  test_mask is_test(groups.members.size());
  for (std::size_t user = 0; user < groups.users(); ++user)
    if (groups.of(user).size() > count) mark_some(groups.of(user), count, split_stream(options.seed), is_test);
  return is_test;
}

AKIN_INLINE std::int64_t moment_of_fraction(std::vector<std::int64_t> times, double test_fraction) {
  const auto n = static_cast<double>(times.size());
  const double target = n * (1 - test_fraction);  // lines to train on
  std::sort(times.begin(), times.end());
  const auto inside = times[std::min(static_cast<std::size_t>(target), times.size() - 1)];
  const auto [first, last] = std::equal_range(times.begin(), times.end(), inside);
  if (first == times.begin() && last == times.end())
    fail<std::invalid_argument>("split_by_time: the log must have more than one moment, got ", times.size(),
                                " lines of one");
  const double before = static_cast<double>(first - times.begin()), after = static_cast<double>(last - times.begin());
  if (first == times.begin()) return *last;
  if (last == times.end()) return *first;
  return target - before <= after - target ? *first : *last;
}

AKIN_INLINE void require_times(const interaction_log& log, std::string_view where) {
  require(!log.empty(), where, "the log must not be empty");
  require(log.has_times(), where, "the log must have times");
}

}  // namespace detail

AKIN_INLINE train_test<interaction_log> split_by_time(const interaction_log& log,
                                                      const split_by_time_options& options) {
  detail::require_fraction(options.test_fraction, "split_by_time");
  detail::require_times(log, "split_by_time");
  const auto times = log.times();
  const std::int64_t moment = options.moment.has_value()
                                  ? *options.moment
                                  : detail::moment_of_fraction({times.begin(), times.end()}, options.test_fraction);
  detail::test_mask is_test(log.size());
  std::transform(times.begin(), times.end(), is_test.begin(), [&](std::int64_t time) { return time >= moment; });
  const auto [least, most] = std::minmax_element(is_test.begin(), is_test.end());
  if (*least == *most)
    detail::fail<std::invalid_argument>("split_by_time: moment must leave lines before and after it, got ", moment);
  return detail::divide(log, is_test);
}

AKIN_INLINE train_test<interaction_log> split_random(const interaction_log& log, const split_random_options& options) {
  return detail::divide(log, detail::mark_random(log.size(), options, "split_random"));
}

AKIN_INLINE train_test<interaction_log> split_per_user(const interaction_log& log,
                                                       const split_per_user_options& options) {
  return detail::divide(log, detail::mark_per_user(detail::groups_of(log), options, "split_per_user"));
}

AKIN_INLINE train_test<interaction_log> split_leave_out(const interaction_log& log,
                                                        const split_leave_out_options& options) {
  return detail::divide(log, detail::mark_leave_out(detail::groups_of(log), options, "split_leave_out"));
}

AKIN_INLINE train_test<interaction_log> split_leave_last(const interaction_log& log,
                                                         const split_leave_last_options& options) {
  detail::require(options.count >= 1, "split_leave_last", "count must be positive", options.count);
  detail::require_times(log, "split_leave_last");
  const auto count = static_cast<std::size_t>(options.count);
  auto groups = detail::groups_of(log);
  detail::test_mask is_test(log.size());
  for (std::size_t user = 0; user < groups.users(); ++user) {
    const auto lines = groups.of(user);
    if (lines.size() <= count) continue;
    std::stable_sort(lines.begin(), lines.end(),
                     [&](std::size_t a, std::size_t b) { return log.times()[a] < log.times()[b]; });
    for (const std::size_t line : lines.last(count)) is_test[line] = 1;
  }
  return detail::divide(log, is_test);
}

}  // namespace akin::inline AKIN_ABI
#endif
