/// @file
/// fit_best from its checked options: cuts, trials, the choice, the last training.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/serving/any_fallback.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/tuning/best_report.hpp>
#include <akin/tuning/detail/blend_choice.hpp>
#include <akin/tuning/detail/trained_model.hpp>
#include <akin/tuning/detail/trial_search.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>
#include <akin/tuning/fit_best_options.hpp>

namespace akin::inline AKIN_ABI {

/// The result of fit_best.
template <class Scalar = float>
struct best_fit {
  any_recommender<Scalar> model;
  std::vector<trial_result> trials;  ///< all of them, in their order; as fit_best_options::trials they run again
  best_report report;
};

namespace detail {

template <class Scalar>
class best_search {
 public:
  /// All must outlive the search.
  best_search(const host_policy& policy, const training_data<Scalar>& data, const train_function<Scalar>& train,
              const fit_best_options& options)
      : policy_(policy), data_(data), train_(train), options_(options) {}

  best_fit<Scalar> run(const trial_observer& observer) {
    const auto start = std::chrono::steady_clock::now();
    const validation_cuts<Scalar> cuts = make_cuts(data_, options_);
    best_report report = report_of(cuts);
    const data_size size = size_of_data(view_of(data_.x, "fit_best"));
    trial_runner<Scalar> runner(policy_, cuts.cuts, train_, options_.metric);
    const auto kept =
        trial_search<Scalar>(start, runner, size, options_, observer, report).run(proposals(setting(size)));
    auto members = kept.near_the_best(options_.blend);
    if (members.empty())
      fail<std::runtime_error>("fit_best: no trial succeeded; the first failed with: ",
                               report.trials.empty() ? std::string("nothing was tried") : report.trials.front().error);
    blend_choice<Scalar> choice(policy_, cuts.cuts, options_.metric, std::move(members));
    choice.choose(report);
    choice.expect(report);
    auto model = trained_on_everything(choice);
    report.seconds = seconds_since(start);
    return {std::move(model), report.trials, report};
  }

 private:
  best_report report_of(const validation_cuts<Scalar>& cuts) const;
  proposal_setting setting(const data_size& size) const;
  any_recommender<Scalar> trained_on_everything(const blend_choice<Scalar>& choice) const;
  training_data<Scalar> with_validation() const;
  any_recommender<Scalar> with_fallback(any_recommender<Scalar> model, const training_data<Scalar>& all) const;

  bool is_excluded(std::string_view kind) const {
    return std::find(options_.exclude.begin(), options_.exclude.end(), kind) != options_.exclude.end();
  }

  const host_policy& policy_;
  const training_data<Scalar>& data_;
  const train_function<Scalar>& train_;
  const fit_best_options& options_;
};

template <class Scalar>
best_report best_search<Scalar>::report_of(const validation_cuts<Scalar>& cuts) const {
  best_report report;
  std::set<std::int32_t> choosing, reporting;
  for (const auto& cut : cuts.cuts) {
    choosing.insert(cut.choosing.begin(), cut.choosing.end());
    reporting.insert(cut.reporting.begin(), cut.reporting.end());
  }
  report.choosing_users = std::ssize(choosing);
  report.reporting_users = std::ssize(reporting);
  require(report.choosing_users > 0, "fit_best",
          "some users must have a history and something else to find in the validation data");
  report.metric = options_.metric.name();
  report.protocol = cuts.protocol;
  report.cuts = static_cast<int>(cuts.cuts.size());
  return report;
}

template <class Scalar>
proposal_setting best_search<Scalar>::setting(const data_size& size) const {
  proposal_setting setting{size};
  const Scalar* const values = data_.x.valuePtr();
  setting.values_differ = std::any_of(values, values + data_.x.nonZeros(), [](Scalar r) { return r != 1; });
  if (data_.log && data_.log->has_times() && !data_.log->empty() && !options_.validation) {
    const auto [first, last] = std::minmax_element(data_.log->times().begin(), data_.log->times().end());
    constexpr double milliseconds_a_day = 24.0 * 60 * 60 * 1000;
    setting.days = static_cast<double>(*last - *first) / milliseconds_a_day;
  }
  if (data_.log && !options_.validation)
    setting.events_differ = data_.log->has_events() && data_.log->event_ids().size() > 1;
  setting.has_features = options_.item_features || !options_.item_texts.empty();
  setting.exclude = options_.exclude;
  setting.seed = options_.seed;
  return setting;
}

/// The data and the caller's validation data.
template <class Scalar>
training_data<Scalar> best_search<Scalar>::with_validation() const {
  const sparse_matrix<Scalar> validation = options_.validation->template cast<Scalar>();
  return {merge_interactions(view_of(data_.x, "fit_best"), view_of(validation, "fit_best"), when_both::add).map()};
}

template <class Scalar>
any_recommender<Scalar> best_search<Scalar>::trained_on_everything(const blend_choice<Scalar>& choice) const {
  const training_data<Scalar> merged = options_.validation ? with_validation() : training_data<Scalar>{};
  const training_data<Scalar>& all = options_.validation ? merged : data_;
  std::vector<any_recommender<Scalar>> models;
  for (const auto* member : choice.members()) models.push_back(train_(member->parameters, all).model);
  return with_fallback(blend_of<Scalar>(choice.setting(), std::move(models)), all);
}

/// Users without a history get what their segments have, or everybody.
template <class Scalar>
any_recommender<Scalar> best_search<Scalar>::with_fallback(any_recommender<Scalar> model,
                                                           const training_data<Scalar>& all) const {
  std::vector<any_recommender<Scalar>> parts{std::move(model)};
  const auto add = [&](const char* kind) {
    if (is_excluded(kind)) return;
    parts.push_back(train_({{"model", parameter_value(std::string_view(kind))}}, all).model);
  };
  if (options_.user_segments) add("segment_popularity");
  add("popularity");
  if (parts.size() == 1) return parts.front();
  return any_fallback<Scalar>(std::move(parts));
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
