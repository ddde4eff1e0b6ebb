/// @file
/// Metrics of what a recommender shows, whatever is relevant.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>

namespace akin::inline AKIN_ABI::metrics {

/// The share of the catalogue that comes in the first k ranks of at least one evaluated user (catalogue coverage: M.
/// Ge, C. Delgado-Battenfeld, D. Jannach, "Beyond Accuracy: Evaluating Recommender Systems by Coverage and
/// Serendipity", RecSys 2010). One number for all users, so it has no standard error. Memory: one bit an item and
/// worker.
struct coverage {
  int k = 10;

  class accumulator {
   public:
    accumulator(int k, std::int64_t items)
        : k_(static_cast<std::size_t>(k)), items_(items), shown_(static_cast<std::size_t>(items + 63) / 64) {}

    template <class Index>
    void add(const judged_list<Index>& list) noexcept {
      for (const Index item : list.ranked.first(std::min(k_, list.ranked.size())))
        shown_[static_cast<std::size_t>(item) / 64] |= std::uint64_t{1} << (static_cast<std::size_t>(item) % 64);
    }
    void merge(const accumulator& other) noexcept {
      for (std::size_t word = 0; word < shown_.size(); ++word) shown_[word] |= other.shown_[word];
    }
    [[nodiscard]] double value() const noexcept {
      std::int64_t count = 0;
      for (const std::uint64_t word : shown_) count += std::popcount(word);
      return items_ == 0 ? 0 : static_cast<double>(count) / static_cast<double>(items_);
    }

   private:
    std::size_t k_;
    std::int64_t items_;
    std::vector<std::uint64_t> shown_;
  };

  template <class Index>
  accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context.items};
  }
  static constexpr std::string_view name = "metrics::coverage";
};

}  // namespace akin::inline AKIN_ABI::metrics
