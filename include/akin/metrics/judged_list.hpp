/// @file
/// The input of a metric, one user's list and relevant items, and the forms of a metric.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace metrics {

/// One user's ranked list and relevant items.
template <class Index = std::int32_t>
struct judged_list {
  std::int64_t user = 0;
  std::span<const Index> ranked;       ///< items, best first, none twice; may be shorter than a metric's k
  std::span<const Index> relevant;     ///< items, ascending
  std::span<const std::int32_t> hits;  ///< the ranks of the relevant items, 0 for the first, ascending
  std::span<const double> gains = {};  ///< the values of the relevant items in test; empty if none are known

  /// The hits among the first k ranks.
  [[nodiscard]] std::span<const std::int32_t> hits_within(int k) const noexcept {
    return hits.first(static_cast<std::size_t>(std::lower_bound(hits.begin(), hits.end(), k) - hits.begin()));
  }
};

/// The common data of the lists of an evaluation.
template <class Index = std::int32_t>
struct list_context {
  std::int64_t users = 0;
  std::int64_t items = 0;      ///< the catalogue
  sparsity_view<Index> train;  ///< the items that each user already had
};

/// A metric of one list, whose result is the mean over the users: callable on a judged_list, or, for simple metrics, on
/// (ranked, relevant) spans. `k` is the length of its list.
template <class Metric, class Index = std::int32_t>
concept user_metric = requires(const Metric& metric) {
  { metric.k } -> std::convertible_to<int>;
}
&&(
    requires(const Metric& metric, const judged_list<Index>& list) {
      { metric(list) } -> std::convertible_to<double>;
    } ||
    requires(const Metric& metric, std::span<const Index> ids) {
      { metric(ids, ids) } -> std::convertible_to<double>;
    });

/// A metric of all lists together: accumulate(context) starts a state that takes lists with add, another state with
/// merge, and has a value(). Lists are added in any order and grouping, on which the state must not depend: integers
/// and bits, no sums of floating point.
template <class Metric, class Index = std::int32_t>
concept aggregate_metric = requires(const Metric& metric, const list_context<Index>& context,
                                    const judged_list<Index>& list) {
  { metric.k } -> std::convertible_to<int>;
  metric.accumulate(context).add(list);
  metric.accumulate(context).merge(metric.accumulate(context));
  { metric.accumulate(context).value() } -> std::convertible_to<double>;
};

/// A metric of one list that uses the catalogue or the users' items: prepare(context) makes, once an evaluation, an
/// object that is callable on a judged_list; the result is the mean over the users. All workers share the object: its
/// operator() is const, safe in several threads at once, and allocates nothing large.
template <class Metric, class Index = std::int32_t>
concept prepared_metric = requires(const Metric& metric, const list_context<Index>& context,
                                   const judged_list<Index>& list) {
  { metric.k } -> std::convertible_to<int>;
  { metric.prepare(context)(list) } -> std::convertible_to<double>;
};

/// A metric of lists, in any of these forms.
template <class Metric, class Index = std::int32_t>
concept list_metric = user_metric<Metric, Index> || aggregate_metric<Metric, Index> || prepared_metric<Metric, Index>;

/// The scores of a model of all items for one user.
template <class Scalar>
struct scored_items {
  /// One for each item; -infinity if the item has no evidence or is not a candidate. Empty if the model does not know
  /// the user: then all candidates are equal.
  std::span<const Scalar> scores;
  std::int64_t candidates = 0;  ///< items that could be ranked, all relevant ones among them
};

/// A metric of the scores of all items, such as auc: has `static constexpr bool wants_scores = true`, needs no k, and
/// is callable on (judged_list, scored_items); the result is the mean over the users. It costs a row of scores for each
/// user, while metrics of lists need only the best items.
template <class Metric, class Scalar = float, class Index = std::int32_t>
concept scored_metric = requires(const Metric& metric, const judged_list<Index>& list,
                                 const scored_items<Scalar>& items) {
  requires bool(Metric::wants_scores);
  { metric(list, items) } -> std::convertible_to<double>;
};

}  // namespace metrics

namespace detail {

/// Fills hits with the ranks of `ranked` that hold an item of `relevant`, which ascends.
template <class Index>
void find_hits(std::span<const Index> ranked, std::span<const Index> relevant, std::vector<std::int32_t>& hits) {
  hits.clear();
  for (std::size_t rank = 0; rank < ranked.size(); ++rank)
    if (std::binary_search(relevant.begin(), relevant.end(), ranked[rank]))
      hits.push_back(static_cast<std::int32_t>(rank));
}

/// The value of a user_metric for a list.
template <class Metric, class Index>
double value_of(const Metric& metric, const metrics::judged_list<Index>& list) {
  if constexpr (requires { metric(list); }) {
    return static_cast<double>(metric(list));
  } else {
    const auto k = static_cast<std::size_t>(metric.k);
    return static_cast<double>(metric(list.ranked.first(std::min(k, list.ranked.size())), list.relevant));
  }
}

/// The metric of the caller's list; throws if an item is ranked twice or `relevant` does not ascend.
template <class Metric>
double judge(const Metric& metric, std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant,
             std::string_view where) {
  for (std::size_t i = 1; i < relevant.size(); ++i)
    if (relevant[i] <= relevant[i - 1])
      fail<std::invalid_argument>(where, ": relevant must ascend without repetition, got ", relevant[i], " after ",
                                  relevant[i - 1]);
  std::vector<std::int32_t> sorted(ranked.begin(), ranked.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    fail<std::invalid_argument>(where, ": ranked must hold an item once, got ", *twice, " twice");
  std::vector<std::int32_t> hits;
  find_hits(ranked, relevant, hits);
  return metric(metrics::judged_list<std::int32_t>{0, ranked, relevant, hits});
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
