/// @file
/// Parameters of implicit_als. C++17-clean, no Eigen: engines of other backends include it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <akin/config.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The solver of the least squares problem of a row.
enum class als_solver {
  automatic,           ///< conjugate gradients to solver_tolerance; directly if that takes more than solver_steps
  exact,               ///< to working precision
  conjugate_gradient,  ///< to solver_tolerance, but never more than solver_steps
};

/// For automatic options see chosen.
struct implicit_als_options {
  std::optional<int> factors = std::nullopt;  ///< k >= 1, numbers a user and an item; more fit more and cost more
  int iterations = 10;                        ///< >= 1; an iteration solves all items, then all users
  /// lambda >= 0: regularisation of the factors. 0.001 to 1 with exponent 0; it must not be 0 together with
  /// unobserved_weight.
  std::optional<double> regularization = std::nullopt;
  std::optional<double> alpha = std::nullopt;  ///< >= 0: confidence that a unit of a stored value adds; 1 to 40
  /// alpha0 >= 0: confidence that a cell that is not stored is a negative; 0.01 to 1.
  std::optional<double> unobserved_weight = std::nullopt;
  /// nu in [0, 1]: 0 regularises all rows alike, 1 in proportion to their evidence.
  std::optional<double> regularization_exponent = std::nullopt;
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

inline namespace AKIN_ABI {
namespace detail {

/// What regularization is to a model with these alpha, unobserved_weight and exponent: see chosen.
inline double als_regularization(const implicit_als_options& o, double w, const data_shape& data) {
  const auto ratio = [](std::int64_t all, std::int64_t some) {
    return some == 0 ? 1.0 : static_cast<double>(all) / static_cast<double>(some);
  };
  const double d = data.density(), a = *o.unobserved_weight;
  const double user_length = data.mean_per_user(), item_length = data.mean_per_item();
  const double rho = std::min(0.2, 0.5 * (1 / std::sqrt(user_length) + 1 / std::sqrt(item_length)));
  const double of_users = d / (d + a * ratio(data.columns, data.items));
  const double of_items = d / (d + a * ratio(data.rows, data.users));
  const double lambda = rho * w / data.dispersion() * std::sqrt(of_users * of_items);
  const double user_evidence = user_length + a * static_cast<double>(data.columns);
  const double item_evidence = item_length + a * static_cast<double>(data.rows);
  const double evidence = std::max(std::sqrt(user_evidence * item_evidence), 1.0);
  return lambda * std::pow(evidence, 1 - *o.regularization_exponent);
}

}  // namespace detail

/// The options with each automatic one chosen. factors: 128, 256 for more than 3,000 items that hold something. If
/// regularization is given, the others have the constants that it was given for, those of Hu, Koren and Volinsky: alpha
/// 1, unobserved_weight 1, exponent 0. Otherwise, with d the density, n_u and n_i the mean number of values of a user
/// and of an item, m the mean magnitude of a value, q the mean square over m^2, R and C all rows and columns, r and c
/// those that hold something:
///   alpha = 1/m; with w = alpha m (1 for alpha 0): alpha0 = w sqrt(d); nu = 1;
///   lambda = rho w / q sqrt(d / (d + alpha0 C/c) d / (d + alpha0 R/r)), rho = min(0.2, (1/sqrt(n_u) + 1/sqrt(n_i)) /
///   2),
/// times ((n_u + alpha0 C)(n_i + alpha0 R))^((1 - nu)/2) for a given nu, for the penalty of a row to stay what it is.
/// Values times a constant give the same model. Measured: docs/defaults.md.
inline implicit_als_options chosen(const implicit_als_options& asked, const data_shape& data) {
  constexpr std::int64_t large_catalogue = 3000;
  implicit_als_options options = asked;
  if (!options.factors) options.factors = data.items > large_catalogue ? 256 : 128;
  if (asked.regularization) {
    options.alpha = asked.alpha.value_or(1);
    options.unobserved_weight = asked.unobserved_weight.value_or(1);
    options.regularization_exponent = asked.regularization_exponent.value_or(0);
    return options;
  }
  options.alpha = asked.alpha.value_or(1 / data.mean_magnitude);
  const double w = *options.alpha > 0 ? *options.alpha * data.mean_magnitude : 1;
  options.unobserved_weight = asked.unobserved_weight.value_or(w * std::sqrt(data.density()));
  options.regularization_exponent = asked.regularization_exponent.value_or(1);
  options.regularization = detail::als_regularization(options, w, data);
  return options;
}

}  // namespace AKIN_ABI
}  // namespace akin
