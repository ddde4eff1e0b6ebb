/// @file
/// Random walks of three steps over the graph of users and items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/execution.hpp>
#include <akin/graph/detail/walk_weights.hpp>
#include <akin/graph/rp3beta_options.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/detail/item_weights.hpp>
#include <akin/neighbors/detail/refitted.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

/// Scores item j for a user by the sum over the user's items i of r_ui w_ij, where
///   w_ij = sum over users u of p_iu p_uj / degree_j^beta,  p_iu = (r_ui / sum over users of r_.i)^alpha,
///   p_uj = (r_uj / sum over items of r_u.)^alpha
/// is what a walk from item i to one of its users and on to one of the user's items finds, and degree_j is the number
/// of users of item j. Of each item's row the `neighbors` largest are kept, never its own. Values must not be negative.
/// An item that no walk reaches is not recommended. beta = 0 is P3alpha: rp3beta(p3alpha()).
///
/// Complexity: fit O(sum over users of items^2) on all workers; holds items * neighbors weights and a copy of the
/// interactions (none where the matrix is moved in). A user is scored in O(items of the user * neighbors + items).
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads.
/// Sources: B. Paudel, F. Christoffel, C. Newell, A. Bernstein, "Updatable, Accurate, Diverse, and Scalable
/// Recommendations for Interactive Applications", ACM TiiS 7(1), 2016; C. Cooper, S. H. Lee, T. Radzik, Y. Siantos,
/// "Random Walks in Recommender Systems: Exact Computation and Simulations", WWW 2014.
template <class Scalar = float, class Index = std::int32_t>
class rp3beta : public detail::item_weights<Scalar, Index>, public detail::refitted<rp3beta<Scalar, Index>> {
  friend class detail::refitted<rp3beta>;
  using base = detail::item_weights<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "rp3beta";

  rp3beta() : rp3beta(rp3beta_options{}) {}
  template <detail::options_for<rp3beta_options> Options = rp3beta_options>
  explicit rp3beta(const Options& options) : options_(checked<rp3beta_options>(options, kind)) {}

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in. Throws
  /// std::invalid_argument for values that are negative or not finite; the model is then as it was.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "rp3beta::fit");
    check_values(x, "rp3beta::fit");
    auto weights = detail::walk_weights(policy, x, options_);
    this->become(std::move(weights), detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const rp3beta_options& options() const noexcept { return options_; }

  /// W, items x items, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto weights() const { return this->weights_.map(); }

  void write_to(detail::model_writer& writer) const;
  static rp3beta read_from(const detail::model_reader& reader);

 private:
  static constexpr when_both merging() noexcept { return when_both::add; }
  static void check_values(const csr_view<Scalar, Index>& x, std::string_view where) {
    detail::check_not_negative(x, where);
  }

  void learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories) {
    auto weights = detail::walk_weights(policy, histories.view(), options_);
    this->become(std::move(weights), std::move(histories));
  }

  rp3beta_options options_;
};

template <class Scalar, class Index>
void rp3beta<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  base::write_matrices(writer, "weights");
}

template <class Scalar, class Index>
rp3beta<Scalar, Index> rp3beta<Scalar, Index>::read_from(const detail::model_reader& reader) {
  rp3beta model(reader.options<rp3beta_options>());
  model.read_matrices(reader, "weights");
  return model;
}

AKIN_COMPILE_ONCE(graph, class rp3beta<float>)
AKIN_COMPILE_ONCE(graph, class rp3beta<double>)

}  // namespace akin::inline AKIN_ABI
