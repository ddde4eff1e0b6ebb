/// @file
/// The memory in which one thread answers users without allocating.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

/// The scratch memory of recommend_one: made once a thread, used by one call at a time. It serves every model and index
/// of at most items() items and lists of at most k(); some models need more, which a workspace made for them has.
template <class Scalar = float, class Index = std::int32_t>
class workspace {
 public:
  /// An empty workspace, to be grown or assigned to.
  workspace() = default;
  /// Throws std::invalid_argument unless items >= 0 and k >= 1.
  workspace(std::int64_t items, int k) { grow(items, k); }
  /// For lists of the items of the model or index.
  template <class Model>
  requires requires(const Model& model) {
    { model.items() } -> std::convertible_to<std::int64_t>;
  }
  workspace(const Model& model, int k) { grow(model, k); }

  /// Enlarges it for a model that has grown, or for longer lists. Allocates, so do not call it on the hot path.
  void grow(std::int64_t items, int k) {
    detail::require(items >= 0, "workspace", "items must not be negative", items);
    detail::require(k >= 1, "workspace", "k must be positive", k);
    items_ = std::max(items_, items);
    k_ = std::max(k_, k);
    scores_.resize(items_ + margin);
    best_.resize(std::min<std::int64_t>(items_, k_));
  }

  template <class Model>
  requires requires(const Model& model) {
    { model.items() } -> std::convertible_to<std::int64_t>;
  }
  void grow(const Model& model, int k) {
    grow(static_cast<std::int64_t>(model.items()), k);
    if constexpr (requires { model.scratch_size(); })
      if (scratch_.size() < model.scratch_size()) scratch_.resize(model.scratch_size());
    if constexpr (requires { model.sequence_scratch_bytes(); })
      bytes_.resize(std::max(bytes_.size(), static_cast<std::int64_t>(model.sequence_scratch_bytes())));
  }

  std::int64_t items() const noexcept { return items_; }
  int k() const noexcept { return k_; }

  // For the library: a score for each item and padding, the model's own scratch, for users and for sequences, and the
  // best so far.
  std::span<Scalar> scores() noexcept { return scores_; }
  std::span<Scalar> scratch() noexcept { return scratch_; }
  std::span<std::byte> bytes() noexcept { return {bytes_.data(), static_cast<std::size_t>(bytes_.size())}; }
  std::span<kernels::scored<Scalar, Index>> best() noexcept { return best_; }

 private:
  static constexpr std::int64_t margin = 4096;  // for a query's rounded factors

  std::int64_t items_ = 0;
  int k_ = 0;
  detail::numbers<Scalar> scores_;
  std::vector<Scalar> scratch_;
  detail::numbers<std::byte> bytes_;
  detail::numbers<kernels::scored<Scalar, Index>> best_;
};

}  // namespace akin::inline AKIN_ABI
