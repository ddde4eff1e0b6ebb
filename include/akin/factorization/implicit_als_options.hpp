/// @file
/// Parameters of implicit_als. C++17-clean, no Eigen: engines of other backends include it.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The solver of the least squares problem of a row.
enum class als_solver {
  automatic,           ///< conjugate gradients to solver_tolerance; directly if that takes more than solver_steps
  exact,               ///< to working precision
  conjugate_gradient,  ///< to solver_tolerance, but never more than solver_steps
};

struct implicit_als_options {
  int factors = 64;     ///< k >= 1, numbers a user and an item; more fit more and cost more
  int iterations = 15;  ///< >= 1; an iteration solves all items, then all users
  /// lambda >= 0: regularisation of the factors. 0.001 to 1 with exponent 0; it must not be 0 together with
  /// unobserved_weight.
  double regularization = 0.01;
  double alpha = 1;              ///< >= 0: confidence that a unit of a stored value adds; 1 to 40
  double unobserved_weight = 1;  ///< alpha0 >= 0: confidence that a cell that is not stored is a negative; 0.01 to 1
  double regularization_exponent =
      0;  ///< nu in [0, 1]: 0 regularises all rows alike, 1 in proportion to their evidence
  als_solver solver = als_solver::automatic;
  double solver_tolerance = 1e-3;  ///< > 0: relative error of a row's factors, in the norm of its own problem
  int solver_steps = 32;           ///< >= 1
  std::uint64_t seed = 0;          ///< of the initial factors
  /// > 0: regularisation of the weights of side features, in addition to regularization; 0.1 to 100.
  double feature_regularization = 1;
  bool keep_interactions = false;  ///< whether the model keeps the matrix that it learnt from, which partial_fit and
                                   // /< forget need
};

template <class Options, class Visit>
fields_of<implicit_als_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("iterations", options.iterations, positive);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("alpha", options.alpha, finite_and_not_negative);
  visit("unobserved_weight", options.unobserved_weight, finite_and_not_negative);
  visit("regularization_exponent", options.regularization_exponent, between(0, 1));
  visit("solver", options.solver, up_to(als_solver::conjugate_gradient));
  visit("solver_tolerance", options.solver_tolerance, inside_unit_interval);
  visit("solver_steps", options.solver_steps, positive);
  visit("seed", options.seed);
  visit("feature_regularization", options.feature_regularization, finite_and_positive);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM
}  // namespace akin
