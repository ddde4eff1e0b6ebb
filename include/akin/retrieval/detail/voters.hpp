/// @file
/// Votes of neighbours: the common part of a classifier and a regressor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/parts.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/knn_classifier_options.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Fills `weights` with the weights of neighbours with these scores, nearest first.
template <class Scalar>
void weigh_votes(std::span<const Scalar> scores, metric by, votes weighting, numbers<double>& weights) {
  weights.assign(std::ssize(scores), 1);
  if (weighting == votes::uniform) return;
  const auto distance = [&](Scalar score) {
    // Rounding may raise a cosine above 1.
    return by == metric::euclidean ? -static_cast<double>(score) : std::max(0.0, 1 - static_cast<double>(score));
  };
  const bool is_there = !scores.empty() && distance(scores.front()) == 0;
  for (std::int64_t i = 0; i < weights.size(); ++i) {
    const double d = distance(at(scores, i));
    weights[i] = is_there ? static_cast<double>(d == 0) : 1 / d;
  }
}

/// Vectors; the k nearest to a query have a vote.
template <class Scalar, class Index>
class voters {
 public:
  template <class Options>
  voters(const Options& options, std::string_view kind) : neighbors_({.metric = options.metric}) {
    require(options.weighting == votes::uniform || options.metric != metric::inner_product, kind,
            "weighting by distance needs a metric with distances: metric::euclidean or metric::cosine");
  }

  std::int64_t size() const noexcept { return neighbors_.items(); }
  std::int64_t dimension() const noexcept { return neighbors_.dimension(); }
  bool is_fitted() const noexcept { return neighbors_.dimension() > 0; }

  /// Throws, and changes nothing, unless the vectors can be searched, are at least one, and `what` has as many.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& vectors, std::size_t count, std::string_view what, std::string_view kind) {
    if (static_cast<std::int64_t>(count) != vectors.rows())
      fail<std::invalid_argument>(kind, ": ", what, " must be one for each of the ", vectors.rows(), " vectors, got ",
                                  count);
    require(count >= 1, kind, "there must be a vector at least", count);
    neighbors_.fit(policy, std::forward<Matrix>(vectors));
  }

  /// The neighbours that have a vote on each query.
  template <class Policy, class Matrix>
  recommendations<Scalar, Index> ask(const Policy& policy, const Matrix& queries, int k) const {
    require_fitted(is_fitted(), "predict");
    return neighbors_.search(policy, queries, {.k = k});
  }
  /// Calls decide(row, ids, weights) for each query, in any order; throws for a query without neighbours.
  template <class Options, class Decide>
  static void count(const host_policy& policy, const recommendations<Scalar, Index>& lists, const Options& options,
                    const Decide& decide) {
    for_each_row(policy, std::ssize(lists), [&](std::int64_t row, int) {
      const auto list = static_cast<std::size_t>(row);
      if (lists.items(list).empty())
        fail<std::invalid_argument>("predict: each query must have a neighbour, got none for row ", row);
      numbers<double> weights;
      weigh_votes(lists.scores(list), options.metric, options.weighting, weights);
      decide(row, lists.items(list), std::span<const double>(weights));
    });
  }

  void write_to(model_writer& writer) const { write_part(writer, "neighbors", neighbors_); }
  void read_from(const model_reader& reader, metric by) {
    neighbors_ = read_part<nearest_neighbors<Scalar, Index>>(reader, "neighbors");
    reader.require(neighbors_.options().metric == by && neighbors_.items() >= 1,
                   "the neighbours must be compared by the model's metric, and there must be one");
  }

 private:
  nearest_neighbors<Scalar, Index> neighbors_;
};

}  // namespace akin::inline AKIN_ABI::detail
