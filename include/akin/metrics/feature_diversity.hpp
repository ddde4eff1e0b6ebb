/// @file
/// Metrics of the diversity of a list, by features of the items.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

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

/// Scales the row by a power of two to values of at most 1, so that no square of it overflows, and returns the factor
/// that then normalises it; 0 for a row of zeros.
template <class Scalar>
double scale_features(slice<Scalar> row) noexcept {
  double largest = 0, squares = 0;
  for (const Scalar x : row) largest = std::max(largest, std::abs(static_cast<double>(x)));
  if (!(largest > 0)) return 0;
  const double power = std::ldexp(1.0, std::clamp(-std::ilogb(largest) - 1, -1000, 1000));
  for (Scalar& x : row) {
    const double scaled = static_cast<double>(x) * power;
    x = static_cast<Scalar>(scaled);
    squares += scaled * scaled;
  }
  return 1 / std::sqrt(squares);
}

/// Dense features of items, and the reciprocal lengths of their rows.
template <class Scalar>
class dense_item_features {
 public:
  template <class Features>
  dense_item_features(const Features& features, std::string_view where)
      : rows_(features.rows(), features.cols()), scales_(features.rows()) {
    const auto rows = rows_.mutable_view();
    for (std::int64_t item = 0; item < rows.rows; ++item) {
      for (std::int64_t column = 0; column < rows.cols; ++column) {
        const Scalar x = features.coeff(item, column);
        if (!is_finite(x))
          fail<std::invalid_argument>(where, ": values must be finite, got ", x, " in row ", item, ", column ", column);
        rows.row(item)[column] = x;
      }
      scales_[item] = scale_features(slice<Scalar>{rows.row(item), rows.cols});
    }
  }

  /// The sum of the cosines of all pairs: each unit row times the sum of those before it; O(items * columns).
  template <class Index>
  [[nodiscard]] double sum_of_cosines(std::span<const Index> items) const noexcept {
    constexpr std::int64_t columns_at_once = 64;
    const auto rows = rows_.view();
    double sum = 0;
    for (std::int64_t first = 0; first < rows.cols; first += columns_at_once) {
      const std::int64_t count = std::min(columns_at_once, rows.cols - first);
      double before[columns_at_once] = {}, products[columns_at_once] = {};
      for (const Index item : items) {
        const double scale = scales_[item];
        const Scalar* const row = rows.row(item) + first;
        for (std::int64_t i = 0; i < count; ++i) {
          const double x = scale * static_cast<double>(row[i]);
          products[i] += before[i] * x;
          before[i] += x;
        }
      }
      for (std::int64_t i = 0; i < count; ++i) sum += products[i];
    }
    return sum;
  }

 private:
  dense_storage<Scalar> rows_;
  numbers<double> scales_;
};

/// The same for sparse features.
template <class Scalar, class FeatureIndex>
class sparse_item_features {
 public:
  template <class Features>
  sparse_item_features(const Features& features, std::string_view where)
      : rows_(checked_view<Scalar, FeatureIndex>(execution::seq, features, where)), scales_(features.rows()) {
    const auto rows = rows_.view();
    for (std::int64_t item = 0; item < rows.rows; ++item)
      scales_[item] = scale_features(slice<Scalar>{rows_.mutable_values() + rows.offsets[item], rows.row_size(item)});
  }

  /// The same; O(elements of the items' rows) up to a few thousand, else O(items * elements).
  template <class Index>
  [[nodiscard]] double sum_of_cosines(std::span<const Index> items) const noexcept {
    std::int64_t elements = 0;
    for (const Index item : items) elements += rows_.view().row_size(item);
    return elements <= slots / 2 ? sum_by_columns(items) : sum_by_pairs(items);
  }

 private:
  static constexpr int bits = 12;
  static constexpr std::int64_t slots = std::int64_t{1} << bits;

  /// The sums of the rows so far are in a hash table by column, since there may be too many columns for an array.
  template <class Index>
  [[nodiscard]] double sum_by_columns(std::span<const Index> items) const noexcept {
    std::array<FeatureIndex, slots> columns;
    std::array<double, slots> before;
    columns.fill(-1);
    double sum = 0;
    for (const Index item : items) {
      const double scale = scales_[item];
      const auto row = rows_.view().row(item);
      for (std::int64_t i = 0; i < row.size(); ++i) {
        const double x = scale * static_cast<double>(row.values[i]);
        std::uint64_t slot = (static_cast<std::uint64_t>(row.ids[i]) * 0x9E3779B97F4A7C15u) >> (64 - bits);
        while (columns[slot] != row.ids[i] && columns[slot] != -1) slot = (slot + 1) % slots;
        const double others = columns[slot] == -1 ? 0 : before[slot];
        columns[slot] = row.ids[i];
        sum += others * x;
        before[slot] = others + x;
      }
    }
    return sum;
  }

  template <class Index>
  [[nodiscard]] double sum_by_pairs(std::span<const Index> items) const noexcept {
    double sum = 0;
    for (std::size_t i = 1; i < items.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const Index a = items[i], b = items[j];
        sum += scales_[a] * scales_[b] * dot(a, b);
      }
    return sum;
  }
  [[nodiscard]] double dot(std::int64_t first, std::int64_t second) const noexcept {
    const auto a = rows_.view().row(first), b = rows_.view().row(second);
    double sum = 0;
    for (std::int64_t i = 0, j = 0; i < a.size() && j < b.size();) {
      const FeatureIndex x = a.ids[i], y = b.ids[j];
      if (x == y) sum += static_cast<double>(a.values[i]) * static_cast<double>(b.values[j]);
      i += x <= y ? 1 : 0;
      j += y <= x ? 1 : 0;
    }
    return sum;
  }

  csr_storage<Scalar, FeatureIndex> rows_;
  numbers<double> scales_;
};

template <class Features>
struct item_features_of {
  using type = dense_item_features<typename Features::Scalar>;
};
template <sparse_matrix_like Features>
struct item_features_of<Features> {
  using type = sparse_item_features<pointee<decltype(std::declval<const Features&>().valuePtr())>,
                                    pointee<decltype(std::declval<const Features&>().outerIndexPtr())>>;
};

}  // namespace detail

namespace metrics {

/// Intra-list diversity of the first k items by given features of the items: the mean over their pairs of 1 - cosine of
/// their rows of `features`. 0 if all have the same direction, 1 if no two have a feature in common, above 1 if
/// features of both signs point in opposite directions. An item without features (a row of zeros) has cosine 0 with
/// every other; a list of fewer than two items has no pairs and scores 0. B. Smyth, P. McClave, "Similarity vs.
/// Diversity", ICCBR 2001 (mean dissimilarity of all pairs); C.-N. Ziegler et al., "Improving Recommendation Lists
/// Through Topic Diversification", WWW 2005 (similarity by the content of the items).
///
/// `features`: items x features of float or double, a compressed row-major sparse matrix or a dense one, as a named
/// object that lives until the evaluation has begun: it is referred to, and copied once an evaluation. Throws
/// std::invalid_argument unless it has one row for each item of the catalogue, all values are finite and it is well
/// formed. Memory: the copy and 8 bytes an item; O(k * features) a list where they are dense, O(elements of its items'
/// rows) where they are sparse, times k if these are more than 2048.
template <class Features>
struct feature_diversity {
  static_assert(!sparse_matrix_like<Features> || bool(Features::IsRowMajor),
                "akin: sparse features must be row-major (one row an item), as akin::sparse_matrix is");
  static_assert(std::is_same_v<typename Features::Scalar, float> || std::is_same_v<typename Features::Scalar, double>,
                "akin: features must be of float or double; convert them once with .cast<float>()");

  int k;

  feature_diversity(int list_length, const Features& item_features) : k(list_length), features_(&item_features) {}
  feature_diversity(int, const Features&&) = delete;  // would not live until it is used

  class prepared {
   public:
    prepared(int k, const Features& features) : k_(static_cast<std::size_t>(k)), features_(features, name) {}

    template <class Index>
    [[nodiscard]] double operator()(const judged_list<Index>& list) const noexcept {
      const auto shown = list.ranked.first(std::min(k_, list.ranked.size()));
      if (shown.size() < 2) return 0;
      const auto size = static_cast<double>(shown.size());
      return std::max(0.0, 1 - features_.sum_of_cosines(shown) / (size * (size - 1) / 2));
    }

   private:
    std::size_t k_;
    typename detail::item_features_of<Features>::type features_;
  };

  template <class Index>
  [[nodiscard]] prepared prepare(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    if (features_->rows() != context.items)
      detail::fail<std::invalid_argument>(name, ": features must have one row for each item of the catalogue, ",
                                          context.items, ", got ", features_->rows());
    return {k, *features_};
  }
  static constexpr std::string_view name = "metrics::feature_diversity";

 private:
  const Features* features_;
};

template <class Features>
feature_diversity(int, const Features&) -> feature_diversity<Features>;

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
