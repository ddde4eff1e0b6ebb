/// @file
/// Linear item-item models of sessions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/model/file.hpp>
#include <akin/model/weighted_next_table.hpp>
#include <akin/parallel.hpp>
#include <akin/sessions/session_linear_options.hpp>
#include <akin/train/sequence_model.hpp>
#include <akin/train/sequence_regression.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of session_linear.
template <class Scalar, class Index>
struct session_linear_task {
  static constexpr std::string_view kind = "session_linear";
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = session_linear_options;
  using table_type = weighted_next_table<Scalar, Index>;

  options_type options;

  table_type learn(const detail::host_policy& policy, const sequences<Index>& train) const {
    return {regress_next_items<Scalar>(policy, train,
                                       {.alpha = options.alpha,
                                        .regularization = options.regularization,
                                        .transition_scale = options.transition_scale,
                                        .age_scale = options.age_scale,
                                        .neighbors = options.neighbors,
                                        .tolerance = options.tolerance,
                                        .max_steps = options.max_steps}),
            options.position_scale};
  }
  table_type read_table(const model_reader& reader) const {
    return table_type::read_from(reader, options.position_scale);
  }
};

/// Scores item j after a sequence of T events by
///   sum over its events t of exp(-(T - t) / position_scale) b_(item of t) j
/// where the weights B are those of regress_next_items: with alpha = 1 of the items of a session whatever their order
/// (SLIS), with alpha = 0 of what follows what (SLIT), between them of both (SLIST). Only positive weights are kept,
/// the `neighbors` largest of each item. An item of no weight is not recommended.
///
/// Complexity: that of regress_next_items, mostly steps * nonzeros of X'X * items; holds items * neighbors weights. A
/// sequence is scored in O(events * neighbors + items). Deterministic: the same bits for any number of threads. Const
/// members may be called from many threads. Source: M. Choi, J. Kim, J. Lee, H. Shim, J. Lee, "Session-aware Linear
/// Item-Item Models for Session-based Recommendation", WWW 2021.
template <class Scalar = float, class Index = std::int32_t>
class session_linear : public sequence_model<session_linear_task<Scalar, Index>> {
  using base = sequence_model<session_linear_task<Scalar, Index>>;

 public:
  using base::base;
  static session_linear read_from(const model_reader& reader) { return base::template read_as<session_linear>(reader); }
};
session_linear(const session_linear_options&)->session_linear<>;

AKIN_COMPILE_ONCE(sessions, class session_linear<float>)
AKIN_COMPILE_ONCE(sessions, class sequence_model<session_linear_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(sessions, class session_linear<double>)
AKIN_COMPILE_ONCE(sessions, class sequence_model<session_linear_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
