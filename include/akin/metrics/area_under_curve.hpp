/// @file
/// Area under the curve: the quality of the scores of all items of a catalogue.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The relevant items with one score, and the other items above and at it.
template <class Scalar>
struct score_step {
  Scalar score;
  std::int64_t relevant = 0;
  std::int64_t above = 0;  ///< other items with a larger score
  std::int64_t tied = 0;   ///< other items with this score
};

/// Counts by comparing every item with every step, which vectorises: for few steps.
template <class Scalar>
void count_by_passes(std::span<const Scalar> scores, std::vector<score_step<Scalar>>& steps) {
  constexpr std::size_t at_once = 2048;  // stay in the first-level cache for all steps
  for (std::size_t begin = 0; begin < scores.size(); begin += at_once) {
    const auto block = scores.subspan(begin, std::min(at_once, scores.size() - begin));
    for (auto& step : steps) {
      const Scalar bound = step.score;
      std::int32_t above = 0, tied = 0;
      for (const Scalar score : block) {
        above += score > bound;
        tied += score == bound;
      }
      step.above += above;
      step.tied += tied;
    }
  }
}

/// The same by a binary search for each item that is not below the last step: for many steps.
template <class Scalar>
void count_by_search(std::span<const Scalar> scores, std::vector<score_step<Scalar>>& steps) {
  const Scalar least = steps.back().score;
  for (const Scalar score : scores) {
    if (!(score >= least)) continue;
    const auto at =
        std::lower_bound(steps.begin(), steps.end(), score, [](const auto& step, Scalar x) { return step.score > x; });
    ++(at->score == score ? at->tied : at->above);
  }
  std::int64_t above = 0;  // so far, between a step and the previous one
  for (auto& step : steps) {
    step.above += above;
    above = step.above + step.tied;
  }
}

/// The distinct scores of the relevant items, best first. `candidates` counts all items that could be ranked; those
/// with a score of -infinity share the last place.
template <class Scalar, class Index>
std::vector<score_step<Scalar>> score_steps(std::span<const Scalar> scores, std::span<const Index> relevant,
                                            std::int64_t candidates) {
  constexpr Scalar no_score = -std::numeric_limits<Scalar>::infinity();
  constexpr std::size_t few = 64;
  std::vector<Scalar> relevant_scores;
  relevant_scores.reserve(relevant.size());
  for (const Index item : relevant) relevant_scores.push_back(scores.empty() ? no_score : at(scores, item));
  std::sort(relevant_scores.begin(), relevant_scores.end(), std::greater<>());
  std::vector<score_step<Scalar>> steps;
  for (const Scalar score : relevant_scores) {
    if (steps.empty() || steps.back().score != score) steps.push_back({score});
    ++steps.back().relevant;
  }
  if (steps.size() <= few)
    count_by_passes(scores, steps);
  else
    count_by_search(scores, steps);
  std::int64_t found = 0;  // the counts still include relevant items
  for (auto& step : steps) {
    step.above -= found;
    found += step.relevant;
    const std::int64_t tied = step.tied - step.relevant;
    step.tied = step.score == no_score ? candidates - std::ssize(relevant) - step.above : tied;
  }
  return steps;
}

/// Throws unless these are scores of items and ascending relevant items.
template <class Scalar>
void check_scored(std::span<const Scalar> scores, std::span<const std::int32_t> relevant, std::string_view where) {
  for (std::size_t item = 0; item < scores.size(); ++item)
    if (is_nan(scores[item])) fail<std::invalid_argument>(where, ": scores must be numbers, got NaN for item ", item);
  for (std::size_t i = 0; i < relevant.size(); ++i) {
    require_id(relevant[i], std::ssize(scores), where, "each of relevant");
    if (i > 0 && relevant[i] <= relevant[i - 1])
      fail<std::invalid_argument>(where, ": relevant must ascend without repetition, got ", relevant[i], " after ",
                                  relevant[i - 1]);
  }
}

/// A metric of scores for the caller's scores, with all items as candidates.
template <class Metric, class Scalar>
double judge_scores(const Metric& metric, std::span<const Scalar> scores, std::span<const std::int32_t> relevant,
                    std::string_view where) {
  check_scored(scores, relevant, where);
  const metrics::judged_list<std::int32_t> list{0, {}, relevant, {}};
  return metric(list, metrics::scored_items<Scalar>{scores, std::ssize(scores)});
}

AKIN_COMPILE_ONCE(metrics, std::vector<score_step<float>> score_steps<float, std::int32_t>(
                               std::span<const float>, std::span<const std::int32_t>, std::int64_t))
AKIN_COMPILE_ONCE(metrics, std::vector<score_step<double>> score_steps<double, std::int32_t>(
                               std::span<const double>, std::span<const std::int32_t>, std::int64_t))

}  // namespace detail

namespace metrics {

/// The area under a user's ROC curve: the probability that a relevant item has a larger score than another candidate,
/// where equal scores count half (J. A. Hanley, B. J. McNeil, "The Meaning and Use of the Area under a Receiver
/// Operating Characteristic Curve", Radiology 1982). Candidates are all items that could be recommended: with
/// exclude_seen not those of train. Items without a score, -infinity, are tied at the bottom.
///
/// 0.5, as for random scores, if every candidate is relevant, or the model does not know the user, so that the same
/// users count for each model and metric. As a (scores, relevant) call 0 if nothing is relevant, as the metrics of
/// lists; scores of all items, relevant items ascending; throws std::invalid_argument if a score is NaN, or relevant
/// does not ascend or names no item. O(items log R) time for R relevant items; for up to 64 of them O(items * R)
/// comparisons by SIMD, which are faster. O(R) memory.
struct auc {
  static constexpr bool wants_scores = true;

  template <class Scalar, class Index>
  double operator()(const judged_list<Index>& list, const scored_items<Scalar>& items) const {
    const std::int64_t relevant = std::ssize(list.relevant);
    const std::int64_t others = items.candidates - relevant;
    if (relevant == 0) return 0;
    if (others == 0) return 0.5;
    std::int64_t twice = 0;  // pairs in the right order count 2, tied ones 1
    for (const auto& step : detail::score_steps(items.scores, list.relevant, items.candidates))
      twice += step.relevant * (2 * (others - step.above) - step.tied);
    return static_cast<double>(twice) / (2 * static_cast<double>(relevant) * static_cast<double>(others));
  }
  double operator()(std::span<const float> scores, std::span<const std::int32_t> relevant) const;
  double operator()(std::span<const double> scores, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::auc";
};

/// The area under the first part of the ROC curve, up to a false positive rate f in (0, 1], on the scale where chance
/// is 0.5 and perfect is 1: (1 + (A - f²/2) / (f - f²/2)) / 2, A the raw area (D. K. McClish, "Analyzing a Portion of
/// the ROC Curve", Medical Decision Making 1989; scikit-learn's roc_auc_score with max_fpr). With f = 1 it is auc.
/// Everything else as auc; throws if f is not in (0, 1].
struct partial_auc {
  static constexpr bool wants_scores = true;
  double max_false_positive_rate = 0.1;

  template <class Scalar, class Index>
  double operator()(const judged_list<Index>& list, const scored_items<Scalar>& items) const {
    const double f = max_false_positive_rate;
    detail::require(f > 0 && f <= 1, name, "max_false_positive_rate must be above 0 and at most 1", f);
    const auto relevant = static_cast<double>(list.relevant.size());
    const double others = static_cast<double>(items.candidates) - relevant;
    if (list.relevant.empty()) return 0;
    if (others == 0) return 0.5;
    const double limit = f * others;
    double area = 0, found = 0, from = 0;  // the curve so far: up to `from` others, `found` relevant items
    for (const auto& step : detail::score_steps(items.scores, list.relevant, items.candidates)) {
      const auto above = static_cast<double>(step.above), tied = static_cast<double>(step.tied);
      const auto rise = static_cast<double>(step.relevant);
      if (above >= limit) break;
      area += found * (above - from);
      const double run = std::min(tied, limit - above);
      if (run > 0) area += run * (found + 0.5 * rise * (run / tied));
      from = above + run;
      found += rise;
    }
    // If the last tie was cut short, nothing is left to add.
    area += found * (limit - from);
    const double least = 0.5 * f * f, share = area / (relevant * others);
    return 0.5 * (1 + (share - least) / (f - least));
  }
  double operator()(std::span<const float> scores, std::span<const std::int32_t> relevant) const;
  double operator()(std::span<const double> scores, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::partial_auc";
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace metrics {

AKIN_INLINE double auc::operator()(std::span<const float> scores, std::span<const std::int32_t> relevant) const {
  return detail::judge_scores(*this, scores, relevant, name);
}

AKIN_INLINE double auc::operator()(std::span<const double> scores, std::span<const std::int32_t> relevant) const {
  return detail::judge_scores(*this, scores, relevant, name);
}

AKIN_INLINE double partial_auc::operator()(std::span<const float> scores,
                                           std::span<const std::int32_t> relevant) const {
  return detail::judge_scores(*this, scores, relevant, name);
}

AKIN_INLINE double partial_auc::operator()(std::span<const double> scores,
                                           std::span<const std::int32_t> relevant) const {
  return detail::judge_scores(*this, scores, relevant, name);
}

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
#endif
