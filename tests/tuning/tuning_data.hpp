/// @file
/// What the tests of fit_best are made of.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/data/interaction_log.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/model/parameters.hpp>
#include <akin/random.hpp>
#include <akin/selection/search_result.hpp>

namespace tuning_test {

inline constexpr std::int64_t day = 24 * 60 * 60 * 1000;

/// Clicks of 150 users on 60 items.
template <class Scalar = float>
akin::sparse_matrix<Scalar> some_clicks(std::uint64_t seed = 4) {
  return akin::synthetic::power_law_clicks<Scalar>({.users = 150, .items = 60, .interactions = 2500, .seed = seed});
}

/// The clicks without those of the last user and those on the last item.
template <class Scalar>
akin::sparse_matrix<Scalar> with_strangers(const akin::sparse_matrix<Scalar>& clicks) {
  std::vector<Eigen::Triplet<Scalar>> cells;
  for (Eigen::Index user = 0; user + 1 < clicks.rows(); ++user)
    for (typename akin::sparse_matrix<Scalar>::InnerIterator it(clicks, user); it; ++it)
      if (it.col() + 1 < clicks.cols())
        cells.emplace_back(static_cast<int>(user), static_cast<int>(it.col()), it.value());
  akin::sparse_matrix<Scalar> result(clicks.rows(), clicks.cols());
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

/// Lines of 400 users on two shelves of 25 items each, over 100 days. Each user has a shelf, and most users turn to the
/// other one after 80 days: who forgets is right.
inline akin::interaction_log log_with_trend(bool has_times = true) {
  constexpr int users = 400, lines = 20, shelf = 25;
  akin::interaction_arrays columns;
  for (int user = 0; user < users; ++user) {
    const akin::random_stream random(7, static_cast<std::uint64_t>(user));
    for (int line = 0; line < lines; ++line) {
      const auto draw = static_cast<std::uint64_t>(2 * line);
      const double when = 100 * random.uniform(draw);
      const bool turned = when > 80 && user % 10 != 0;
      const double depth = random.uniform(draw + 1);
      columns.users.push_back(user);
      columns.items.push_back((user % 2 == (turned ? 0 : 1) ? shelf : 0) + static_cast<int>(shelf * depth * depth));
      if (has_times) columns.times.push_back(static_cast<std::int64_t>(when * day));
    }
  }
  return akin::interaction_log(std::move(columns));
}

/// A trial as fit_best lists it: the kind, and numbers.
inline akin::trial_result trial_of(std::string_view kind,
                                   std::initializer_list<std::pair<const char*, double>> options = {}) {
  akin::trial_result trial;
  trial.parameters.emplace("model", akin::parameter_value(kind));
  for (const auto& [name, value] : options) trial.parameters.emplace(name, akin::parameter_value(value));
  return trial;
}

inline std::string kind_of(const akin::trial_result& trial) { return trial.parameters.at("model").text(); }

/// An observer that ends the search after that many trials.
inline auto at_most(int trials) {
  return [trials](const akin::trial_result& trial) { return trial.number + 1 < trials; };
}

}  // namespace tuning_test
