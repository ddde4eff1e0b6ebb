/// @file
/// The trials of fit_best whose models are kept for the blend.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/model/parameters.hpp>
#include <akin/serving/any_recommender.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A complete trial, with its models of each cut.
template <class Scalar>
struct kept_trial {
  int number;
  std::string kind;
  parameter_map parameters;
  double score;
  std::vector<any_recommender<Scalar>> models;
  double bytes, training_seconds, judging_seconds;
};

/// The best trial of each kind, the best first.
template <class Scalar>
class kept_trials {
 public:
  explicit kept_trials(double memory_limit) : memory_limit_(memory_limit) {}

  /// In the place of the kind's best so far, if it is better. The worst go if there is no room for all.
  void add(kept_trial<Scalar> trial) {
    const auto same =
        std::find_if(trials_.begin(), trials_.end(), [&](const auto& kept) { return kept.kind == trial.kind; });
    if (same == trials_.end())
      trials_.push_back(std::move(trial));
    else if (trial.score > same->score)
      *same = std::move(trial);
    std::stable_sort(trials_.begin(), trials_.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    double bytes = trials_.front().bytes;
    const auto is_too_much = [&](const auto& kept) { return (bytes += kept.bytes) > memory_limit_; };
    trials_.erase(std::find_if(trials_.begin() + 1, trials_.end(), is_too_much), trials_.end());
  }

  /// What may be blended, at most that many.
  std::vector<const kept_trial<Scalar>*> near_the_best(int most) const {
    std::vector<const kept_trial<Scalar>*> near;
    for (const auto& kept : trials_)
      if (near.size() < static_cast<std::size_t>(most) && kept.score >= least_of_best * trials_.front().score)
        near.push_back(&kept);
    return near;
  }

 private:
  /// Models further below the best are not blended.
  static constexpr double least_of_best = 0.9;

  double memory_limit_;
  std::vector<kept_trial<Scalar>> trials_;
};

}  // namespace akin::inline AKIN_ABI::detail
