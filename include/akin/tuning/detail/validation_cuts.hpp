/// @file
/// The parts of the data on which fit_best judges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/data/splits.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/relevant_items.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/random.hpp>
#include <akin/tuning/fit_best_options.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Interactions to learn from: a matrix, and the log that it was made of if there is one.
template <class Scalar>
struct training_data {
  sparse_matrix<Scalar> x;
  std::optional<interaction_log> log = {};

  static training_data of(interaction_log log) { return {log.matrix<Scalar>(duplicates::sum), std::move(log)}; }
};

/// What is learnt from, what must be found, and by whom. The users are in a random order, so that the first of them
/// are a sample.
template <class Scalar>
struct validation_cut {
  training_data<Scalar> train;
  sparse_matrix<float> held_out;
  std::vector<std::int32_t> choosing = {}, reporting = {};
};

template <class Scalar>
struct validation_cuts {
  std::vector<validation_cut<Scalar>> cuts;
  std::string protocol;
};

/// Below that many users one cut is not enough to tell models apart.
inline constexpr std::size_t users_of_one_cut = 2000;
inline constexpr int most_cuts = 3;

/// A random part of each user's cells, of expected size fraction * cells; one cell stays. Rounded at random, so that
/// users with few cells take part, too.
template <class Scalar>
test_mask random_part(const csr_view<Scalar, std::int32_t>& x, double fraction, std::uint64_t seed) {
  const random_stream random(seed, 0x6375747300000000u), rounding(seed, 0x6375747300000001u);
  test_mask mask(static_cast<std::size_t>(x.nonzeros()), 0);
  user_groups groups = groups_of(x);
  for (std::size_t user = 0; user < groups.users(); ++user) {
    const auto cells = groups.of(user);
    const double wanted = fraction * static_cast<double>(cells.size()) + rounding.uniform(user);
    const auto count = std::min(static_cast<std::size_t>(wanted), cells.empty() ? 0 : cells.size() - 1);
    mark_some(cells, count, random, mask);
  }
  return mask;
}

/// Fills the users of a cut: those who have a history and something to find, at most `most`, by a hash of their number.
template <class Scalar>
void choose_users(validation_cut<Scalar>& cut, std::uint64_t seed, int most) {
  const auto train = view_of(cut.train.x, "fit_best");
  const auto held_out = view_of(cut.held_out, "fit_best");
  const random_stream hash(seed, 0x7573657273000000u);
  std::vector<std::pair<std::uint64_t, std::int32_t>> users;
  std::vector<std::int32_t> relevant;
  for (std::int32_t user = 0; user < train.rows; ++user) {
    if (train.row_size(user) == 0 || held_out.row_size(user) == 0) continue;
    find_relevant(held_out.row(user), train.row(user).ids, true, relevant);
    if (!relevant.empty()) users.emplace_back(hash.bits(static_cast<std::uint64_t>(user)), user);
  }
  std::sort(users.begin(), users.end());
  if (users.size() > static_cast<std::size_t>(most)) users.resize(static_cast<std::size_t>(most));
  for (const auto& [bits, user] : users) (bits % 3 == 0 ? cut.reporting : cut.choosing).push_back(user);
  if (cut.choosing.empty()) cut.choosing.swap(cut.reporting);  // of one or two users: somebody must choose
}

/// The latest part of a log; none if it has no times, or too few users have something to find.
template <class Scalar>
std::optional<validation_cut<Scalar>> cut_by_time(const interaction_log& log, const fit_best_options& options) {
  constexpr std::size_t fewest_users = 200;
  if (log.empty() || !log.has_times()) return {};
  const auto [first, last] = std::minmax_element(log.times().begin(), log.times().end());
  if (*first == *last) return {};
  auto [past, future] = split_by_time(log, {.test_fraction = options.validation_fraction});
  validation_cut<Scalar> cut{training_data<Scalar>::of(std::move(past)),
                             future.template matrix<float>(duplicates::count)};
  choose_users(cut, options.seed, options.validation_users);
  if (cut.choosing.size() + cut.reporting.size() < fewest_users) return {};
  return cut;
}

/// A random part of each user's interactions. Of a log, the lines of the cells that are held out leave it.
template <class Scalar>
validation_cut<Scalar> cut_at_random(const training_data<Scalar>& data, const fit_best_options& options, int number) {
  const auto x = view_of(data.x, "fit_best");
  const std::uint64_t seed = random_stream(options.seed, 0x6375747300000002u).bits(static_cast<std::uint64_t>(number));
  const test_mask mask = random_part(x, options.validation_fraction, seed);
  validation_cut<Scalar> cut{{cells_of(x, mask, 0)}, sparse_matrix<float>(cells_of(x, mask, 1).template cast<float>())};
  if (data.log) {
    const auto learnt = view_of(cut.train.x, "fit_best");
    std::vector<std::size_t> lines;
    for (std::size_t line = 0; line < data.log->size(); ++line)
      if (find_value(learnt, data.log->users()[line], data.log->items()[line]) != nullptr) lines.push_back(line);
    cut.train.log = data.log->select(std::span<const std::size_t>(lines));
  }
  choose_users(cut, options.seed, options.validation_users);
  return cut;
}

/// The caller's validation data, or the latest part, or random ones, of which there are several for few users.
template <class Scalar>
validation_cuts<Scalar> make_cuts(const training_data<Scalar>& data, const fit_best_options& options) {
  const std::string share = sentence(options.validation_fraction * 100, " %");
  if (options.validation) {
    // Without the log: nothing is known of when the validation data were, so that no decay could take in both.
    validation_cut<Scalar> cut{{data.x}, *options.validation};
    choose_users(cut, options.seed, options.validation_users);
    return {{std::move(cut)}, "the caller's data"};
  }
  if (data.log)
    if (auto cut = cut_by_time<Scalar>(*data.log, options))
      return {{*std::move(cut)}, "the latest " + share + " by time"};
  validation_cuts<Scalar> result{{}, "a random " + share + " of each user's interactions"};
  std::size_t users = 0;
  while (users < users_of_one_cut && result.cuts.size() < static_cast<std::size_t>(most_cuts)) {
    result.cuts.push_back(cut_at_random(data, options, static_cast<int>(result.cuts.size())));
    const auto& cut = result.cuts.back();
    users += cut.choosing.size() + cut.reporting.size();
  }
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
