/// @file
/// Non-negative matrix factorisation of counts.
#pragma once

#include <cstdint>
#include <span>

#include <akin/config.hpp>
#include <akin/factorization/nmf_options.hpp>
#include <akin/factorization/nmf_task.hpp>
#include <akin/factorization/nmf_trainer.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Lowers, over user factors x_u >= 0 and item factors y_i >= 0,
///   sum over all u, i of (r_ui - x_u'y_i)^2 + lambda (sum of |x_u|^2 + sum of |y_i|^2),
/// where a cell that is not stored is 0. No factor is negative, so a score is a sum of non-negative parts, and each
/// factor can be read as a taste: its top items and users.
///
/// Complexity: an iteration takes (users + items) (1 + sweeps) k^2 flops for the rows and as many for the Gramians at
/// most, and 4 nonzeros k; it holds (users + items) k numbers and a transposed copy of the matrix. The objective is not
/// convex: the result depends on the seed. Deterministic: the same bits for any number of threads. The loss never rises
/// except for rounding. Const members may be called from many threads. Source: D. D. Lee, H. S. Seung, "Algorithms for
/// Non-negative Matrix Factorization", NIPS 2000 (the objective); A. Cichocki, A.-H. Phan, "Fast Local Algorithms for
/// Large Scale Nonnegative Matrix and Tensor Factorizations", IEICE Trans. Fundamentals E92-A, 2009 (the updates).
template <class Scalar = float, class Index = std::int32_t>
class nmf : public row_model<nmf_task<Scalar, Index>> {
  using base = row_model<nmf_task<Scalar, Index>>;

 public:
  using base::base;

  /// See akin::explain. The contributions of a history sum to the score of its fold-in, to a relative 1e-5.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  static nmf read_from(const detail::model_reader& reader) { return base::template read_as<nmf>(reader); }
};
nmf(const nmf_options&)->nmf<>;

template <class Scalar, class Index>
void nmf<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                       std::span<Scalar> out) const {
  const auto user = this->user_from(history);
  this->task_.engine_on(this->learnt_.item_factors, this->learnt_.item_gram)
      .contributions(history, user.view().row(0), this->learnt_.item_factors.view().row(item), out.data());
}

AKIN_COMPILE_ONCE(factorization, class nmf<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<nmf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<float, std::int32_t, nmf_table<float>>)
AKIN_COMPILE_ONCE(factorization, class nmf<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<nmf_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<double, std::int32_t, nmf_table<double>>)

}  // namespace akin::inline AKIN_ABI
