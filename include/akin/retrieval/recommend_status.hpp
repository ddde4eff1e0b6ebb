/// @file
/// The status that recommend_one returns; it never throws.
#pragma once

#include <cstddef>
#include <string_view>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin {
inline namespace AKIN_SEAM {

enum class recommend_status {
  ok,                       ///< the list has k items, or all eligible ones if they are fewer
  no_evidence,              ///< the model knows nothing of the user: no items
  not_fitted,               ///< the model has learnt nothing yet
  unknown_user,             ///< not an id of the model
  invalid_k,                ///< k of the query is below 1
  short_span,               ///< items or scores are shorter than min(k, items of the model)
  small_workspace,          ///< made for fewer items or shorter lists, for example before the model grew
  mismatched_exclude,       ///< not of the model's users and items, or not compressed
  mismatched_mask,          ///< allow or deny is not of the model's items
  mismatched_availability,  ///< from or until is not of the model's items
  unknown_candidate,        ///< not an id of the model
  invalid_minimum,          ///< minimum_score is not a number
  invalid_vector,           ///< of another length than the index's, or not finite
  fitted_on_nothing         ///< the model was fitted on 0 users x 0 items
};

/// A sentence for a log.
constexpr std::string_view to_string(recommend_status status) noexcept {
  switch (status) {
    case recommend_status::ok:
      return "ok";
    case recommend_status::no_evidence:
      return "the model knows nothing of the user";
    case recommend_status::not_fitted:
      return "the model has learnt nothing yet, call fit first";
    case recommend_status::unknown_user:
      return "user must be an id of the model";
    case recommend_status::invalid_k:
      return "k must be positive";
    case recommend_status::short_span:
      return "items and scores must have room for k, or all items where those are fewer";
    case recommend_status::small_workspace:
      return "the workspace must have room for the model's items and k, call grow";
    case recommend_status::mismatched_exclude:
      return "exclude must be compressed, and users x items like the model";
    case recommend_status::mismatched_mask:
      return "allow and deny must be of the model's items";
    case recommend_status::mismatched_availability:
      return "available must have a time for each of the model's items";
    case recommend_status::unknown_candidate:
      return "each of candidates must be an id of the model";
    case recommend_status::invalid_minimum:
      return "minimum_score must be a number";
    case recommend_status::invalid_vector:
      return "the vector must have as many numbers as the index's rows, all finite";
    case recommend_status::fitted_on_nothing:
      return "the model has learnt nothing, it was fitted on 0 users x 0 items";
  }
  return "no status";
}

/// The number of items written, and the status.
struct recommend_result {
  std::size_t count = 0;
  recommend_status status = recommend_status::ok;
};

/// The old names, which go with the next version that may change the interface.
using one_status = recommend_status;
using one_result [[deprecated("akin: renamed to recommend_result")]] = recommend_result;

}  // namespace AKIN_SEAM
}  // namespace akin
