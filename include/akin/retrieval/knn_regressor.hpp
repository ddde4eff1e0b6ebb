/// @file
/// Predicts a number for a vector from those of its nearest neighbours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/voters.hpp>
#include <akin/retrieval/knn_regressor_options.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {

/// Gives a vector the mean of the targets of its k nearest, plain or weighted by 1 / distance. Neighbours are those of
/// nearest_neighbors: exact, ties to the smaller id; fewer than k vectors all count.
///
/// Memory and time are those of nearest_neighbors. Sums are in double, in the order of the list: deterministic. Const
/// members may be called from many threads.
template <class Scalar = float, class Index = std::int32_t>
class knn_regressor {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "knn_regressor";

  knn_regressor() : knn_regressor(knn_regressor_options{}) {}
  /// Throws std::invalid_argument for options out of range, and for votes::distance with metric::inner_product, which
  /// defines no distance.
  template <detail::options_for<knn_regressor_options> Options = knn_regressor_options>
  explicit knn_regressor(const Options& options)
      : options_(checked<knn_regressor_options>(options, kind)), voters_(options, kind) {}

  const knn_regressor_options& options() const noexcept { return options_; }
  /// The number of vectors, and the length of each; 0 before fit.
  std::int64_t items() const noexcept { return voters_.size(); }
  std::int64_t dimension() const noexcept { return voters_.dimension(); }

  /// Learns that row i of `vectors` (as for nearest_neighbors::fit) has targets[i]. Throws std::invalid_argument unless
  /// there is at least one vector, a target for each, and all numbers are finite.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& vectors, std::span<const std::type_identity_t<Scalar>> targets) {
    detail::storage<Scalar> kept = checked_copy(targets);
    voters_.fit(policy, std::forward<Matrix>(vectors), targets.size(), "targets", kind);
    targets_.swap(kept);
  }
  /// The same on one thread.
  template <class Matrix>
  void fit(Matrix&& vectors, std::span<const std::type_identity_t<Scalar>> targets) {
    fit(execution::seq, std::forward<Matrix>(vectors), targets);
  }

  /// A number for each row of `queries`. Throws not_fitted, or std::invalid_argument for queries that are not finite,
  /// of another length or kind than the vectors, or without a neighbour (zeros, under metric::cosine).
  template <class Policy, class Matrix>
  std::vector<Scalar> predict(const Policy& policy, const Matrix& queries) const {
    return means_of(policy, voters_.ask(policy, queries, options_.k));
  }

  void write_to(detail::model_writer& writer) const;
  static knn_regressor read_from(const detail::model_reader& reader);

 private:
  using lists_type = recommendations<Scalar, Index>;

  static detail::storage<Scalar> checked_copy(std::span<const Scalar> targets);
  std::vector<Scalar> means_of(const detail::host_policy& policy, const lists_type& lists) const;

  knn_regressor_options options_;
  detail::voters<Scalar, Index> voters_;
  detail::storage<Scalar> targets_;
};

template <class Scalar, class Index>
void knn_regressor<Scalar, Index>::write_to(detail::model_writer& writer) const {
  detail::require_fitted(voters_.is_fitted(), "save");
  writer.add_options(options_);
  voters_.write_to(writer);
  writer.add("targets", targets_.data(), targets_.size());
}

template <class Scalar, class Index>
knn_regressor<Scalar, Index> knn_regressor<Scalar, Index>::read_from(const detail::model_reader& reader) {
  knn_regressor model(reader.options<knn_regressor_options>());
  model.voters_.read_from(reader, model.options_.metric);
  model.targets_ = detail::map_array<Scalar>(reader, "targets", model.items());
  return model;
}

template <class Scalar, class Index>
detail::storage<Scalar> knn_regressor<Scalar, Index>::checked_copy(std::span<const Scalar> targets) {
  for (const Scalar target : targets)
    detail::require(detail::is_finite(target), kind, "targets must be finite", target);
  detail::storage<Scalar> kept(std::ssize(targets));
  std::copy(targets.begin(), targets.end(), kept.mutable_data());
  return kept;
}

template <class Scalar, class Index>
std::vector<Scalar> knn_regressor<Scalar, Index>::means_of(const detail::host_policy& policy,
                                                           const lists_type& lists) const {
  std::vector<Scalar> means(lists.size());
  voters_.count(policy, lists, options_,
                [&](std::int64_t row, std::span<const Index> ids, std::span<const double> weights) {
                  double sum = 0, total = 0;
                  for (std::size_t i = 0; i < ids.size(); ++i) {
                    sum += weights[i] * static_cast<double>(targets_[ids[i]]);
                    total += weights[i];
                  }
                  detail::at(means, row) = static_cast<Scalar>(sum / total);
                });
  return means;
}

AKIN_COMPILE_ONCE(retrieval, class knn_regressor<float>)
AKIN_COMPILE_ONCE(retrieval, class knn_regressor<double>)

}  // namespace akin::inline AKIN_ABI
