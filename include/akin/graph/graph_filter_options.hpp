/// @file
/// Parameters of graph_filter, and those of published methods. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The response of the filter to the eigenvalues p of P, the similarity of items through their users: near 1 are
/// signals that whole regions of the graph share, near 0 those that distinguish single items.
enum class graph_polynomial {
  linear,        ///< p
  second_order,  ///< 2 p - p^2
  chebyshev,     ///< a plateau: near 1 for p above 1/2, near 0 below; a polynomial of degree `order`
};

struct graph_filter_options {
  graph_polynomial polynomial = graph_polynomial::chebyshev;
  int order = 8;          ///< >= 1, of the chebyshev polynomial only: two products with the matrix each
  double flatness = 1.5;  ///< > 0, of the plateau; 1 to 10, a larger one is flatter and drops later
  /// in [-1, 1]: of the item degrees around the polynomial; above 0 favours the popular.
  double polynomial_exponent = 0.2;
  int ideal_rank = 256;         ///< >= 0: smoothest signals of the ideal low-pass filter; 0 leaves it out
  double ideal_weight = 0.2;    ///< >= 0: of the ideal low-pass filter beside the polynomial
  double ideal_exponent = 0.2;  ///< in [-1, 1]: of the item degrees around the ideal low-pass filter
  int svd_iterations = 6;       ///< >= 1, of randomized_svd
  std::uint64_t seed = 0;       ///< of randomized_svd
};

template <class Options, class Visit>
fields_of<graph_filter_options, Options> fields(Options& options, const Visit& visit) {
  visit("polynomial", options.polynomial, up_to(graph_polynomial::chebyshev));
  visit("order", options.order, between(1, 1000));
  visit("flatness", options.flatness, positive_and_finite);
  visit("polynomial_exponent", options.polynomial_exponent, between(-1, 1));
  visit("ideal_rank", options.ideal_rank, not_negative);
  visit("ideal_weight", options.ideal_weight, finite_and_not_negative);
  visit("ideal_exponent", options.ideal_exponent, between(-1, 1));
  visit("svd_iterations", options.svd_iterations, positive);
  visit("seed", options.seed);
}

/// Y. Shen et al., "How Powerful is Graph Convolution for Recommendation?", CIKM 2021.
constexpr graph_filter_options gf_cf() {
  graph_filter_options options;
  options.polynomial = graph_polynomial::linear;
  options.polynomial_exponent = 0;
  options.ideal_rank = 256;
  options.ideal_weight = 0.3;
  options.ideal_exponent = 0.5;
  return options;
}

/// C. Kim et al., "Graph Spectral Filtering with Chebyshev Interpolation for Recommendation", SIGIR 2025, with their
/// choices for Gowalla. They choose flatness, ideal_rank, ideal_weight and the exponents (both equal) for each data
/// set.
constexpr graph_filter_options chebyshev_cf() {
  graph_filter_options options;
  options.polynomial_exponent = 0.4;
  options.ideal_rank = 512;
  options.ideal_exponent = 0.4;
  return options;
}

}  // namespace AKIN_SEAM
}  // namespace akin
