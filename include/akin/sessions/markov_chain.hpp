/// @file
/// Sequential rules: what follows an item within a few steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/next_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/model/top_rows.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/sessions/markov_chain_options.hpp>
#include <akin/train/sequence_model.hpp>
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

/// Events x items: the events that follow each one within `steps`, with the weights of their distances.
template <class Scalar, class Index>
csr_storage<Scalar, Index> following_events(const sequences<Index>& train, const markov_chain_options& options) {
  const auto followers = [&](std::int64_t size, std::int64_t event) {
    return std::min<std::int64_t>(options.steps, size - 1 - event);
  };
  std::int64_t total = 0;
  for (std::int64_t s = 0; s < train.size(); ++s)
    for (std::int64_t event = 0; event < train[s].size(); ++event) total += followers(train[s].size(), event);
  if (total > largest_id<Index>)
    fail<std::length_error>("markov_chain::fit: transitions must not be more than ", largest_id<Index>, ", got ",
                            total);
  csr_storage<Scalar, Index> following(train.events(), train.items(), total);
  Index* const offsets = following.mutable_offsets();
  std::int64_t row = 0, at = 0;
  for (std::int64_t s = 0; s < train.size(); ++s) {
    const slice<const Index> items = train[s].items;
    for (std::int64_t event = 0; event < items.size; ++event) {
      for (int d = 1; d <= followers(items.size, event); ++d) {
        following.mutable_columns()[at] = items[event + d];
        following.mutable_values()[at++] = static_cast<Scalar>(step_weight(options, d));
      }
      offsets[++row] = static_cast<Index>(at);
    }
  }
  return following;
}

/// Items x events: the events of each item, in their order, with ones.
template <class Scalar, class Index>
csr_storage<Scalar, Index> events_of_items(const sequences<Index>& train) {
  csr_storage<Scalar, Index> events(train.items(), train.events(), train.events());
  Index* const offsets = events.mutable_offsets();
  const auto for_each_event = [&](const auto& body) {
    for (std::int64_t s = 0; s < train.size(); ++s)
      for (const Index item : train[s].items) body(item);
  };
  for_each_event([&](Index item) { ++offsets[item + 1]; });
  std::partial_sum(offsets, offsets + train.items() + 1, offsets);
  numbers<Index> next(offsets, offsets + train.items());
  Index event = 0;
  for_each_event([&](Index item) { events.mutable_columns()[next[item]++] = event++; });
  std::fill_n(events.mutable_values(), train.events(), Scalar{1});
  return events;
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
    const auto events = detail::events_of_items<Scalar>(train);
    const auto following = detail::following_events<Scalar>(train, options);
    return table_type(
        detail::top_rows<1>(policy, detail::terms_view<Scalar, Index>{events.view().pattern(), events.view().values},
                            detail::terms_view<Scalar, Index>{following.view().pattern(), following.view().values},
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
