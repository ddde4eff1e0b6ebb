/// @file
/// The k most similar rows of each row of a sparse matrix, under any of the measures.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/model/top_rows.hpp>
#include <akin/neighbors/detail/pair_measure.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Rows (items or users) with the values of a measure, and their transpose.
template <class Scalar, class Index>
class similarity_search {
 public:
  similarity_search() = default;
  /// Takes `rows`, compared by columns. Throws numeric_error, which begins with `where`, for values whose squares
  /// overflow Scalar.
  similarity_search(const neighborhood_options& options, csr_storage<Scalar, Index> rows, std::string_view where)
      : options_(options), rows_(std::move(rows)) {
    if (*options_.similarity == similarity::adjusted_cosine) learn_column_means();
    for (std::int64_t row = 0; row < rows_.rows(); ++row) {
      const auto begin = rows_.view().offsets[row];
      prepare(rows_.view().row(row).ids, slice<Scalar>{rows_.mutable_values() + begin, rows_.view().row_size(row)});
    }
    check_squares(where);
    columns_ = transpose(rows_.view());
    rights_.resize(rows_.rows());
    for (std::int64_t row = 0; row < rows_.rows(); ++row) rights_[row] = side(rows_.view().row(row).values).right;
    if (is_quotient()) divide_by_rights();
    with_width([&](auto width) {
      if constexpr (width() > 1) right_terms_ = right_terms<width()>(columns_.view().values, columns_.nonzeros());
    });
  }

  /// Rows x rows: the k rows most similar to each, by (similarity descending, id ascending), never itself.
  csr_storage<Scalar, Index> all(const host_policy& policy) const {
    csr_storage<Scalar, Index> result;
    const csr_view<Scalar, Index> x = rows_.view();
    with_width([&](auto width) {
      constexpr int w = width();
      numbers<Scalar> left;
      if constexpr (w > 1) left = left_terms<w>(x.values, x.nonzeros());
      const terms_view<Scalar, Index> left_view{x.pattern(), w > 1 ? left.data() : x.values};
      const auto top = [&](const auto& score_all) {
        return top_rows<w>(policy, left_view, right(), *options_.neighbors, floor(), true, score_all);
      };
      const pair_measure<Scalar> measure(options_);
      if constexpr (w == 1) {
        if (is_quotient()) {
          result = top(sums_are_scores());
          return;
        }
      }
      result = top([&](std::int64_t row, const Index* ids, const Scalar* sums, std::int64_t count, Scalar* to) {
        measure.template score<w>(side(x.row(row).values).left, rights_.data(), ids, sums, count, to);
      });
    });
    Scalar* const values = result.mutable_values();
    for_each_row(policy, x.rows, [&](std::int64_t row, int) {
      const Scalar left = side(x.row(row).values).left;
      for (std::int64_t i = result.view().offsets[row]; i < result.view().offsets[row + 1]; ++i)
        values[i] = finished(values[i], left);
    });
    return result;
  }

  /// The k rows most similar to a new row, never number `except` (-1 for none), in the order of their ids. Allocates
  /// the memory of a worker.
  candidates<Scalar, Index> one(const row_view<Scalar, Index>& row, std::int64_t except) const {
    candidates<Scalar, Index> best;
    with_width([&](auto width) {
      constexpr int w = width();
      numbers<Scalar> prepared(row.values.begin(), row.values.end());
      prepare(row.ids, slice<Scalar>{prepared.data(), row.size()});
      const auto left = left_terms<w>(prepared.data(), row.size());
      std::int64_t cost = 0;
      for (const Index id : row.ids) cost += columns_.view().row_size(id);
      top_rows_scratch<w, Scalar, Index> scratch(rows_.rows());
      take_all_sums(sum_row<w>(row.ids, left.data(), right(), cost, except, scratch), scratch);
      const Scalar own = side(slice<const Scalar>{prepared.data(), row.size()}).left;
      best = std::move(scratch.best);
      if (!is_quotient())
        pair_measure<Scalar>(options_).template score<w>(own, rights_.data(), best.ids.data(),
                                                         w == 1 ? best.scores.data() : scratch.several.data(),
                                                         best.count, best.scores.data());
      keep_best(best, floor(), std::int64_t{*options_.neighbors}, scratch.ties);
      scratch.order.apply(best);
      for (std::int64_t n = 0; n < best.count; ++n) {
        Scalar& score = best.scores[n];
        score = finished(score, own);
      }
    });
    return best;
  }

  /// The rows with a value in a column.
  slice<const Index> meeting(Index column) const noexcept { return columns_.view().row(column).ids; }

 private:
  template <class Call>
  void with_width(const Call& call) const {
    switch (sums_of(options_)) {
      case 1:
        return call(std::integral_constant<int, 1>());
      case 2:
        return call(std::integral_constant<int, 2>());
      default:
        return call(std::integral_constant<int, 4>());
    }
  }
  /// With one number a pair the values are the terms.
  terms_view<Scalar, Index> right() const noexcept {
    return {columns_.view().pattern(), right_terms_.empty() ? columns_.view().values : right_terms_.data()};
  }
  pair_side<Scalar> side(slice<const Scalar> values) const { return side_of(options_, values, columns_.rows()); }
  Scalar floor() const noexcept { return options_.keep_negative ? no_score<Scalar> : Scalar{0}; }
  /// Whether similarities are x'y / (left_x right_y): then y is divided in advance, x'y by left_x if it is kept, and no
  /// work remains for each pair.
  bool is_quotient() const noexcept {
    return formula_of(*options_.similarity) == pair_formula::ratio && options_.shrinkage == 0 && sums_of(options_) == 1;
  }
  void divide_by_rights() {
    for (std::int64_t i = 0; i < columns_.nonzeros(); ++i) {
      const Scalar right = rights_[columns_.view().columns[i]];
      if (right > 0) columns_.mutable_values()[i] /= right;
    }
  }
  /// The similarity from the score that selected a neighbour.
  Scalar finished(Scalar score, Scalar left) const noexcept {
    const Scalar s = is_quotient() ? score / left : score;
    if (*options_.amplification == 1) return s;
    return std::copysign(static_cast<Scalar>(std::pow(std::abs(static_cast<double>(s)), *options_.amplification)), s);
  }

  /// A sum over a pair is at most the larger sum of squares, and at most four of these are added.
  void check_squares(std::string_view where) const {
    using limits = std::numeric_limits<Scalar>;
    for (std::int64_t row = 0; row < rows_.rows(); ++row) {
      double squares = 0;
      for (const Scalar value : rows_.view().row(row).values)
        squares += static_cast<double>(value) * static_cast<double>(value);
      if (squares > static_cast<double>(limits::max()) / 4)
        fail<numeric_error>(where, ": the squares of row ", row, " of what is compared sum to ", squares,
                            ", beyond the scalar type; scale the values down or use double");
      if (squares > 0 && squares < static_cast<double>(limits::min()))
        fail<numeric_error>(where, ": the squares of row ", row, " of what is compared sum to ", squares,
                            ", below the scalar type; scale the values up or use double");
    }
  }

  void learn_column_means() {
    const csr_view<Scalar, Index> x = rows_.view();
    numbers<double> sums(x.cols), counts(sums.size());
    for (std::int64_t i = 0; i < x.nonzeros(); ++i) {
      sums[x.columns[i]] += static_cast<double>(x.values[i]);
      counts[x.columns[i]] += 1;
    }
    column_means_.resize(sums.size());
    for (std::int64_t c = 0; c < sums.size(); ++c) column_means_[c] = counts[c] == 0 ? 0 : sums[c] / counts[c];
  }

  /// Turns the values of a row into those of the measure.
  void prepare(slice<const Index> ids, slice<Scalar> values) const {
    if (counts_presence(*options_.similarity)) {
      std::fill(values.begin(), values.end(), Scalar{1});
    } else if (*options_.similarity == similarity::adjusted_cosine) {
      for (std::int64_t i = 0; i < values.size; ++i) values[i] = difference(values[i], column_means_[ids[i]]);
    } else if (*options_.similarity == similarity::pearson && values.size > 0) {
      double sum = 0;
      for (const Scalar value : values) sum += static_cast<double>(value);
      const double mean = sum / static_cast<double>(values.size);
      for (Scalar& value : values) value = difference(value, mean);
    }
  }
  /// value - mean, 0 if they differ only by rounding: equal values have no direction.
  static Scalar difference(Scalar value, double mean) noexcept {
    const double x = static_cast<double>(value) - mean;
    return std::abs(x) <= 8 * static_cast<double>(std::numeric_limits<Scalar>::epsilon()) * std::abs(mean)
               ? Scalar{0}
               : static_cast<Scalar>(x);
  }

  neighborhood_options options_;
  csr_storage<Scalar, Index> rows_, columns_;  // the compared rows, and their transpose
  numbers<double> column_means_;               // of adjusted_cosine
  numbers<Scalar> rights_;                     // of each row: see pair_side
  numbers<Scalar> right_terms_;                // of columns_, unless its values are
};

}  // namespace akin::inline AKIN_ABI::detail
