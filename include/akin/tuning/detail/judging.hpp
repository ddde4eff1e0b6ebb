/// @file
/// The metric of single users' lists.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/moments.hpp>
#include <akin/evaluation/relevant_items.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/tuning/any_metric.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One worker's memory.
struct judging_scratch {
  std::vector<std::int32_t> relevant, ranked, hits;
};

/// The metric of a user's list against what was held out of the history.
template <class Scalar>
double judge_list(const any_metric& metric, const validation_cut<Scalar>& cut, std::int32_t user,
                  std::span<const std::int32_t> ranked, judging_scratch& scratch) {
  find_relevant(view_of(cut.held_out, "fit_best").row(user), view_of(cut.train.x, "fit_best").row(user).ids, true,
                scratch.relevant);
  find_hits<std::int32_t>(ranked, scratch.relevant, scratch.hits);
  return metric({user, ranked, scratch.relevant, scratch.hits});
}

/// The metric of the model's list for each of the users.
template <class Scalar>
std::vector<double> judge_users(const host_policy& policy, const any_recommender<Scalar>& model,
                                const validation_cut<Scalar>& cut, std::span<const std::int32_t> users,
                                const any_metric& metric) {
  query<std::int32_t> q{.k = metric.k};
  q.exclude = sparsity_view<std::int32_t>(view_of(cut.train.x, "fit_best").pattern());
  const auto lists = akin::recommend(policy, model, users, q);
  std::vector<double> values(users.size());
  per_worker<judging_scratch> scratch(worker_count(policy, std::ssize(users)));
  for_each_row(policy, std::ssize(users), [&](std::int64_t row, int worker) {
    const auto number = static_cast<std::size_t>(row);
    values[number] = judge_list(metric, cut, users[number], lists.items(number), scratch[worker]);
  });
  return values;
}

/// The values of each cut's users, in their order; of a trial that was given up, of the first of them.
using user_values = std::vector<std::vector<double>>;

/// Mean and standard error over users: a user of several cuts counts once, with the mean of them. `users` is a member
/// of validation_cut.
template <class Scalar>
metric_result mean_of(const user_values& values, const std::vector<validation_cut<Scalar>>& cuts,
                      std::vector<std::int32_t> validation_cut<Scalar>::*users) {
  std::map<std::int32_t, moments> of_users;
  for (std::size_t c = 0; c < values.size(); ++c)
    for (std::size_t i = 0; i < values[c].size(); ++i) of_users[(cuts[c].*users)[i]].add(values[c][i]);
  moments all;
  for (const auto& [user, of_user] : of_users) all.add(of_user.result().mean);
  return all.result();
}

}  // namespace akin::inline AKIN_ABI::detail
