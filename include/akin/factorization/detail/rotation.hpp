/// @file
/// The eigenbasis of the Gramian of factors: the orthogonal matrix that makes it diagonal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/gramian.hpp>
#include <akin/factorization/detail/multiply_in_place.hpp>
#include <akin/kernels/symmetric_eigen.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Y'Y = Q diag(eigenvalues) Q', eigenvalues ascending from 0 or more; y -> y q brings rows y of Y into the eigenbasis.
template <class Scalar>
class rotation {
 public:
  /// In double precision, then rounded to Scalar; rows cols^2 + about 6 cols^3 flops. Throws numeric_error if Y'Y
  /// overflows.
  rotation(const host_policy& policy, const rows_view<const Scalar>& y, std::string_view where)
      : k_(y.cols), q_(k_ * k_), eigenvalues_(k_) {
    numbers<double> gram = gramian(policy, y), values(k_);
    if (!kernels::symmetric_eigen(gram.data(), values.data(), k_))
      fail<numeric_error>(where, ": the factors diverged; raise regularization");
    for (std::int64_t i = 0; i < k_; ++i)
      for (std::int64_t d = 0; d < k_; ++d) q_[d * k_ + i] = static_cast<Scalar>(gram[i * k_ + d]);
    std::transform(values.begin(), values.end(), eigenvalues_.mutable_data(),
                   [](double value) { return static_cast<Scalar>(std::max(value, 0.0)); });
  }

  const storage<Scalar>& eigenvalues() const noexcept { return eigenvalues_; }

  /// y <- y q.
  void apply(const host_policy& policy, const rows_view<Scalar>& y) const { multiply_in_place(policy, y, q_); }
  /// y <- y q', the inverse of apply.
  void undo(const host_policy& policy, const rows_view<Scalar>& y) const {
    numbers<Scalar> transposed(q_.size());
    for (std::int64_t i = 0; i < k_; ++i)
      for (std::int64_t d = 0; d < k_; ++d) transposed[i * k_ + d] = q_[d * k_ + i];
    multiply_in_place(policy, y, transposed);
  }

 private:
  std::int64_t k_;
  numbers<Scalar> q_;  // k x k, row-major
  storage<Scalar> eigenvalues_;
};

}  // namespace akin::inline AKIN_ABI::detail
