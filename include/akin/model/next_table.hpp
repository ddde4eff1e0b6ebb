/// @file
/// A sparse matrix of weights from items to those that come after them, and the answers of models from it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/scorer.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// W (items x items): w_ij speaks for item j after item i. The table of a model inherits it and says which events of a
/// sequence count how much.
template <class Scalar, class Index>
class next_table {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  next_table() = default;
  /// Takes W, items x items.
  explicit next_table(detail::csr_storage<Scalar, Index> weights)
      : weights_(std::move(weights)), known_(weights_.cols()) {
    for (std::int64_t row = 0; row < weights_.rows(); ++row)
      for (const Index column : weights_.view().row(row).ids)
        known_.mutable_data()[row] = known_.mutable_data()[column] = 1;
  }

  /// Whether fit was called, even on nothing.
  bool is_fitted() const noexcept { return weights_.is_set(); }
  std::int64_t items() const noexcept { return weights_.cols(); }
  /// Whether the item came before or after another in the training.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && known_[item] != 0; }
  /// W; refers to the model.
  auto weights() const { return weights_.map(); }

  /// Fills out[other] with the weight from the item to each other, -infinity if there is none.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept {
    std::fill(out.begin(), out.end(), no_score<Scalar>);
    const auto [others, values] = weights_.view().row(item);
    for (std::int64_t i = 0; i < others.size; ++i) out[static_cast<std::size_t>(others[i])] = values[i];
  }

  void write_to(model_writer& writer) const { detail::write_csr(writer, "weights", weights_.view()); }

 protected:
  /// The weights of the section "weights".
  static detail::csr_storage<Scalar, Index> map_weights(const model_reader& reader) {
    auto weights = detail::map_csr<Scalar, Index>(reader, "weights");
    reader.require(weights.rows() == weights.cols(), "the weights must be items x items");
    return weights;
  }

  detail::csr_storage<Scalar, Index> weights_;  // items x items

 private:
  detail::storage<std::uint8_t> known_;  // of each item
};

}  // namespace akin::inline AKIN_ABI
