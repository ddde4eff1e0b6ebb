/// @file
/// Trains and judges the trials of fit_best.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/language.hpp>
#include <akin/model/parameters.hpp>
#include <akin/parallel.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/tuning/any_metric.hpp>
#include <akin/tuning/detail/judging.hpp>
#include <akin/tuning/detail/trained_model.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>

namespace akin::inline AKIN_ABI::detail {

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What came of a trial.
template <class Scalar>
struct trial_outcome {
  std::vector<any_recommender<Scalar>> models;  // of each cut
  parameter_map options = {}, automatic = {};   // of the first
  user_values values;                           // of the choosing users of each cut
  metric_result judged;                         // over all of them
  double training_seconds = 0, judging_seconds = 0;
  bool is_complete = false;
  std::string error = {};
};

/// Trains a model on each cut. A trial that is far behind the best on a part of the users is given up.
template <class Scalar>
class trial_runner {
 public:
  trial_runner(const host_policy& policy, const std::vector<validation_cut<Scalar>>& cuts,
               const train_function<Scalar>& train, const any_metric& metric)
      : policy_(policy), cuts_(cuts), train_(train), metric_(metric) {}

  trial_outcome<Scalar> run(const parameter_map& parameters) {
    trial_outcome<Scalar> outcome;
#if AKIN_HAS_EXCEPTIONS
    try {
      run_on_cuts(parameters, outcome);
    } catch (const std::exception& error) {
      outcome.models.clear();
      outcome.error = *error.what() == '\0' ? "an exception without a message" : error.what();
    }
#else
    run_on_cuts(parameters, outcome);
#endif
    outcome.judged = mean_of(outcome.values, cuts_, &validation_cut<Scalar>::choosing);
    if (outcome.is_complete && (best_.empty() || outcome.judged.mean > best_mean_)) {
      best_ = outcome.values;
      best_mean_ = outcome.judged.mean;
    }
    return outcome;
  }

 private:
  /// Of the best score; what is below on the first users is given up.
  static constexpr double hopeless = 0.8;
  static constexpr std::size_t fewest_users = 300;

  void run_on_cuts(const parameter_map& parameters, trial_outcome<Scalar>& outcome) {
    for (std::size_t c = 0; c < cuts_.size(); ++c) {
      train(parameters, cuts_[c], outcome);
      const auto start = std::chrono::steady_clock::now();
      const bool goes_on = judge(c, outcome);
      outcome.judging_seconds += seconds_since(start);
      if (!goes_on) return;
    }
    outcome.is_complete = true;
  }

  void train(const parameter_map& parameters, const validation_cut<Scalar>& cut, trial_outcome<Scalar>& outcome) {
    const auto start = std::chrono::steady_clock::now();
    auto trained = train_(parameters, cut.train);
    outcome.training_seconds += seconds_since(start);
    if (outcome.models.empty()) {
      outcome.options = std::move(trained.options);
      outcome.automatic = std::move(trained.automatic);
    }
    outcome.models.push_back(std::move(trained.model));
  }

  /// A quarter of the users first. False if the trial is given up.
  bool judge(std::size_t c, trial_outcome<Scalar>& outcome) {
    const std::span<const std::int32_t> users = cuts_[c].choosing;
    const std::size_t first = std::min(users.size(), std::max(fewest_users, users.size() / 4));
    auto values = judge_users(policy_, outcome.models[c], cuts_[c], users.first(first), metric_);
    const bool goes_on = best_.empty() || sum_of(values) >= hopeless * sum_of(std::span(best_[c]).first(first));
    if (goes_on) {
      const auto rest = judge_users(policy_, outcome.models[c], cuts_[c], users.subspan(first), metric_);
      values.insert(values.end(), rest.begin(), rest.end());
    }
    outcome.values.push_back(std::move(values));
    return goes_on;
  }

  static double sum_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }

  const host_policy& policy_;
  const std::vector<validation_cut<Scalar>>& cuts_;
  const train_function<Scalar>& train_;
  const any_metric& metric_;
  user_values best_;  // the values of the best complete trial
  double best_mean_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
