/// @file
/// The miscalibration of a list: the distance of its categories from those of the user's items.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The categories of each item, with shares that add up to 1; none for an item without categories.
class item_categories {
 public:
  struct share {
    std::int32_t category;
    double weight;
  };

  template <class Categories>
  item_categories(const Categories& categories, std::string_view where)
      : count_(static_cast<std::int64_t>(categories.cols())) {
    require(count_ <= largest_id<std::int32_t>, where, "categories must be at most 2147483647", count_);
    starts_.reserve(static_cast<std::size_t>(categories.rows()) + 1);
    if constexpr (sparse_matrix_like<Categories>)
      read_sparse(view_of(categories, where), where);
    else
      read_dense(categories, where);
  }

  /// The number of categories.
  [[nodiscard]] std::int64_t count() const noexcept { return count_; }

  template <class Index>
  [[nodiscard]] std::span<const share> of(Index item) const noexcept {
    const std::size_t start = at(starts_, item);
    return {shares_.data() + start, starts_[static_cast<std::size_t>(item) + 1] - start};
  }

 private:
  template <class Scalar, class Index>
  void read_sparse(const csr_view<Scalar, Index>& x, std::string_view where) {
    check_interactions(execution::seq, x, where);
    for (std::int64_t item = 0; item < x.rows; ++item) {
      const auto [columns, values] = x.row(item);
      for (std::int64_t i = 0; i < columns.size; ++i) add(item, columns[i], static_cast<double>(values[i]), where);
      end_item(item, where);
    }
  }

  template <class Dense>
  void read_dense(const Dense& x, std::string_view where) {
    for (Eigen::Index item = 0; item < x.rows(); ++item) {
      for (Eigen::Index column = 0; column < x.cols(); ++column) {
        const auto value = static_cast<double>(x.coeff(item, column));
        if (!is_finite(value))
          fail<std::invalid_argument>(where, ": values must be finite, got ", value, " in row ", item, ", column ",
                                      column);
        add(item, column, value, where);
      }
      end_item(item, where);
    }
  }

  void add(std::int64_t item, std::int64_t column, double value, std::string_view where) {
    if (value < 0)
      fail<std::invalid_argument>(where, ": values must not be negative, got ", value, " in row ", item, ", column ",
                                  column);
    if (value > 0) shares_.push_back({static_cast<std::int32_t>(column), value});
  }

  void end_item(std::int64_t item, std::string_view where);

  std::int64_t count_;
  std::vector<std::size_t> starts_ = {0};  // items + 1 positions into shares_
  std::vector<share> shares_;
};

}  // namespace detail

namespace metrics {

/// The distance of the categories of the first k items from those of the user's items in train: the Kullback-Leibler
/// divergence C_KL = sum_g p(g) ln(p(g) / q~(g)), q~ = 0.99 q + 0.01 p, with p and q the mean shares of category g over
/// the items in train and of the list. Smaller is better: 0 if the list has the user's mixture, at most ln 100 (4.61),
/// if it has none of the user's categories. H. Steck, "Calibrated Recommendations", RecSys 2018, with all items of the
/// user and all ranks weighing the same.
///
/// An item without categories is left out of p and q. A user without categories (for example without items in train)
/// has no mixture and scores 0; an empty list, and one of items without categories, scores ln 100, since q is 0 then
/// and q~ = 0.01 p.
///
/// `categories`: items x categories, a compressed row-major sparse matrix or a dense one, 1 if an item is of the
/// category or any weight; each row is divided by its sum. A named object that lives until the evaluation has begun: it
/// is referred to, and copied once an evaluation. Throws std::invalid_argument unless it has one row for each item of
/// the catalogue, all values are finite and not negative, and it is well formed. Memory: 16 bytes for each value above
/// 0, 8 an item; for each list, while it is judged, at most 24 bytes for each category, or for each category of each of
/// its items and the user's if these are fewer. O(categories of these items) a list, times a logarithm of that where
/// they are fewer than the categories.
template <class Categories>
struct miscalibration {
  static_assert(!sparse_matrix_like<Categories> || bool(Categories::IsRowMajor),
                "akin: sparse categories must be row-major (one row an item), as akin::sparse_matrix is");

  int k;

  miscalibration(int list_length, const Categories& item_categories) : k(list_length), categories_(&item_categories) {}
  miscalibration(int, const Categories&&) = delete;  // would not live until it is used

  template <class Index>
  class prepared {
   public:
    prepared(int k, const sparsity_view<Index>& train, const Categories& categories)
        : k_(static_cast<std::size_t>(k)), train_(train), categories_(categories, name) {}

    [[nodiscard]] double operator()(const judged_list<Index>& list) const {
      if (list.user >= train_.rows) return 0;
      const auto had = train_.row(list.user);
      const std::span<const Index> owned(had.begin(), static_cast<std::size_t>(had.size));
      const auto shown = list.ranked.first(std::min(k_, list.ranked.size()));
      const part p = measure(owned), q = measure(shown);
      if (p.items == 0) return 0;
      if (q.items == 0) return std::log(1 / smoothing);
      // An array of sums if the items have many of the categories, a sort of their categories if there are far more.
      return categories_.count() <= p.shares + q.shares ? by_category(owned, p, shown, q)
                                                        : by_sorting(owned, p, shown, q);
    }

   private:
    /// The number of given items with categories, and the total number of their categories.
    struct part {
      std::int64_t items = 0, shares = 0;
    };
    /// Sums of the shares of a category, before they are divided by the items.
    struct sums {
      double p = 0, q = 0;
    };
    struct met {
      std::int32_t category;
      sums weight;
    };

    [[nodiscard]] part measure(std::span<const Index> items) const noexcept {
      part result;
      for (const Index item : items) {
        const auto shares = static_cast<std::int64_t>(categories_.of(item).size());
        result.items += shares > 0 ? 1 : 0;
        result.shares += shares;
      }
      return result;
    }

    [[nodiscard]] double by_category(std::span<const Index> owned, part p, std::span<const Index> shown, part q) const {
      detail::numbers<sums> all(categories_.count());
      for (const Index item : owned)
        for (const auto& [category, weight] : categories_.of(item)) all[category].p += weight;
      for (const Index item : shown)
        for (const auto& [category, weight] : categories_.of(item)) all[category].q += weight;
      double divergence = 0;
      for (const sums& one : all) divergence += term(one, p, q);
      return std::max(divergence, 0.0);
    }

    [[nodiscard]] double by_sorting(std::span<const Index> owned, part p, std::span<const Index> shown, part q) const {
      detail::numbers<met> all;
      all.reserve(p.shares + q.shares);
      for (const Index item : owned)
        for (const auto& [category, weight] : categories_.of(item)) all.push_back({category, {weight, 0}});
      for (const Index item : shown)
        for (const auto& [category, weight] : categories_.of(item)) all.push_back({category, {0, weight}});
      std::sort(all.begin(), all.end(), [](const met& a, const met& b) { return a.category < b.category; });
      double divergence = 0;
      for (std::int64_t i = 0; i < all.size();) {
        sums one;
        const std::int32_t category = all[i].category;
        for (; i < all.size() && all[i].category == category; ++i) {
          one.p += all[i].weight.p;
          one.q += all[i].weight.q;
        }
        divergence += term(one, p, q);
      }
      return std::max(divergence, 0.0);
    }

    [[nodiscard]] static double term(const sums& one, part had, part shown) noexcept {
      if (!(one.p > 0)) return 0;
      const double p = one.p / static_cast<double>(had.items), q = one.q / static_cast<double>(shown.items);
      return p * std::log(p / ((1 - smoothing) * q + smoothing * p));
    }

    std::size_t k_;
    sparsity_view<Index> train_;
    detail::item_categories categories_;
  };

  template <class Index>
  [[nodiscard]] prepared<Index> prepare(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    if (categories_->rows() != context.items)
      detail::fail<std::invalid_argument>(name, ": categories must have one row for each item of the catalogue, ",
                                          context.items, ", got ", categories_->rows());
    return {k, context.train, *categories_};
  }
  static constexpr double smoothing = 0.01;  ///< the share of p in q~, so that the divergence is finite
  static constexpr std::string_view name = "metrics::miscalibration";

 private:
  const Categories* categories_;
};

template <class Categories>
miscalibration(int, const Categories&) -> miscalibration<Categories>;

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE void item_categories::end_item(std::int64_t item, std::string_view where) {
  double sum = 0;
  for (std::size_t i = starts_.back(); i < shares_.size(); ++i) sum += shares_[i].weight;
  if (!is_finite(sum))
    fail<std::invalid_argument>(where, ": values must have a finite sum, got ", sum, " in row ", item);
  for (std::size_t i = starts_.back(); i < shares_.size(); ++i) shares_[i].weight /= sum;
  starts_.push_back(shares_.size());
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
