/// @file
/// What is wrong with a query: a status for recommend_one, a sentence for all others.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend_status.hpp>

namespace akin::inline AKIN_ABI::detail {

struct query_problem {
  recommend_status status = recommend_status::ok;
  const char* field = "";  // that is wrong
  std::int64_t found = 0;  // its items, or the candidate

  bool is_any() const noexcept { return status != recommend_status::ok; }
};

/// The first problem of a query to a model of `users` and `items`.
template <class Index>
query_problem problem_of(const query<Index>& q, std::int64_t users, std::int64_t items) noexcept {
  if (q.k < 1) return {recommend_status::invalid_k, "k", q.k};
  if (std::isnan(q.minimum_score)) return {recommend_status::invalid_minimum, "minimum_score"};
  if (q.exclude.rows != 0 && (q.exclude.offsets == nullptr || q.exclude.rows != users || q.exclude.cols != items))
    return {recommend_status::mismatched_exclude, "exclude", q.exclude.cols};
  struct field {
    recommend_status status;
    const char* name;
    bool is_set;
    std::int64_t items;
  };
  const availability& times = q.available;
  const field fields[] = {
      {recommend_status::mismatched_mask, "allow", q.allow.is_set(), q.allow.items},
      {recommend_status::mismatched_mask, "deny", q.deny.is_set(), q.deny.items},
      {recommend_status::mismatched_availability, "available.from", !times.from.empty(), std::ssize(times.from)},
      {recommend_status::mismatched_availability, "available.until", !times.until.empty(), std::ssize(times.until)}};
  for (const field& f : fields)
    if (f.is_set && f.items != items) return {f.status, f.name, f.items};
  if (q.candidates)
    for (const Index item : *q.candidates)
      if (item < 0 || item >= items) return {recommend_status::unknown_candidate, "each of candidates", item};
  return {};
}

/// Throws unless the query fits a model of `users` and `items`.
template <class Index>
void check_query(const query<Index>& q, std::int64_t users, std::int64_t items, std::string_view where) {
  const query_problem problem = problem_of(q, users, items);
  switch (problem.status) {
    case recommend_status::ok:
      return;
    case recommend_status::invalid_k:
      require(false, where, "k must be positive", q.k);
      return;
    case recommend_status::invalid_minimum:
      require(false, where, "minimum_score must be a number", q.minimum_score);
      return;
    case recommend_status::mismatched_exclude:
      require(q.exclude.offsets != nullptr, where, "exclude must be compressed, call makeCompressed() first");
      fail<std::invalid_argument>(where, ": exclude must be ", users, " x ", items, " like the model, got ",
                                  q.exclude.rows, " x ", q.exclude.cols);
    case recommend_status::unknown_candidate:
      require_id(problem.found, items, where, problem.field);
      return;
    default:
      fail<std::invalid_argument>(where, ": ", problem.field, " must be of the model's ", items, " items, got ",
                                  problem.found);
  }
}

}  // namespace akin::inline AKIN_ABI::detail
