/// @file
/// The weights of the models that fit_best blends.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/hybrid/normal_form.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/tuning/any_metric.hpp>
#include <akin/tuning/detail/judging.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A normalisation and a weight for each model.
struct blend_setting {
  akin::normalization normalization = akin::normalization::min_max;
  std::vector<double> weights;
};

/// The items that may be in a user's blended list, the best ones of each model, with their scores of all models.
struct blend_candidates {
  std::int32_t user = 0;
  std::vector<std::int32_t> items;   // ascending
  std::vector<float> scores;         // items x models; -infinity: not scored
  std::vector<normal_form> min_max;  // of each model
  std::vector<normal_form> z_score;
};

/// Blends of models of one cut, evaluated from the scores of each user's candidates.
template <class Scalar>
class blend_trial {
 public:
  blend_trial(const host_policy& policy, const validation_cut<Scalar>& cut,
              const std::vector<any_recommender<Scalar>>& models, const any_metric& metric)
      : cut_(cut), models_(models), metric_(metric), candidates_(cut.choosing.size()) {
    const std::int64_t blocks = (std::ssize(cut.choosing) + combined_users - 1) / combined_users;
    for_each_row(policy, blocks, [&](std::int64_t block, int) { collect(block * combined_users); });
  }

  /// The metric of the blend's list for each choosing user.
  std::vector<double> values(const host_policy& policy, const blend_setting& setting) const {
    std::vector<double> result(candidates_.size());
    per_worker<scratch> workers(worker_count(policy, std::ssize(candidates_)));
    for_each_row(policy, std::ssize(candidates_), [&](std::int64_t row, int worker) {
      const auto number = static_cast<std::size_t>(row);
      result[number] = value_of_user(candidates_[number], setting, workers[worker]);
    });
    return result;
  }

 private:
  struct scratch {
    judging_scratch judging;
    std::vector<std::pair<double, std::int32_t>> ranked;
  };

  /// That many times the length of a list of each model: what is deeper hardly rises to the top of a blend.
  static constexpr std::int64_t depth = 5, least_depth = 50;

  /// The candidates of a block of users.
  void collect(std::int64_t first) {
    const auto count = std::min<std::int64_t>(combined_users, std::ssize(candidates_) - first);
    const std::span<const std::int32_t> users(cut_.choosing.data() + first, static_cast<std::size_t>(count));
    const std::int64_t items = cut_.train.x.cols();
    std::vector<numbers<Scalar>> memory(models_.size(), numbers<Scalar>(count * items));
    for (std::size_t m = 0; m < models_.size(); ++m)
      models_[m].score_rows(users, rows_view<Scalar>{memory[m].data(), count, items});
    for (std::int64_t row = 0; row < count; ++row) {
      std::vector<std::span<Scalar>> rows;
      for (auto& of_model : memory) rows.emplace_back(of_model.data() + row * items, static_cast<std::size_t>(items));
      fill(candidates_[static_cast<std::size_t>(first + row)], users[static_cast<std::size_t>(row)], rows);
    }
  }

  /// `rows`: the scores of all items by each model.
  void fill(blend_candidates& to, std::int32_t user, const std::vector<std::span<Scalar>>& rows) const {
    to.user = user;
    for (const auto& row : rows) {
      to.min_max.push_back(form_of<Scalar>(normalization::min_max, row));
      to.z_score.push_back(form_of<Scalar>(normalization::z_score, row));
      add_best(to.items, row, view_of(cut_.train.x, "fit_best").row(user).ids);
    }
    std::sort(to.items.begin(), to.items.end());
    to.items.erase(std::unique(to.items.begin(), to.items.end()), to.items.end());
    for (const std::int32_t item : to.items)
      for (const auto& row : rows) to.scores.push_back(static_cast<float>(row[static_cast<std::size_t>(item)]));
  }

  /// The best items of a row without the seen ones.
  void add_best(std::vector<std::int32_t>& to, std::span<const Scalar> row, slice<const std::int32_t> seen) const {
    const auto k = std::max(least_depth, depth * metric_.k);
    std::vector<std::int32_t> ids(row.size());
    std::iota(ids.begin(), ids.end(), 0);
    std::erase_if(ids, [&](std::int32_t id) {
      return !(row[static_cast<std::size_t>(id)] > no_score<Scalar>) ||
             std::binary_search(seen.begin(), seen.end(), id);
    });
    if (std::ssize(ids) > k) {
      std::nth_element(ids.begin(), ids.begin() + k, ids.end(), [&](std::int32_t a, std::int32_t b) {
        const Scalar of_a = row[static_cast<std::size_t>(a)], of_b = row[static_cast<std::size_t>(b)];
        return of_a != of_b ? of_a > of_b : a < b;
      });
      ids.resize(static_cast<std::size_t>(k));
    }
    to.insert(to.end(), ids.begin(), ids.end());
  }

  double value_of_user(const blend_candidates& of, const blend_setting& setting, scratch& mine) const {
    const auto& forms = setting.normalization == normalization::z_score ? of.z_score : of.min_max;
    mine.ranked.clear();
    for (std::size_t i = 0; i < of.items.size(); ++i) {
      double sum = 0;
      for (std::size_t m = 0; m < forms.size(); ++m) {
        if (!(setting.weights[m] > 0)) continue;
        const auto score = static_cast<double>(of.scores[i * forms.size() + m]);
        const bool is_scored = score > no_score<double>;
        sum += setting.weights[m] * (is_scored ? (score - forms[m].origin) * forms[m].factor : forms[m].unscored);
      }
      mine.ranked.emplace_back(-sum, of.items[i]);
    }
    const auto k = std::min<std::ptrdiff_t>(metric_.k, std::ssize(mine.ranked));
    std::partial_sort(mine.ranked.begin(), mine.ranked.begin() + k, mine.ranked.end());
    mine.judging.ranked.clear();
    for (std::ptrdiff_t i = 0; i < k; ++i)
      mine.judging.ranked.push_back(mine.ranked[static_cast<std::size_t>(i)].second);
    return judge_list<Scalar>(metric_, cut_, of.user, mine.judging.ranked, mine.judging);
  }

  const validation_cut<Scalar>& cut_;
  const std::vector<any_recommender<Scalar>>& models_;
  const any_metric& metric_;
  std::vector<blend_candidates> candidates_;
};

/// The weights, made to sum to 1.
inline std::vector<double> shares_of_sum(std::vector<double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Coordinate search: one weight after the other is multiplied by some factors, or set to 0, from equal weights under
/// both normalisations; `mean` gives the score of a setting. Each weight is moved a few times, by smaller steps.
template <class Mean>
blend_setting search_blend(std::size_t models, const Mean& mean) {
  blend_setting best{normalization::min_max, std::vector<double>(models, 1.0 / static_cast<double>(models))};
  double best_value = mean(best);
  const auto take_if_better = [&](blend_setting setting) {
    if (const double value = mean(setting); value > best_value) {
      best_value = value;
      best = std::move(setting);
    }
  };
  take_if_better({normalization::z_score, best.weights});
  for (const double step : {3.0, 1.7, 1.3})
    for (std::size_t along = 0; along < models; ++along) {
      const blend_setting from = best;
      for (const double factor : {0.0, 1 / (step * step), 1 / step, step, step * step}) {
        blend_setting to = from;
        to.weights[along] *= factor;
        if (models > 1 && std::accumulate(to.weights.begin(), to.weights.end(), 0.0) > 0) {
          to.weights = shares_of_sum(std::move(to.weights));
          take_if_better(std::move(to));
        }
      }
    }
  return best;
}

/// Weights moved towards equal ones, as far as few users prove little: by prior / (prior + users). Weights of 0 stay.
inline std::vector<double> shrunk(std::vector<double> weights, double users) {
  constexpr double prior = 1000;
  const double share = prior / (prior + users);
  const auto used = static_cast<double>(std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; }));
  for (double& weight : weights)
    if (weight > 0) weight = (1 - share) * weight + share / used;
  return weights;
}

}  // namespace akin::inline AKIN_ABI::detail
