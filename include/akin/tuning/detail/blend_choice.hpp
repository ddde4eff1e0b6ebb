/// @file
/// The choice of fit_best: a blend or the best model alone, and what to expect of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/language.hpp>
#include <akin/parallel.hpp>
#include <akin/serving/any_blend.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/text.hpp>
#include <akin/tuning/best_report.hpp>
#include <akin/tuning/detail/blend_weights.hpp>
#include <akin/tuning/detail/judging.hpp>
#include <akin/tuning/detail/kept_trials.hpp>
#include <akin/tuning/fit_best_options.hpp>

namespace akin::inline AKIN_ABI::detail {

/// a - b, value by value.
inline user_values differences(user_values a, const user_values& b) {
  for (std::size_t c = 0; c < a.size(); ++c)
    std::transform(a[c].begin(), a[c].end(), b[c].begin(), a[c].begin(), std::minus<>());
  return a;
}

/// One model of several, with these weights.
template <class Scalar>
any_recommender<Scalar> blend_of(const blend_setting& setting, std::vector<any_recommender<Scalar>> models) {
  if (models.size() == 1) return models.front();
  std::vector<weighted_recommender<Scalar>> parts;
  for (std::size_t m = 0; m < models.size(); ++m) parts.push_back({setting.weights[m], std::move(models[m])});
  return any_blend<Scalar>(setting.normalization, std::move(parts));
}

/// The trials that are blended, and how; a single one if that is as good.
template <class Scalar>
class blend_choice {
 public:
  using members_type = std::vector<const kept_trial<Scalar>*>;

  /// Of members that are near the best, the best first. All must outlive it.
  blend_choice(const host_policy& policy, const std::vector<validation_cut<Scalar>>& cuts, const any_metric& metric,
               members_type members)
      : policy_(policy), cuts_(cuts), metric_(metric), members_(std::move(members)), best_(members_.front()) {}

  /// Chooses, and writes the reason into the report.
  void choose(best_report& report);
  /// The score of the choice, and of the best model alone, on the users who chose nothing.
  void expect(best_report& report) const;

  const members_type& members() const noexcept { return members_; }
  const blend_setting& setting() const noexcept { return setting_; }

 private:
  std::vector<any_recommender<Scalar>> models_of_cut(std::size_t c) const {
    std::vector<any_recommender<Scalar>> models;
    for (const auto* member : members_) models.push_back(member->models[c]);
    return models;
  }
  metric_result of_choosers(const user_values& values) const {
    return mean_of(values, cuts_, &validation_cut<Scalar>::choosing);
  }
  std::string reason(const metric_result& gain, bool blends) const;
  void leave_used(best_report& report);

  const host_policy& policy_;
  const std::vector<validation_cut<Scalar>>& cuts_;
  const any_metric& metric_;
  members_type members_;
  const kept_trial<Scalar>* best_;
  blend_setting setting_;
};

/// The best one alone is chosen unless the blend is better by more than chance.
template <class Scalar>
void blend_choice<Scalar>::choose(best_report& report) {
  std::vector<std::vector<any_recommender<Scalar>>> models;
  for (std::size_t c = 0; c < cuts_.size(); ++c) models.push_back(models_of_cut(c));
  std::vector<blend_trial<Scalar>> trials;
  for (std::size_t c = 0; c < cuts_.size(); ++c) trials.emplace_back(policy_, cuts_[c], models[c], metric_);
  const auto values_of = [&](const blend_setting& setting) {
    user_values values;
    for (const auto& trial : trials) values.push_back(trial.values(policy_, setting));
    return values;
  };
  setting_ = search_blend(members_.size(), [&](const auto& setting) { return of_choosers(values_of(setting)).mean; });
  setting_.weights = shrunk(std::move(setting_.weights), static_cast<double>(report.choosing_users));
  blend_setting alone{setting_.normalization, std::vector<double>(members_.size(), 0.0)};
  alone.weights.front() = 1;
  const user_values of_blend = values_of(setting_), of_best = values_of(alone);
  const metric_result gain = of_choosers(differences(of_blend, of_best));
  const bool blends = gain.mean > 0.5 * gain.standard_error;
  if (!blends) setting_ = alone;
  report.chosen = of_choosers(blends ? of_blend : of_best);
  report.reason = reason(gain, blends);
  report.normalization = setting_.normalization;
  leave_used(report);
}

template <class Scalar>
std::string blend_choice<Scalar>::reason(const metric_result& gain, bool blends) const {
  const std::string best = words_of(best_->parameters);
  const std::string beside = sentence(fixed_number(gain.mean, 4), " +- ", fixed_number(gain.standard_error, 4));
  if (members_.size() == 1) return best + ", the only kind near the best";
  if (blends) return sentence("a blend, better than the best single model (", best, ") by ", beside);
  if (gain.mean > 0) return sentence(best, "; a blend is better by ", beside, ", which may be chance");
  return sentence(best, "; a blend is no better, by ", beside);
}

/// Takes members and weights of 0 away.
template <class Scalar>
void blend_choice<Scalar>::leave_used(best_report& report) {
  members_type used;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    if (!(setting_.weights[m] > 0)) continue;
    used.push_back(members_[m]);
    report.members.push_back({members_[m]->number, setting_.weights[m]});
  }
  members_ = std::move(used);
  std::erase_if(setting_.weights, [](double weight) { return !(weight > 0); });
}

template <class Scalar>
void blend_choice<Scalar>::expect(best_report& report) const {
  user_values of_choice, of_best;
  for (std::size_t c = 0; c < cuts_.size(); ++c) {
    const auto judged = [&](const any_recommender<Scalar>& model) {
      return judge_users<Scalar>(policy_, model, cuts_[c], cuts_[c].reporting, metric_);
    };
    of_choice.push_back(judged(blend_of<Scalar>(setting_, models_of_cut(c))));
    of_best.push_back(judged(best_->models[c]));
  }
  report.expected = mean_of(of_choice, cuts_, &validation_cut<Scalar>::reporting);
  report.expected_of_best = mean_of(of_best, cuts_, &validation_cut<Scalar>::reporting);
}

}  // namespace akin::inline AKIN_ABI::detail
