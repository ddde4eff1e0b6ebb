/// @file
/// The memory that one thread needs to answer one user after the other without asking for more.
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

/// What recommend_one writes to: made once a thread, used by one call at a time. It serves every model and index of at
/// most items() items and lists of at most k(); some models ask for more, and have it from a workspace that was made
/// for them.
template <class Scalar = float, class Index = std::int32_t>
class workspace {
 public:
  /// Serves nothing; to be grown or assigned to.
  workspace() = default;
  /// Throws std::invalid_argument unless items >= 0 and k >= 1.
  workspace(std::int64_t items, int k) { grow(items, k); }
  /// For lists of the model's, or index's, items.
  template <class Model>
  requires requires(const Model& model) {
    { model.items() } -> std::convertible_to<std::int64_t>;
  }
  workspace(const Model& model, int k) { grow(model, k); }

  /// Makes room for a model that has grown, or for longer lists; what there is stays. Allocates: not for the hot path.
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
  }

  std::int64_t items() const noexcept { return items_; }
  int k() const noexcept { return k_; }

  // For those who answer: a number for each item and some more, what the model asks for besides, and the best so far.
  std::span<Scalar> scores() noexcept { return scores_; }
  std::span<Scalar> scratch() noexcept { return scratch_; }
  std::span<kernels::scored<Scalar, Index>> best() noexcept { return best_; }

 private:
  static constexpr std::int64_t margin = 4096;  // for what is made of a query: its factors, rounded

  std::int64_t items_ = 0;
  int k_ = 0;
  detail::numbers<Scalar> scores_;
  std::vector<Scalar> scratch_;
  detail::numbers<kernels::scored<Scalar, Index>> best_;
};

}  // namespace akin::inline AKIN_ABI
