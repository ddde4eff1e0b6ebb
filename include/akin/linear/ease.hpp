/// @file
/// EASE: a linear model of each item by all others, in closed form.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/linear/detail/ease_table.hpp>
#include <akin/linear/detail/ease_weights.hpp>
#include <akin/linear/ease_options.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/train/refit_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of ease.
template <class Scalar, class Index>
struct ease_task {
  static constexpr std::string_view kind = "ease";
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = ease_options;
  using table_type = detail::ease_table<Scalar, Index>;

  options_type options;

  table_type learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const {
    return {detail::ease_weights(policy, x, options), x};
  }
  table_type read_table(const model_reader& reader, const csr_view<Scalar, Index>& histories) const {
    auto weights = detail::map_dense<Scalar>(reader, "weights");
    reader.require(weights.rows() == weights.cols() && histories.cols == weights.rows(),
                   "the weights must be items x items, and histories users x items");
    return {std::move(weights), histories};
  }
};

/// Minimises |X - X W|^2 + lambda |W|^2 over the items x items matrices W with a zero diagonal, for the users x items
/// matrix X: with P = (X'X + lambda I)^-1, w_ij = -p_ij / p_jj. An item's score for a user is the sum over the user's
/// items i of r_ui w_ij. Weights may be negative. An item without users is not recommended.
///
/// Fit takes O(sum over users of items^2) + items^3 flops on all workers, and items^2 numbers of memory, in addition to
/// the weights of a model that is already fitted. A user is scored in O(items of the user * items). Deterministic: the
/// same bits for any number of threads. Const members may be called from many threads. fit throws std::length_error if
/// it would take more than memory_limit, numeric_error if Scalar cannot hold or invert X'X + lambda I. Sources: H.
/// Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019; dropout: H. Steck, "Autoencoders that don't
/// overfit towards the Identity", NeurIPS 2020.
template <class Scalar = float, class Index = std::int32_t>
class ease : public refit_model<ease_task<Scalar, Index>> {
  using base = refit_model<ease_task<Scalar, Index>>;

 public:
  using base::base;
  static ease read_from(const model_reader& reader) { return base::template read_as<ease>(reader); }
};
ease(const ease_options&)->ease<>;

AKIN_COMPILE_ONCE(linear, class ease<float>)
AKIN_COMPILE_ONCE(linear, class refit_model<ease_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(linear, class ease<double>)
AKIN_COMPILE_ONCE(linear, class refit_model<ease_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
