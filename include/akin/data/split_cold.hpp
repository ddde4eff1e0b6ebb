/// @file
/// Cold-start splits by whole items and whole users, which the training does not contain.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/splits.hpp>
#include <akin/error.hpp>
#include <akin/numbers.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

struct split_cold_items_options {
  double test_fraction = 0.1;  ///< of the items that occur, in (0, 1)
  std::uint64_t seed = 0;
};

struct split_cold_users_options {
  double test_fraction = 0.1;  ///< of the users that occur, in (0, 1)
  std::uint64_t seed = 0;
};

struct split_unseen_users_options {
  double test_fraction = 0.1;        ///< of the users that occur, in (0, 1)
  double validation_fraction = 0.1;  ///< of the users that occur, in [0, 1); 0: no users for validation
  double held_out_fraction = 0.2;    ///< of the lines or cells of each of these users, in (0, 1), rounded down
  std::uint64_t seed = 0;
};

/// The parts of strong generalisation: a training without the evaluated users, and for each of these the interactions
/// that a model sees (`known`) and those that it must find (`held_out`). All have the shape and the ids of the whole;
/// rows of users of other parts are empty.
template <class Data>
struct unseen_users {
  Data train;
  Data validation_known;
  Data validation_held_out;
  Data test_known;
  Data test_held_out;
};

namespace detail {

/// The row of each cell.
template <class Scalar, class Index>
std::vector<Index> rows_of_cells(const csr_view<Scalar, Index>& x) {
  std::vector<Index> rows(static_cast<std::size_t>(x.nonzeros()));
  for (std::int64_t row = 0; row < x.rows; ++row)
    std::fill(rows.begin() + x.offsets[row], rows.begin() + x.offsets[row + 1], static_cast<Index>(row));
  return rows;
}

/// The ids of 0 … count - 1 that occur, in random order from the seed.
template <class Owners>
std::vector<std::size_t> drawn_order(const Owners& owners, std::size_t count, std::uint64_t seed) {
  std::vector<char> occurs(count);
  for (const auto owner : owners) at(occurs, owner) = 1;
  std::vector<std::size_t> order;
  for (std::size_t id = 0; id < count; ++id)
    if (occurs[id] != 0) order.push_back(id);
  shuffle(order.data(), std::ssize(order), random_stream(seed, 0x77686F6C65));
  return order;
}

/// A fraction of a count, rounded to the nearest number but at least 1.
std::size_t rounded_part(double fraction, std::size_t count);

/// Marks all lines or cells of the sampled users or items. owners: of each line or cell.
template <class Owners>
test_mask mark_owners(const Owners& owners, std::size_t count, double fraction, std::uint64_t seed,
                      std::string_view where, std::string_view what) {
  require_fraction(fraction, where);
  const auto order = drawn_order(owners, count, seed);
  if (order.size() < 2)
    fail<std::invalid_argument>(where, ": there must be at least 2 ", what, " with interactions, got ", order.size());
  const std::size_t drawn = std::min(rounded_part(fraction, order.size()), order.size() - 1);
  std::vector<char> is_cold(count);
  for (std::size_t i = 0; i < drawn; ++i) is_cold[order[i]] = 1;
  test_mask is_test(owners.size());
  for (std::size_t i = 0; i < owners.size(); ++i) is_test[i] = at(is_cold, owners[i]);
  return is_test;
}

/// The parts of unseen_users in their order, as labels 0 to 4 of the lines or cells.
test_mask mark_unseen(user_groups groups, const std::vector<std::size_t>& order,
                      const split_unseen_users_options& options);

interaction_log labelled_lines(const interaction_log& log, const test_mask& label, char part);

AKIN_COMPILE_ONCE(data,
                  std::vector<std::int32_t> rows_of_cells<float, std::int32_t>(const csr_view<float, std::int32_t>&))
AKIN_COMPILE_ONCE(data,
                  std::vector<std::int32_t> rows_of_cells<double, std::int32_t>(const csr_view<double, std::int32_t>&))
AKIN_COMPILE_ONCE(data, std::vector<std::size_t> drawn_order<std::span<const std::int32_t>>(
                            const std::span<const std::int32_t>&, std::size_t, std::uint64_t))
AKIN_COMPILE_ONCE(data,
                  std::vector<std::size_t> drawn_order<std::vector<std::int32_t>>(const std::vector<std::int32_t>&,
                                                                                  std::size_t, std::uint64_t))
AKIN_COMPILE_ONCE(data, test_mask mark_owners<std::span<const std::int32_t>>(const std::span<const std::int32_t>&,
                                                                             std::size_t, double, std::uint64_t,
                                                                             std::string_view, std::string_view))
AKIN_COMPILE_ONCE(data, test_mask mark_owners<std::vector<std::int32_t>>(const std::vector<std::int32_t>&, std::size_t,
                                                                         double, std::uint64_t, std::string_view,
                                                                         std::string_view))

}  // namespace detail

/// A random test_fraction of the items that occur (rounded to the nearest number, with at least one on each side) is
/// new: all of their cells are test, and train has none of them. For models of items' content. Throws
/// std::invalid_argument for a fraction out of range or fewer than 2 items that occur. O(cells + items).
template <sparse_matrix_like Matrix>
auto split_cold_items(const Matrix& user_items, const split_cold_items_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_cold_items");
  const std::span columns(view.columns, static_cast<std::size_t>(view.nonzeros()));
  return detail::divide(view, detail::mark_owners(columns, static_cast<std::size_t>(view.cols), options.test_fraction,
                                                  options.seed, "split_cold_items", "items"));
}

/// The same for the lines of a log.
train_test<interaction_log> split_cold_items(const interaction_log& log, const split_cold_items_options& options = {});

/// A random test_fraction of the users who occur (rounded to the nearest number, with at least one on each side) is
/// new: all of their cells are test, and train has none of them. For models of users' attributes, and for lists for
/// unknown visitors. Throws std::invalid_argument for a fraction out of range or fewer than 2 users who occur. O(cells
/// + users).
template <sparse_matrix_like Matrix>
auto split_cold_users(const Matrix& user_items, const split_cold_users_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_cold_users");
  return detail::divide(view, detail::mark_owners(detail::rows_of_cells(view), static_cast<std::size_t>(view.rows),
                                                  options.test_fraction, options.seed, "split_cold_users", "users"));
}

/// The same for the lines of a log.
train_test<interaction_log> split_cold_users(const interaction_log& log, const split_cold_users_options& options = {});

/// Strong generalisation: random users are for the test, others for validation (each rounded to the nearest number, at
/// least 1), and the training has no cells of either. For each of them a random held_out_fraction of the cells (rounded
/// down: by default none of fewer than 5) must be found from the rest, by fold-in. D. Liang, R. G. Krishnan, M. D.
/// Hoffman, T. Jebara, "Variational Autoencoders for Collaborative Filtering", WWW 2018. Throws std::invalid_argument
/// for a fraction out of range or if no users are left to train on. O(cells + users).
template <sparse_matrix_like Matrix>
auto split_unseen_users(const Matrix& user_items, const split_unseen_users_options& options = {}) {
  const auto view = detail::splittable_view(user_items, "split_unseen_users");
  const auto order =
      detail::drawn_order(detail::rows_of_cells(view), static_cast<std::size_t>(view.rows), options.seed);
  const auto label = detail::mark_unseen(detail::groups_of(view), order, options);
  using data = decltype(detail::cells_of(view, label, 0));
  return unseen_users<data>{detail::cells_of(view, label, 0), detail::cells_of(view, label, 1),
                            detail::cells_of(view, label, 2), detail::cells_of(view, label, 3),
                            detail::cells_of(view, label, 4)};
}

/// The same for the lines of a log; a repeated pair may be both known and held out.
unseen_users<interaction_log> split_unseen_users(const interaction_log& log,
                                                 const split_unseen_users_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::size_t rounded_part(double fraction, std::size_t count) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(fraction * static_cast<double>(count) + 0.5));
}

AKIN_INLINE test_mask mark_unseen(user_groups groups, const std::vector<std::size_t>& order,
                                  const split_unseen_users_options& options) {
  constexpr std::string_view where = "split_unseen_users";
  require_fraction(options.test_fraction, where);
  require(options.validation_fraction >= 0 && options.validation_fraction < 1, where,
          "validation_fraction must be at least 0 and below 1", options.validation_fraction);
  require(options.held_out_fraction > 0 && options.held_out_fraction < 1, where,
          "held_out_fraction must be above 0 and below 1", options.held_out_fraction);
  const std::size_t test = rounded_part(options.test_fraction, order.size());
  const std::size_t validation =
      options.validation_fraction > 0 ? rounded_part(options.validation_fraction, order.size()) : 0;
  if (test + validation >= order.size())
    fail<std::invalid_argument>(where, ": users to train on must be left, got ", order.size(), " users of whom ", test,
                                " are for the test and ", validation, " for validation");
  test_mask label(groups.members.size());
  for (std::size_t i = 0; i < test + validation; ++i) {
    const auto members = groups.of(order[i]);
    mark_some(members, rounded_down(options.held_out_fraction, members.size()), split_stream(options.seed), label);
    const int known = i < test ? 3 : 1;
    for (const std::size_t member : members) label[member] = static_cast<char>(known + label[member]);
  }
  return label;
}

AKIN_INLINE interaction_log labelled_lines(const interaction_log& log, const test_mask& label, char part) {
  std::vector<std::size_t> lines;
  for (std::size_t line = 0; line < log.size(); ++line)
    if (label[line] == part) lines.push_back(line);
  return log.select(lines);
}

}  // namespace detail

AKIN_INLINE train_test<interaction_log> split_cold_items(const interaction_log& log,
                                                         const split_cold_items_options& options) {
  return detail::divide(log, detail::mark_owners(log.items(), log.item_ids().size(), options.test_fraction,
                                                 options.seed, "split_cold_items", "items"));
}

AKIN_INLINE train_test<interaction_log> split_cold_users(const interaction_log& log,
                                                         const split_cold_users_options& options) {
  return detail::divide(log, detail::mark_owners(log.users(), log.user_ids().size(), options.test_fraction,
                                                 options.seed, "split_cold_users", "users"));
}

AKIN_INLINE unseen_users<interaction_log> split_unseen_users(const interaction_log& log,
                                                             const split_unseen_users_options& options) {
  const auto order = detail::drawn_order(log.users(), log.user_ids().size(), options.seed);
  const auto label = detail::mark_unseen(detail::groups_of(log), order, options);
  return {detail::labelled_lines(log, label, 0), detail::labelled_lines(log, label, 1),
          detail::labelled_lines(log, label, 2), detail::labelled_lines(log, label, 3),
          detail::labelled_lines(log, label, 4)};
}

}  // namespace akin::inline AKIN_ABI
#endif
