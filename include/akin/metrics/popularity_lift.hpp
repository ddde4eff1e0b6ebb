/// @file
/// Metrics of the popularity of recommended items relative to users' items.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI::metrics {

/// Popularity lift of the first k items: (mean popularity of the list - mean popularity of the user's items in train) /
/// the latter, the popularity of an item being the number of users who have it in train. 0 if the list is as popular as
/// the user's items, 1 if twice as popular, -1 if none of its items has users. A user without items in train and one
/// with an empty list score 0. H. Abdollahpouri et al., "The Connection Between Popularity Bias, Calibration, and
/// Fairness in Recommendation", RecSys 2020, divides the means of a group of users; here each user is a group and the
/// mean of the lifts is reported. Memory: 8 bytes an item and a user; O(nonzeros of train) to prepare, O(k) a list.
struct popularity_lift {
  int k = 10;

  class prepared {
   public:
    prepared(int k, detail::numbers<std::int64_t> owners, detail::numbers<double> usual)
        : k_(static_cast<std::size_t>(k)), owners_(std::move(owners)), usual_(std::move(usual)) {}

    template <class Index>
    [[nodiscard]] double operator()(const judged_list<Index>& list) const noexcept {
      const auto shown = list.ranked.first(std::min(k_, list.ranked.size()));
      const std::int64_t user = list.user;
      if (shown.empty() || user < 0 || user >= usual_.size() || usual_[user] == 0) return 0;
      std::int64_t sum = 0;
      for (const Index item : shown) sum += owners_[item];
      return static_cast<double>(sum) / static_cast<double>(shown.size()) / usual_[user] - 1;
    }

   private:
    std::size_t k_;
    detail::numbers<std::int64_t> owners_;  // of each item
    detail::numbers<double> usual_;         // mean owners of the items of each user, 0 without items
  };

  template <class Index>
  [[nodiscard]] prepared prepare(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    detail::numbers<std::int64_t> owners(context.items);
    for (std::int64_t user = 0; user < context.train.rows; ++user)
      for (const Index item : context.train.row(user)) ++owners[item];
    detail::numbers<double> usual(context.train.rows);
    for (std::int64_t user = 0; user < context.train.rows; ++user) {
      const auto row = context.train.row(user);
      std::int64_t sum = 0;
      for (const Index item : row) sum += owners[item];
      if (!row.empty()) usual[user] = static_cast<double>(sum) / static_cast<double>(row.size);
    }
    return {k, std::move(owners), std::move(usual)};
  }
  static constexpr std::string_view name = "metrics::popularity_lift";
};

}  // namespace akin::inline AKIN_ABI::metrics
