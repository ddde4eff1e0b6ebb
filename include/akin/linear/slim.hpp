/// @file
/// Sparse linear methods: each item as a sparse combination of the others.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/parts.hpp>
#include <akin/linear/detail/slim_weights.hpp>
#include <akin/linear/slim_options.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/detail/item_weights.hpp>
#include <akin/neighbors/detail/refitted.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

/// For each item j, with x_j its column of the users x items matrix X, finds weights w of the other items that minimise
///   1/2 |x_j - X w|^2 + l2/2 |w|^2 + l1 |w|_1,  w_j = 0,  w >= 0 where `nonnegative`,
/// and scores j for a user by the sum over the user's items i of w_ij r_ui. An item that none of them weighs is not
/// recommended.
///
/// By coordinate descent on the inner products of the items. Fit takes O(sum over users of items^2) for these and, for
/// each item, O(items * weights) a few times, or O(neighbors^2) with `neighbors`; it holds the products (items^2
/// numbers, or less where they are sparse). Deterministic: the same bits for any number of threads. Const members may
/// be called from many threads. Sources: X. Ning, G. Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender
/// Systems", ICDM 2011; J. Friedman, T. Hastie, R. Tibshirani, "Regularization Paths for Generalized Linear Models via
/// Coordinate Descent", J. Stat. Softw. 33(1), 2010.
template <class Scalar = float, class Index = std::int32_t>
class slim : public detail::item_weights<Scalar, Index>, public detail::refitted<slim<Scalar, Index>> {
  friend class detail::refitted<slim>;
  using base = detail::item_weights<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "slim";

  slim() : slim(slim_options{}) {}
  template <detail::options_for<slim_options> Options = slim_options>
  explicit slim(const Options& options) : options_(checked<slim_options>(options, kind)) {
    detail::require(options.l1 > 0 || options.l2 > 0, kind, "l1 and l2 must not both be 0");
  }

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in. Throws
  /// std::length_error where the products of the items may take more than memory_limit and `neighbors` is 0,
  /// numeric_error where squares of values are beyond Scalar; the model is then as it was.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "slim::fit");
    auto weights = detail::slim_weights(policy, x, options_);
    this->become(std::move(weights), detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const slim_options& options() const noexcept { return options_; }

  /// W, items x items: row i holds what having item i adds to the scores of others. Refers to the model.
  auto weights() const { return this->weights_.map(); }

  void write_to(detail::model_writer& writer) const;
  static slim read_from(const detail::model_reader& reader);

 private:
  static constexpr when_both merging() noexcept { return when_both::add; }

  void learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories) {
    auto weights = detail::slim_weights(policy, histories.view(), options_);
    this->become(std::move(weights), std::move(histories));
  }

  slim_options options_;
};

template <class Scalar, class Index>
void slim<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  base::write_matrices(writer, "weights");
}

template <class Scalar, class Index>
slim<Scalar, Index> slim<Scalar, Index>::read_from(const detail::model_reader& reader) {
  slim model(reader.options<slim_options>());
  model.read_matrices(reader, "weights");
  return model;
}

AKIN_COMPILE_ONCE(linear, class slim<float>)
AKIN_COMPILE_ONCE(linear, class slim<double>)

}  // namespace akin::inline AKIN_ABI
