/// @file
/// Parameters of explicit_als. C++17-clean, no Eigen: engines of other backends include it.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct explicit_als_options {
  int factors = 64;     ///< k >= 1, numbers a user and an item; more fit more and cost more
  int iterations = 15;  ///< >= 1; an iteration solves all items, then all users
  /// lambda > 0: regularisation of factors and biases. 0.01 to 0.2 with exponent 1, 1 to 20 with 0.
  double regularization = 0.05;
  bool biases = true;                  ///< solve a bias of each user and item with their factors
  double regularization_exponent = 1;  ///< nu in [0, 1]: 0 regularises all rows alike, 1 in proportion to their ratings
  als_solver solver = als_solver::automatic;  ///< see als_solver
  double solver_tolerance = 1e-3;             ///< > 0: relative error of a row, in the norm of its own problem
  int solver_steps = 32;                      ///< >= 1
  std::uint64_t seed = 0;                     ///< of the initial factors
  bool nonnegative = false;                   ///< constrain factors, but not biases, to zero or above
  bool keep_interactions = false;  ///< whether the model keeps the matrix that it learnt from, which partial_fit and
                                   // /< forget need
};

template <class Options, class Visit>
fields_of<explicit_als_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("iterations", options.iterations, positive);
  visit("regularization", options.regularization, finite_and_positive);
  visit("biases", options.biases);
  visit("regularization_exponent", options.regularization_exponent, between(0, 1));
  visit("solver", options.solver, up_to(als_solver::conjugate_gradient));
  visit("solver_tolerance", options.solver_tolerance, inside_unit_interval);
  visit("solver_steps", options.solver_steps, positive);
  visit("seed", options.seed);
  visit("nonnegative", options.nonnegative);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM
}  // namespace akin
