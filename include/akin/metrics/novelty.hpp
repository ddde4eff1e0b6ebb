/// @file
/// Metrics of the novelty of recommended items.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI::metrics {

/// Mean self-information of the first k items in bits: -log2(users who have the item in train / users who have anything
/// in train). An item without users counts as one with one user, so that the number stays finite; without any train all
/// users count; a user with an empty list scores 0. In evaluate_unseen train is the known part of the unseen users. T.
/// Zhou et al., "Solving the apparent diversity-accuracy dilemma of recommender systems", PNAS 107(10), 2010. Memory: 8
/// bytes an item; O(nonzeros of train) to prepare, O(k) a list.
struct novelty {
  int k = 10;

  class prepared {
   public:
    prepared(int k, detail::numbers<double> bits) : k_(static_cast<std::size_t>(k)), bits_(std::move(bits)) {}

    template <class Index>
    [[nodiscard]] double operator()(const judged_list<Index>& list) const noexcept {
      const auto shown = list.ranked.first(std::min(k_, list.ranked.size()));
      double sum = 0;
      for (const Index item : shown) sum += bits_[item];
      return shown.empty() ? 0 : sum / static_cast<double>(shown.size());
    }

   private:
    std::size_t k_;
    detail::numbers<double> bits_;
  };

  template <class Index>
  [[nodiscard]] prepared prepare(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    detail::numbers<std::int64_t> owners(context.items);
    std::int64_t users = 0;  // splits leave rows of other parts empty
    for (std::int64_t user = 0; user < context.train.rows; ++user) {
      const auto row = context.train.row(user);
      users += !row.empty();
      for (const Index item : row) ++owners[item];
    }
    const auto all = static_cast<double>(users > 0 ? users : context.users);
    detail::numbers<double> bits(owners.size());
    for (std::int64_t item = 0; item < bits.size(); ++item)
      bits[item] = std::log2(all / static_cast<double>(std::max<std::int64_t>(owners[item], 1)));
    return {k, std::move(bits)};
  }
  static constexpr std::string_view name = "metrics::novelty";
};

}  // namespace akin::inline AKIN_ABI::metrics
