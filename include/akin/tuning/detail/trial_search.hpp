/// @file
/// The trials of fit_best, as many as there is time for.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/model/parameters.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/text.hpp>
#include <akin/tuning/best_report.hpp>
#include <akin/tuning/detail/judging.hpp>
#include <akin/tuning/detail/kept_trials.hpp>
#include <akin/tuning/detail/proposals.hpp>
#include <akin/tuning/detail/trial_cost.hpp>
#include <akin/tuning/detail/trial_runner.hpp>
#include <akin/tuning/fit_best_options.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The error of a trial for which there was no time.
inline constexpr std::string_view no_time = "not tried, there was no time";

using trial_observer = std::function<bool(const trial_result&)>;

/// Runs trials, those of the options or what is proposed, and keeps the best models.
template <class Scalar>
class trial_search {
 public:
  /// From a start on. All must outlive the search; the trials go into the report.
  trial_search(std::chrono::steady_clock::time_point start, trial_runner<Scalar>& runner, const data_size& size,
               const fit_best_options& options, const trial_observer& observer, best_report& report)
      : start_(start),
        runner_(runner),
        size_(size),
        options_(options),
        observer_(observer),
        report_(report),
        kept_(options.memory_limit) {}

  kept_trials<Scalar> run(proposals next) {
    if (options_.trials.empty())
      search(next);
    else
      repeat();
    return std::move(kept_);
  }

 private:
  static constexpr int completed_anyway = 3, most_skipped = 4;

  void search(proposals& next);
  void repeat();
  void skip(const parameter_map& parameters);
  /// Trains and judges a trial, and tells the observer; false if that ends the search.
  bool add(const parameter_map& parameters);
  void run_trial(tried_trial& tried, trial_result& result);
  bool has_time_for(const parameter_map& parameters) const;
  /// Seconds of the blend and the last training, if the search ended now.
  double seconds_of_the_end() const;

  trial_cost cost(const parameter_map& parameters) const {
    return cost_of(parameters, size_, sizeof(Scalar), options_.memory_limit);
  }
  double bytes_of(const parameter_map& parameters) const { return cost(parameters).bytes * report_.cuts; }

  std::chrono::steady_clock::time_point start_;
  trial_runner<Scalar>& runner_;
  const data_size& size_;
  const fit_best_options& options_;
  const trial_observer& observer_;
  best_report& report_;
  time_prediction predicted_;
  std::vector<tried_trial> tried_;
  kept_trials<Scalar> kept_;
};

template <class Scalar>
void trial_search<Scalar>::search(proposals& next) {
  int completed = 0, skipped = 0;
  while (skipped < most_skipped) {
    const auto parameters = next.next(tried_);
    if (!parameters) return;
    if (completed >= completed_anyway && !has_time_for(*parameters)) {
      report_.ended_by_time = true;
      ++skipped;
      if (seconds_since(start_) > options_.seconds) return;
      skip(*parameters);
      continue;
    }
    if (!add(*parameters)) return;
    completed += tried_.back().is_complete;
  }
}

/// A kind that was never judged is worth a line of the report; changes of others are not.
template <class Scalar>
void trial_search<Scalar>::skip(const parameter_map& parameters) {
  tried_trial skipped{parameters};
  const bool is_known = std::any_of(tried_.begin(), tried_.end(),
                                    [&](const tried_trial& trial) { return trial.kind() == skipped.kind(); });
  tried_.push_back(std::move(skipped));
  if (is_known) return;
  trial_result result;
  result.number = static_cast<int>(report_.trials.size());
  result.parameters = parameters;
  result.error = no_time;
  report_.trials.push_back(std::move(result));
}

template <class Scalar>
void trial_search<Scalar>::repeat() {
  for (const trial_result& trial : options_.trials) {
    if (trial.error == no_time)
      skip(trial.parameters);
    else if (!add(trial.parameters))
      return;
  }
}

template <class Scalar>
bool trial_search<Scalar>::add(const parameter_map& parameters) {
  trial_result result;
  result.number = static_cast<int>(report_.trials.size());
  result.parameters = parameters;
  tried_trial tried{parameters};
  if (const double bytes = bytes_of(parameters); bytes > options_.memory_limit)
    result.error = sentence("it may take ", fixed_number(bytes, 0), " bytes, memory_limit is ",
                            fixed_number(options_.memory_limit, 0));
  else
    run_trial(tried, result);
  tried_.push_back(std::move(tried));
  report_.trials.push_back(result);
  return !observer_ || observer_(result);
}

template <class Scalar>
void trial_search<Scalar>::run_trial(tried_trial& tried, trial_result& result) {
  auto outcome = runner_.run(tried.parameters);
  const metric_result judged = outcome.judged;
  result.score = tried.score = judged.mean;
  result.standard_error = judged.standard_error;
  result.seconds = outcome.training_seconds;
  result.error = outcome.error;
  tried.options = std::move(outcome.options);
  tried.automatic = std::move(outcome.automatic);
  tried.is_complete = outcome.is_complete;
  if (const std::size_t models = outcome.models.size(); models > 0)
    predicted_.learn(tried.kind(), cost(tried.parameters).work,
                     (outcome.training_seconds + outcome.judging_seconds) / static_cast<double>(models));
  if (outcome.is_complete)
    kept_.add({result.number, tried.kind(), tried.parameters, judged.mean, std::move(outcome.models),
               bytes_of(tried.parameters), outcome.training_seconds, outcome.judging_seconds});
  else if (!result.failed())
    report_.stopped.push_back(result.number);
}

template <class Scalar>
bool trial_search<Scalar>::has_time_for(const parameter_map& parameters) const {
  constexpr double caution = 1.3;
  const double work = cost(parameters).work;
  const double trial = predicted_.seconds(parameters.at("model").text(), work) * report_.cuts;
  return seconds_since(start_) + caution * trial + seconds_of_the_end() <= options_.seconds;
}

template <class Scalar>
double trial_search<Scalar>::seconds_of_the_end() const {
  double seconds = 0;
  for (const auto* kept : kept_.near_the_best(options_.blend))
    seconds += 1.3 * kept->training_seconds / report_.cuts + 3 * kept->judging_seconds;
  return 1.05 * seconds + 0.02 * options_.seconds;
}

}  // namespace akin::inline AKIN_ABI::detail
