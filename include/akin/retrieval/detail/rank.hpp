/// @file
/// From a row of scores to a ranked list, for recommend, similar_items and evaluate.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/detail/item_filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Throws unless the query fits a model of `users` and `items`.
template <class Index>
void check_query(const query<Index>& q, std::int64_t users, std::int64_t items, std::string_view where) {
  require(q.k >= 1, where, "k must be positive", q.k);
  if (q.exclude.rows != 0) {
    require(q.exclude.offsets != nullptr, where, "exclude must be compressed, call makeCompressed() first");
    if (q.exclude.rows != users || q.exclude.cols != items)
      fail<std::invalid_argument>(where, ": exclude must be ", users, " x ", items, " like the model, got ",
                                  q.exclude.rows, " x ", q.exclude.cols);
  }
  if (q.candidates)
    for (const Index item : *q.candidates) require_id(item, items, where, "each of candidates");
  const auto check_items = [&](bool is_given, std::int64_t found, const char* what) {
    if (is_given && found != items)
      fail<std::invalid_argument>(where, ": ", what, " must be of the model's ", items, " items, got ", found);
  };
  check_items(q.allow.is_set(), q.allow.items, "allow");
  check_items(q.deny.is_set(), q.deny.items, "deny");
  const availability& times = q.available;
  check_items(!times.from.empty(), std::ssize(times.from), "available.from");
  check_items(!times.until.empty(), std::ssize(times.until), "available.until");
  require(!std::isnan(q.minimum_score), where, "minimum_score must be a number", q.minimum_score);
}

/// One worker's memory for ranking: scores for each item, for `rows` users at once, and the best of them.
template <class Scalar, class Index>
struct ranking_scratch {
  ranking_scratch(std::int64_t items, std::int64_t k, std::int64_t rows = 1)
      : scores(items * rows), best(std::min(k, items)) {}

  numbers<Scalar> scores;
  numbers<kernels::scored<Scalar, Index>> best;
};

/// Ranks a user's scores, which it overwrites, under the query; `excluded` is the row of its exclusion. Fills `list`
/// with the best, as many as it can hold, and returns their number. O(items + selected * log k).
template <class Scalar, class Index>
std::int64_t rank_scores(const query<Index>& q, slice<const Index> excluded, std::span<Scalar> scores,
                         std::type_identity_t<std::span<kernels::scored<Scalar, Index>>> list) noexcept {
  for (const Index item : excluded)
    if (static_cast<std::size_t>(item) < scores.size()) at(scores, item) = no_score<Scalar>;
  if (list.empty()) return 0;
  const item_filter<Index> filter(q);
  kernels::top_k<Scalar, Index> best(list.data(), std::ssize(list), least_bound<Scalar>(q));
  if (q.candidates) {
    for (const Index item : *q.candidates) {
      Scalar& score = at(scores, item);
      if (filter.allows(item)) best.offer(score, item);
      score = no_score<Scalar>;  // a repeated candidate appears once
    }
  } else {
    kernels::offer_all(scores.data(), std::ssize(scores), Index{0}, best,
                       [&](Index item) { return filter.allows(item); });
  }
  return best.finish();
}

/// The excluded items of row `row`, none if the query excludes nothing.
template <class Index>
slice<const Index> excluded_row(const query<Index>& q, std::int64_t row) {
  return q.exclude.rows == 0 ? slice<const Index>{} : q.exclude.row(row);
}

}  // namespace akin::inline AKIN_ABI::detail
