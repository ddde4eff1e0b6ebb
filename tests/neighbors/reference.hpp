/// @file
/// Similarities of dense rows by their definitions, in double; NaN is "not stored".
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include <akin/matrix.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/random.hpp>

namespace akin_test {

/// The stored values of a sparse matrix, NaN elsewhere.
template <class Matrix>
Eigen::MatrixXd stored_values(const Matrix& x) {
  Eigen::MatrixXd dense = Eigen::MatrixXd::Constant(x.rows(), x.cols(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index r = 0; r < x.rows(); ++r)
    for (typename Matrix::InnerIterator cell(x, r); cell; ++cell)
      dense(r, cell.col()) = static_cast<double>(cell.value());
  return dense;
}

inline double mean_of(const Eigen::VectorXd& values) {
  double sum = 0, count = 0;
  for (const double x : values)
    if (!std::isnan(x)) sum += x, ++count;
  return count == 0 ? 0 : sum / count;
}

/// The options with those that would be automatic as of plain neighbours: 100, without weights.
inline akin::neighborhood_options plain(akin::neighborhood_options options) {
  options.neighbors = options.neighbors.value_or(100);
  options.similarity = options.similarity.value_or(akin::similarity::cosine);
  options.significance = options.significance.value_or(0);
  options.amplification = options.amplification.value_or(1);
  options.weighting = options.weighting.value_or(akin::interaction_weighting::none);
  options.value_unit = options.value_unit.value_or(1);
  return options;
}

/// How alike rows a and b of x are; NaN where they have nothing in common or the measure has no value.
inline double similarity_of(const Eigen::MatrixXd& x, Eigen::Index a, Eigen::Index b,
                            const akin::neighborhood_options& options) {
  using akin::similarity;
  const similarity measure = *options.similarity;
  const double h = options.shrinkage;
  double nx = 0, ny = 0, both = 0, xx = 0, yy = 0, xy = 0, common_xx = 0, common_yy = 0, squares = 0;
  for (Eigen::Index c = 0; c < x.cols(); ++c) {
    double u = x(a, c), v = x(b, c);
    if (measure == similarity::adjusted_cosine) u -= mean_of(x.col(c)), v -= mean_of(x.col(c));
    if (measure == similarity::pearson) u -= mean_of(x.row(a)), v -= mean_of(x.row(b));
    if (!std::isnan(u)) xx += u * u, ++nx;
    if (!std::isnan(v)) yy += v * v, ++ny;
    if (std::isnan(u) || std::isnan(v)) continue;
    ++both;
    xy += u * v, common_xx += u * u, common_yy += v * v, squares += (u - v) * (u - v);
  }
  const auto n = static_cast<double>(x.cols());
  if (both < options.minimum_support) return std::numeric_limits<double>::quiet_NaN();
  const auto formula = [&] {
    switch (measure) {
      case similarity::cosine:
        return xy / (std::sqrt(xx) * std::sqrt(yy) + h);
      case similarity::adjusted_cosine:
      case similarity::pearson:
        return std::min(common_xx, common_yy) < 1e-9 ? std::numeric_limits<double>::quiet_NaN()
                                                     : xy / (std::sqrt(common_xx) * std::sqrt(common_yy) + h);
      case similarity::asymmetric_cosine:
        return xy / (std::pow(xx, options.asymmetry) * std::pow(yy, 1 - options.asymmetry) + h);
      case similarity::euclidean:
        return 1 / (1 + std::sqrt(squares / both) + h);
      case similarity::jaccard:
        return both / (nx + ny - both + h);
      case similarity::dice:
        return both / (nx / 2 + ny / 2 + h);
      case similarity::tversky:
        return both / (both + options.tversky_alpha * (nx - both) + options.tversky_beta * (ny - both) + h);
      case similarity::conditional_probability:
        return both / (nx + h);
      case similarity::lift:
        return both / (nx * ny / n + h);
    }
    return std::numeric_limits<double>::quiet_NaN();
  };
  const double s = formula() * both / (both + *options.significance);
  return std::copysign(std::pow(std::abs(s), *options.amplification), s);
}

/// Whether `kept` holds the similarities of the k rows most like each row of x, which may differ where nearly equal.
template <class Matrix>
bool holds_nearest(const Matrix& kept, const Eigen::MatrixXd& x, const akin::neighborhood_options& options,
                   double tolerance) {
  if (kept.rows() != x.rows() || kept.cols() != x.rows()) return false;
  for (Eigen::Index a = 0; a < x.rows(); ++a) {
    std::vector<double> all;
    for (Eigen::Index b = 0; b < x.rows(); ++b) {
      const double s = b == a ? std::numeric_limits<double>::quiet_NaN() : similarity_of(x, a, b, options);
      if (!std::isnan(s) && std::abs(s) > tolerance && (options.keep_negative || s > 0)) all.push_back(s);
    }
    std::sort(all.begin(), all.end(), std::greater{});
    std::vector<double> held;
    std::size_t room = static_cast<std::size_t>(*options.neighbors);
    for (typename Matrix::InnerIterator cell(kept, a); cell; ++cell) {
      const double s = similarity_of(x, a, cell.col(), options);
      if (cell.col() == a) return false;
      if (std::isnan(s) ? true : std::abs(s - static_cast<double>(cell.value())) > tolerance * (1 + std::abs(s)))
        return false;
      if (std::abs(s) > tolerance)
        held.push_back(s);
      else if (room-- == 0)
        return false;
    }
    // What rounding makes of a 0 is held before any negative one, and takes its place.
    if (all.size() > room) {
      if (room < static_cast<std::size_t>(*options.neighbors) && all[room] > 0) return false;
      all.resize(room);
    }
    std::sort(held.begin(), held.end(), std::greater{});
    if (held.size() != all.size()) return false;
    for (std::size_t n = 0; n < all.size(); ++n)
      if (std::abs(held[n] - all[n]) > tolerance * (1 + std::abs(all[n]))) return false;
  }
  return true;
}

/// Every measure, alone and with what may go with it.
inline std::vector<akin::neighborhood_options> measures_to_try() {
  std::vector<akin::neighborhood_options> all;
  for (int m = 0; m <= static_cast<int>(akin::similarity::lift); ++m) {
    const auto measure = static_cast<akin::similarity>(m);
    all.push_back(plain({.neighbors = 6, .similarity = measure, .tversky_alpha = 0.3, .tversky_beta = 1.7}));
    all.push_back(plain({.neighbors = 1000,
                         .similarity = measure,
                         .shrinkage = 2,
                         .minimum_support = 2,
                         .significance = 3,
                         .amplification = 2.5,
                         .asymmetry = 0.2,
                         .tversky_alpha = 0.5,
                         .tversky_beta = 0.25,
                         .keep_negative = true}));
  }
  return all;
}

/// Ratings from 1 to 5, a third of the cells, and a row and a column with one value throughout.
template <class Scalar, class Index = std::int32_t>
akin::sparse_matrix<Scalar, Index> some_ratings(std::int64_t users, std::int64_t items, std::uint64_t seed) {
  const akin::random_stream random(seed);
  std::vector<Eigen::Triplet<Scalar, Index>> cells;
  for (std::int64_t u = 0; u < users; ++u)
    for (std::int64_t i = 0; i < items; ++i) {
      const auto cell = static_cast<std::uint64_t>(u * items + i);
      if (random.uniform(cell) < 0.3)
        cells.emplace_back(static_cast<Index>(u), static_cast<Index>(i),
                           u == 2 || i == 3 ? Scalar{3} : static_cast<Scalar>(1 + random.below(1'000'000 + cell, 5)));
    }
  akin::sparse_matrix<Scalar, Index> x(static_cast<Index>(users), static_cast<Index>(items));
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

/// A value without what centering takes off, and the rating that a centred value is, by their definitions.
struct reference_centering {
  reference_centering(const Eigen::MatrixXd& x, akin::centering kind)
      : user(x.rows()), scale(x.rows()), item(x.cols()) {
    double mean = 0, count = 0;
    for (const double r : x.reshaped())
      if (!std::isnan(r)) mean += r, ++count;
    mean /= count;
    scale.setOnes(), user.setZero(), item.setZero();
    for (Eigen::Index i = 0; i < x.cols(); ++i) {
      double sum = 0, n = 0;
      for (const double r : x.col(i))
        if (!std::isnan(r)) sum += r - mean, ++n;
      if (kind == akin::centering::item_mean) item[i] = mean + (n == 0 ? 0 : sum / n);
      if (kind == akin::centering::baseline) item[i] = sum / (n + 25);
    }
    for (Eigen::Index u = 0; u < x.rows(); ++u) {
      double sum = 0, squares = 0, n = 0;
      for (Eigen::Index i = 0; i < x.cols(); ++i)
        if (!std::isnan(x(u, i))) sum += x(u, i) - (kind == akin::centering::baseline ? mean + item[i] : 0), ++n;
      const double average = n == 0 ? mean : sum / n;
      for (const double r : x.row(u))
        if (!std::isnan(r)) squares += (r - average) * (r - average);
      if (kind == akin::centering::user_mean || kind == akin::centering::z_score) user[u] = average;
      if (kind == akin::centering::z_score && squares > 0) scale[u] = std::sqrt(squares / n);
      if (kind == akin::centering::baseline) user[u] = mean + sum / (n + 10);
    }
  }
  double centred(double r, Eigen::Index u, Eigen::Index i) const {
    const double rest = r - user[u] - item[i];
    return std::abs(rest) < 1e-13 ? 0 : rest / scale[u];
  }
  double rating(double c, Eigen::Index u, Eigen::Index i) const { return user[u] + item[i] + scale[u] * c; }
  Eigen::MatrixXd all(const Eigen::MatrixXd& x) const {
    Eigen::MatrixXd result = x;
    for (Eigen::Index u = 0; u < x.rows(); ++u)
      for (Eigen::Index i = 0; i < x.cols(); ++i) result(u, i) = centred(x(u, i), u, i);
    return result;
  }

  Eigen::VectorXd user, scale, item;
};

inline constexpr akin::centering all_centerings[] = {akin::centering::none, akin::centering::user_mean,
                                                     akin::centering::item_mean, akin::centering::baseline,
                                                     akin::centering::z_score};

}  // namespace akin_test
