/// @file
/// Sequential rules: what follows an item within a few steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/next_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/model/top_rows.hpp>
#include <akin/parallel.hpp>
#include <akin/sessions/markov_chain_options.hpp>
#include <akin/train/sequence_model.hpp>
#include <akin/train/transitions.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The weight of a transition over d events.
inline double step_weight(const markov_chain_options& options, int d) {
  switch (options.decay) {
    case step_decay::none:
      return 1;
    case step_decay::inverse:
      return 1.0 / d;
    case step_decay::inverse_square:
      return 1.0 / (static_cast<double>(d) * d);
    case step_decay::logarithmic:
      return 1 / std::log2(1.0 + d);
    case step_decay::linear:
      break;
  }
  return 1 - (d - 1.0) / options.steps;
}

/// Answers from the last item of a sequence that has followers.
template <class Scalar, class Index>
class markov_chain_table : public next_table<Scalar, Index> {
  using base = next_table<Scalar, Index>;

 public:
  using base::base;

  /// Fills out[item] for all items, -infinity for those that never followed.
  void score_sequence(const sequence_view<Index>& sequence, std::span<Scalar> out) const noexcept {
    for (std::int64_t event = sequence.size() - 1; event >= 0; --event)
      if (has_followers(sequence.items[event])) return this->similarity_all(sequence.items[event], out);
    std::fill(out.begin(), out.end(), no_score<Scalar>);
  }

  static markov_chain_table read_from(const model_reader& reader) {
    return markov_chain_table(base::map_weights(reader));
  }

 private:
  bool has_followers(Index item) const noexcept {
    return item >= 0 && item < this->items() && this->weights_.view().row_size(item) > 0;
  }
};

}  // namespace detail

/// The algorithm of markov_chain.
template <class Scalar, class Index>
struct markov_chain_task {
  static constexpr std::string_view kind = "markov_chain";
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = markov_chain_options;
  using table_type = detail::markov_chain_table<Scalar, Index>;

  options_type options;

  table_type learn(const detail::host_policy& policy, const sequences<Index>& train) const {
    std::vector<double> weights;
    for (int d = 1; d <= options.steps; ++d) weights.push_back(detail::step_weight(options, d));
    const auto events = events_of_items<Scalar>(train);
    const auto following = following_events<Scalar>(train, std::span<const double>(weights), "markov_chain::fit");
    return table_type(detail::top_rows<1>(policy, detail::terms_of(events), detail::terms_of(following),
                                          options.neighbors, Scalar{0}, false, detail::sums_are_scores{}));
  }
  table_type read_table(const model_reader& reader) const { return table_type::read_from(reader); }
};

/// Scores item j after item i by how often j came within `steps` events after i:
///   w_ij = sum over the events e of item i and d = 1 ... steps with the item of event e + d being j of decay(d)
/// A sequence is answered by its last item that was ever followed by another. An item may follow itself. Each item
/// keeps its `neighbors` largest weights, ties to the smaller id.
///
/// Complexity: fit O(events * steps) on all workers, with 8 bytes for each of them meanwhile; holds items * neighbors
/// weights. A sequence is scored in O(items). Deterministic: the same bits for any number of threads. Const members may
/// be called from many threads. Source: M. Ludewig, D. Jannach, "Evaluation of session-based recommendation
/// algorithms", User Modeling and User-Adapted Interaction 28, 2018: sequential rules, and with steps = 1 a Markov
/// chain of first order.
template <class Scalar = float, class Index = std::int32_t>
class markov_chain : public sequence_model<markov_chain_task<Scalar, Index>> {
  using base = sequence_model<markov_chain_task<Scalar, Index>>;

 public:
  using base::base;
  static markov_chain read_from(const model_reader& reader) { return base::template read_as<markov_chain>(reader); }
};
markov_chain(const markov_chain_options&)->markov_chain<>;

AKIN_COMPILE_ONCE(sessions, class markov_chain<float>)
AKIN_COMPILE_ONCE(sessions, class sequence_model<markov_chain_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(sessions, class markov_chain<double>)
AKIN_COMPILE_ONCE(sessions, class sequence_model<markov_chain_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
