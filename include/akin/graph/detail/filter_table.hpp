/// @file
/// The learnt state of graph_filter, and its answers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/graph/detail/graph_data.hpp>
#include <akin/graph/detail/lane_filter.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/history_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Answers by filtering histories on a graph.
template <class Scalar, class Index>
class filter_table : public history_table<Scalar, Index> {
 public:
  static constexpr int block_users = 16;

  filter_table() = default;
  filter_table(graph_data<Scalar, Index> graph, const graph_filter_options& options)
      : graph_(std::move(graph)), series_(chebyshev_series<Scalar>(options)) {}

  /// Whether the user has a value above 0.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < this->users() && graph_.user_weights[user] > 0;
  }
  /// Whether a user has the item, with a value above 0.
  bool knows_item(Index item) const noexcept {
    return item >= 0 && item < this->items() && graph_.item_weights[item] > 0;
  }

  /// D_i^c V, items x rank with rank at most `ideal_rank`; refers to the model.
  auto smooth_signals() const { return graph_.smooth.map(); }

  /// The score among all others, which costs as much as score_all; 0 without evidence. Ids must be in range.
  Scalar score(Index user, Index item) const;
  /// Fills out[item] for all items, -infinity for those without users.
  void score_all(Index user, std::span<Scalar> out) const {
    score_block(std::span(&user, 1), {out.data(), 1, this->items()});
  }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;
  /// Row i of `out` gets the result of score_all for users[i], to the bit.
  void score_block(std::span<const Index> users, const rows_view<Scalar>& out) const;
  /// Row i of `out` gets the result of score_history for histories[i], to the bit.
  void score_block(std::span<const row_view<Scalar, Index>> histories, const rows_view<Scalar>& out) const;

  /// Fills out[other] with the scores of a user who has only the item.
  void similarity_all(Index item, std::span<Scalar> out) const;

  /// See akin::explain. Costs one application of the filter: with D_i^b and D_i^c apart it is symmetric.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(model_writer& writer) const { graph_.write_to(writer); }

 private:
  graph_view<Scalar, Index> graph() const noexcept { return graph_.view(this->histories_.view()); }

  graph_data<Scalar, Index> graph_;
  numbers<Scalar> series_;  // the polynomial
};

template <class Scalar, class Index>
Scalar filter_table<Scalar, Index>::score(Index user, Index item) const {
  if (!knows_item(item)) return 0;
  numbers<Scalar> scores(this->items());
  score_all(user, scores);
  return scores[item];
}

template <class Scalar, class Index>
void filter_table<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  score_block(std::span(&history, 1), {out.data(), 1, this->items()});
}

template <class Scalar, class Index>
void filter_table<Scalar, Index>::score_block(std::span<const Index> users, const rows_view<Scalar>& out) const {
  std::vector<row_view<Scalar, Index>> rows;
  for (const Index user : users) rows.push_back(this->histories_.view().row(user));
  score_block(std::span<const row_view<Scalar, Index>>(rows), out);
}

template <class Scalar, class Index>
void filter_table<Scalar, Index>::score_block(std::span<const row_view<Scalar, Index>> histories,
                                              const rows_view<Scalar>& out) const {
  lane_filter<block_users, Scalar, Index> filter(graph());
  for (std::size_t begin = 0; begin < histories.size(); begin += block_users) {
    const auto part = histories.subspan(begin, std::min<std::size_t>(block_users, histories.size() - begin));
    filter.score(part, series_,
                 {out.row(static_cast<std::int64_t>(begin)), static_cast<std::int64_t>(part.size()), this->items()});
  }
}

template <class Scalar, class Index>
void filter_table<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const {
  const Scalar one = knows_item(item) ? Scalar(1) : Scalar(0);
  score_history({{&item, 1}, {&one, 1}}, out);
  if (!knows_item(item)) std::fill(out.begin(), out.end(), no_score<Scalar>);
}

template <class Scalar, class Index>
void filter_table<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  std::fill(out.begin(), out.end(), Scalar(0));
  if (!knows_item(item)) return;
  const Scalar one = 1;
  const row_view<Scalar, Index> asked{{&item, 1}, {&one, 1}};
  auto without_ideal = graph();
  without_ideal.smooth = {nullptr, this->items(), 0};
  numbers<Scalar> response(this->items());
  lane_filter<block_users, Scalar, Index>(without_ideal)
      .score(std::span(&asked, 1), series_, {response.data(), 1, this->items()});
  const Scalar* const scales = graph_.scales.data();
  const Scalar* const item_weights = graph_.item_weights.data();
  const rows_view<const Scalar> s = graph_.smooth.view();
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const Index from = history.ids[i];
    if (!knows_item(from)) continue;
    // It gives (d_from / d_item)^b p, and the result is (d_item / d_from)^b p.
    const Scalar ratio = scales[item] * std::sqrt(item_weights[item]) / (scales[from] * std::sqrt(item_weights[from]));
    const Scalar smooth = kernels::dot(s.row(item), s.row(from), s.cols) * graph_.smooth_weights[from];
    at(out, i) = history.values[i] * (ratio * ratio * response[from] + smooth);
  }
}

AKIN_COMPILE_ONCE(graph, class filter_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(graph, class filter_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
