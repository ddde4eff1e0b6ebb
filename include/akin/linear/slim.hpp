/// @file
/// Sparse linear methods: each item as a sparse combination of the others.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/linear/detail/slim_weights.hpp>
#include <akin/linear/slim_options.hpp>
#include <akin/model/file.hpp>
#include <akin/model/weight_table.hpp>
#include <akin/parallel.hpp>
#include <akin/train/refit_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of slim.
template <class Scalar, class Index>
struct slim_task {
  static constexpr std::string_view kind = "slim";
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = slim_options;
  using table_type = weight_table<Scalar, Index>;

  options_type options;

  static void check(const options_type& o) {
    detail::require(o.l1.value_or(1) > 0 || o.l2.value_or(1) > 0, kind, "l1 and l2 must not both be 0");
  }
  table_type learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const {
    return table_type(detail::slim_weights(policy, x, options));
  }
  table_type read_table(const model_reader& reader, const csr_view<Scalar, Index>& histories) const {
    return table_type(detail::map_weights(reader, "weights", histories));
  }
};

/// For each item j, with x_j its column of the users x items matrix X, finds weights w of the other items that minimise
///   1/2 |x_j - X w|^2 + l2/2 |w|^2 + l1 |w|_1,  w_j = 0,  w >= 0 if `nonnegative`,
/// and scores j for a user by the sum over the user's items i of w_ij r_ui. An item without a weight from any of them
/// is not recommended.
///
/// By coordinate descent on the inner products of the items. Fit takes O(sum over users of items^2) for these and, for
/// each item, O(items * weights) a few times, or O(neighbors^2) with `neighbors`; it holds the products (items^2
/// numbers, or fewer if they are sparse). Deterministic: the same bits for any number of threads. Const members may be
/// called from many threads. fit throws std::length_error if the products may take more than memory_limit and
/// `neighbors` is 0, numeric_error if squares of values are beyond Scalar. Sources: X. Ning, G. Karypis, "SLIM: Sparse
/// Linear Methods for Top-N Recommender Systems", ICDM 2011; J. Friedman, T. Hastie, R. Tibshirani, "Regularization
/// Paths for Generalized Linear Models via Coordinate Descent", J. Stat. Softw. 33(1), 2010.
template <class Scalar = float, class Index = std::int32_t>
class slim : public refit_model<slim_task<Scalar, Index>> {
  using base = refit_model<slim_task<Scalar, Index>>;

 public:
  using base::base;
  static slim read_from(const model_reader& reader) { return base::template read_as<slim>(reader); }

  /// W, items x items: row i holds the contributions of item i to the scores of others. Refers to the model.
  auto weights() const { return this->weights_.map(); }
};
slim(const slim_options&)->slim<>;

AKIN_COMPILE_ONCE(linear, class slim<float>)
AKIN_COMPILE_ONCE(linear, class refit_model<slim_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(linear, class slim<double>)
AKIN_COMPILE_ONCE(linear, class refit_model<slim_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
