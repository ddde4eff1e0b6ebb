/// @file
/// Random walks of three steps over the graph of users and items.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/graph/detail/walk_weights.hpp>
#include <akin/graph/rp3beta_options.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/weight_table.hpp>
#include <akin/parallel.hpp>
#include <akin/train/refit_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of rp3beta.
template <class Scalar, class Index>
struct rp3beta_task {
  static constexpr std::string_view kind = "rp3beta";
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = rp3beta_options;
  using table_type = weight_table<Scalar, Index>;

  options_type options;

  static void check_values(const csr_view<Scalar, Index>& x, std::string_view where) {
    detail::check_not_negative(x, where);
  }
  table_type learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const {
    return table_type(detail::walk_weights(policy, x, options));
  }
  table_type read_table(const model_reader& reader, const csr_view<Scalar, Index>& histories) const {
    return table_type(detail::map_weights(reader, "weights", histories));
  }
};

/// Scores item j for a user by the sum over the user's items i of r_ui w_ij, where
///   w_ij = sum over users u of p_iu p_uj / degree_j^beta,  p_iu = (r_ui / sum over users of r_.i)^alpha,
///   p_uj = (r_uj / sum over items of r_u.)^alpha
/// is the probability that a walk from item i to one of its users and on to one of the user's items ends at j, up to
/// the powers, and degree_j is the number of users of item j. Each item's row keeps its `neighbors` largest weights,
/// without the diagonal. Values must not be negative. An item that no walk reaches is not recommended. beta = 0 is
/// P3alpha: rp3beta(p3alpha()).
///
/// Complexity: fit O(sum over users of items^2) on all workers; holds items * neighbors weights and a copy of the
/// interactions (none if the matrix is moved in). A user is scored in O(items of the user * neighbors + items).
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads. Sources: B.
/// Paudel, F. Christoffel, C. Newell, A. Bernstein, "Updatable, Accurate, Diverse, and Scalable Recommendations for
/// Interactive Applications", ACM TiiS 7(1), 2016; C. Cooper, S. H. Lee, T. Radzik, Y. Siantos, "Random Walks in
/// Recommender Systems: Exact Computation and Simulations", WWW 2014.
template <class Scalar = float, class Index = std::int32_t>
class rp3beta : public refit_model<rp3beta_task<Scalar, Index>> {
  using base = refit_model<rp3beta_task<Scalar, Index>>;

 public:
  using base::base;
  static rp3beta read_from(const model_reader& reader) { return base::template read_as<rp3beta>(reader); }

  /// W, items x items, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto weights() const { return this->weights_.map(); }
};
rp3beta(const rp3beta_options&)->rp3beta<>;

AKIN_COMPILE_ONCE(graph, class rp3beta<float>)
AKIN_COMPILE_ONCE(graph, class refit_model<rp3beta_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(graph, class rp3beta<double>)
AKIN_COMPILE_ONCE(graph, class refit_model<rp3beta_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
