/// @file
/// The options of implicit_als: what they must be, and how a model file holds them.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The options; throws std::invalid_argument where they make no model.
const implicit_als_options& checked(const implicit_als_options& options);

/// Adds all but keep_interactions.
void write_options(model_writer& writer, const implicit_als_options& options);
implicit_als_options read_implicit_als_options(const model_reader& reader);

#if AKIN_BODIES(factorization)

AKIN_INLINE const implicit_als_options& checked(const implicit_als_options& options) {
  const auto check_weight = [](double x, std::string_view rule) {
    require(x >= 0 && is_finite(x), "implicit_als", rule, x);
  };
  require(options.factors >= 1, "implicit_als", "factors must be positive", options.factors);
  require(options.iterations >= 1, "implicit_als", "iterations must be positive", options.iterations);
  check_weight(options.regularization, "regularization must be finite and not negative");
  check_weight(options.alpha, "alpha must be finite and not negative");
  check_weight(options.unobserved_weight, "unobserved_weight must be finite and not negative");
  require(options.regularization_exponent >= 0 && options.regularization_exponent <= 1, "implicit_als",
          "regularization_exponent must be between 0 and 1", options.regularization_exponent);
  require(options.solver >= als_solver::automatic && options.solver <= als_solver::conjugate_gradient, "implicit_als",
          "solver must be one of the enumerators", static_cast<int>(options.solver));
  require(options.solver_tolerance > 0 && options.solver_tolerance < 1, "implicit_als",
          "solver_tolerance must be between 0 and 1", options.solver_tolerance);
  require(options.solver_steps >= 1, "implicit_als", "solver_steps must be positive", options.solver_steps);
  require(options.feature_regularization > 0 && is_finite(options.feature_regularization), "implicit_als",
          "feature_regularization must be finite and positive", options.feature_regularization);
  require(options.regularization > 0 || options.unobserved_weight > 0, "implicit_als",
          "regularization and unobserved_weight must not both be 0");
  return options;
}

AKIN_INLINE void write_options(model_writer& writer, const implicit_als_options& options) {
  writer.add_value("factors", options.factors);
  writer.add_value("iterations", options.iterations);
  writer.add_value("regularization", options.regularization);
  writer.add_value("alpha", options.alpha);
  writer.add_value("unobserved_weight", options.unobserved_weight);
  writer.add_value("regularization_exponent", options.regularization_exponent);
  writer.add_value("solver", options.solver);
  writer.add_value("solver_tolerance", options.solver_tolerance);
  writer.add_value("solver_steps", options.solver_steps);
  writer.add_value("seed", options.seed);
  writer.add_value("feature_regularization", options.feature_regularization);
}

AKIN_INLINE implicit_als_options read_implicit_als_options(const model_reader& reader) {
  return {
      .factors = reader.value<int>("factors"),
      .iterations = reader.value<int>("iterations"),
      .regularization = reader.value<double>("regularization"),
      .alpha = reader.value<double>("alpha"),
      .unobserved_weight = reader.value<double>("unobserved_weight"),
      .regularization_exponent = reader.value<double>("regularization_exponent"),
      .solver = reader.value<als_solver>("solver", als_solver::automatic, als_solver::conjugate_gradient),
      .solver_tolerance = reader.value<double>("solver_tolerance"),
      .solver_steps = reader.value<int>("solver_steps"),
      .seed = reader.value<std::uint64_t>("seed"),
      .feature_regularization = reader.value<double>("feature_regularization"),
      .keep_interactions = reader.value<bool>("keep_interactions"),
  };
}

#endif  // AKIN_BODIES(factorization)

}  // namespace akin::inline AKIN_ABI::detail
