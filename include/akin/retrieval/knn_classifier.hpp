/// @file
/// Labels of vectors by the votes of their nearest neighbours.
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
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/voters.hpp>
#include <akin/retrieval/knn_classifier_options.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Gives a vector the label with the largest weight among its k nearest, ties to the smaller label: k-nearest-neighbour
/// classification, with equal votes or with votes of 1 / distance (S. A. Dudani, "The distance-weighted k-nearest-
/// neighbor rule", IEEE Transactions on Systems, Man and Cybernetics 6(4), 1976, in the form that is common today).
/// Fewer than k vectors all vote. Neighbours are those of nearest_neighbors: exact, ties to the smaller id.
///
/// Memory and time are those of nearest_neighbors. Deterministic. Const members may be called from many threads.
template <class Scalar = float, class Index = std::int32_t>
class knn_classifier {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "knn_classifier";

  knn_classifier() : knn_classifier(knn_classifier_options{}) {}
  /// Throws std::invalid_argument for options out of range, and for votes::distance with metric::inner_product, which
  /// defines no distance.
  template <detail::options_for<knn_classifier_options> Options = knn_classifier_options>
  explicit knn_classifier(const Options& options)
      : options_(checked<knn_classifier_options>(options, kind)), voters_(options, kind) {}

  const knn_classifier_options& options() const noexcept { return options_; }
  /// The labels, ascending.
  std::span<const int> classes() const noexcept { return classes_; }
  /// The number of vectors, and the length of each; 0 before fit.
  std::int64_t items() const noexcept { return voters_.size(); }
  std::int64_t dimension() const noexcept { return voters_.dimension(); }

  /// Learns that row i of `vectors` (as for nearest_neighbors::fit) has labels[i]. Throws std::invalid_argument unless
  /// there is at least one vector, a label for each, and all elements are finite.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& vectors, std::span<const int> labels) {
    detail::storage<std::int32_t> kept(std::ssize(labels));
    std::copy(labels.begin(), labels.end(), kept.mutable_data());
    std::vector<int> classes = distinct(kept);
    voters_.fit(policy, std::forward<Matrix>(vectors), labels.size(), "labels", kind);
    labels_.swap(kept);
    classes_.swap(classes);
  }
  /// The same on one thread.
  template <class Matrix>
  void fit(Matrix&& vectors, std::span<const int> labels) {
    fit(execution::seq, std::forward<Matrix>(vectors), labels);
  }

  /// A label for each row of `queries`. Throws not_fitted, or std::invalid_argument for queries that are not finite, of
  /// another length or kind than the vectors, or without a neighbour (zeros, under metric::cosine).
  template <class Policy, class Matrix>
  std::vector<int> predict(const Policy& policy, const Matrix& queries) const {
    return labels_of(policy, voters_.ask(policy, queries, options_.k));
  }

  /// Queries x classes(): the share of the votes that each label gets. Throws as predict.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> predict_proba(const Policy& policy, const Matrix& queries) const {
    return shares_of(policy, voters_.ask(policy, queries, options_.k));
  }

  void write_to(detail::model_writer& writer) const;
  static knn_classifier read_from(const detail::model_reader& reader);

 private:
  using lists_type = recommendations<Scalar, Index>;

  static std::vector<int> distinct(const detail::storage<std::int32_t>& labels);

  std::vector<int> labels_of(const detail::host_policy& policy, const lists_type& lists) const;
  dense_matrix<Scalar> shares_of(const detail::host_policy& policy, const lists_type& lists) const;

  /// Calls use(row, sums) with the votes for each class.
  template <class Use>
  void count_votes(const detail::host_policy& policy, const lists_type& lists, const Use& use) const;
  std::size_t class_of(Index id) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(classes_.begin(), classes_.end(), labels_[id]) - classes_.begin());
  }

  knn_classifier_options options_;
  detail::voters<Scalar, Index> voters_;
  detail::storage<std::int32_t> labels_;
  std::vector<int> classes_;
};

template <class Scalar, class Index>
void knn_classifier<Scalar, Index>::write_to(detail::model_writer& writer) const {
  detail::require_fitted(voters_.is_fitted(), "save");
  writer.add_options(options_);
  voters_.write_to(writer);
  writer.add("labels", labels_.data(), labels_.size());
}

template <class Scalar, class Index>
knn_classifier<Scalar, Index> knn_classifier<Scalar, Index>::read_from(const detail::model_reader& reader) {
  knn_classifier model(reader.options<knn_classifier_options>());
  model.voters_.read_from(reader, model.options_.metric);
  const auto labels = reader.array<std::int32_t>("labels", model.items(), 1);
  model.labels_ = {labels.data, labels.rows, reader.owner()};
  model.classes_ = distinct(model.labels_);
  return model;
}

template <class Scalar, class Index>
std::vector<int> knn_classifier<Scalar, Index>::distinct(const detail::storage<std::int32_t>& labels) {
  std::vector<int> classes(labels.begin(), labels.end());
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

template <class Scalar, class Index>
std::vector<int> knn_classifier<Scalar, Index>::labels_of(const detail::host_policy& policy,
                                                          const lists_type& lists) const {
  std::vector<int> labels(lists.size());
  count_votes(policy, lists, [&](std::int64_t row, const std::vector<double>& sums) {
    const auto best = std::max_element(sums.begin(), sums.end()) - sums.begin();  // the first of the largest
    detail::at(labels, row) = detail::at(classes_, best);
  });
  return labels;
}

template <class Scalar, class Index>
dense_matrix<Scalar> knn_classifier<Scalar, Index>::shares_of(const detail::host_policy& policy,
                                                              const lists_type& lists) const {
  dense_matrix<Scalar> shares(static_cast<Eigen::Index>(lists.size()), static_cast<Eigen::Index>(classes_.size()));
  count_votes(policy, lists, [&](std::int64_t row, const std::vector<double>& sums) {
    double total = 0;
    for (const double sum : sums) total += sum;
    for (std::size_t c = 0; c < sums.size(); ++c)
      shares(row, static_cast<Eigen::Index>(c)) = static_cast<Scalar>(sums[c] / total);
  });
  return shares;
}

template <class Scalar, class Index>
template <class Use>
void knn_classifier<Scalar, Index>::count_votes(const detail::host_policy& policy, const lists_type& lists,
                                                const Use& use) const {
  voters_.count(policy, lists, options_,
                [&](std::int64_t row, std::span<const Index> ids, std::span<const double> weights) {
                  std::vector<double> sums(classes_.size());
                  for (std::size_t i = 0; i < ids.size(); ++i) sums[class_of(ids[i])] += weights[i];
                  use(row, sums);
                });
}

AKIN_COMPILE_ONCE(retrieval, class knn_classifier<float>)
AKIN_COMPILE_ONCE(retrieval, class knn_classifier<double>)

}  // namespace akin::inline AKIN_ABI
