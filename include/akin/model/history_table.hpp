/// @file
/// The histories of a training, for models that answer from them.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI {

/// Holds the histories of a training. The table of a model inherits it, and adds the learnt arrays; the model fills it.
template <class Scalar, class Index>
class history_table {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  /// Whether fit was called, even with no users and no items.
  bool is_fitted() const noexcept { return histories_.is_set(); }
  std::int64_t users() const noexcept { return histories_.rows(); }
  std::int64_t items() const noexcept { return histories_.cols(); }
  /// The interactions of the training, users x items; refers to the model.
  auto histories() const { return histories_.map(); }

 protected:
  detail::csr_storage<Scalar, Index> histories_;  // users x items
};

}  // namespace akin::inline AKIN_ABI
