/// @file
/// The options of explicit_als: what they must be, and how a model file holds them.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Throws std::invalid_argument for options that make no model of this Scalar.
template <class Scalar>
void check(const explicit_als_options& options) {
  require(options.factors >= 1, "explicit_als", "factors must be positive", options.factors);
  require(options.iterations >= 1, "explicit_als", "iterations must be positive", options.iterations);
  require(static_cast<Scalar>(options.regularization) > 0 && is_finite(static_cast<Scalar>(options.regularization)),
          "explicit_als", "regularization must be finite and positive", options.regularization);
  require(options.regularization_exponent >= 0 && options.regularization_exponent <= 1, "explicit_als",
          "regularization_exponent must be between 0 and 1", options.regularization_exponent);
  require(options.solver >= als_solver::automatic && options.solver <= als_solver::conjugate_gradient, "explicit_als",
          "solver must be one of the enumerators", static_cast<int>(options.solver));
  require(options.solver_tolerance > 0 && options.solver_tolerance < 1, "explicit_als",
          "solver_tolerance must be between 0 and 1", options.solver_tolerance);
  require(options.solver_steps >= 1, "explicit_als", "solver_steps must be positive", options.solver_steps);
}

/// Adds all but keep_interactions.
void write_options(model_writer& writer, const explicit_als_options& options);
explicit_als_options read_explicit_als_options(const model_reader& reader);

AKIN_COMPILE_ONCE(factorization, void check<float>(const explicit_als_options&))
AKIN_COMPILE_ONCE(factorization, void check<double>(const explicit_als_options&))

#if AKIN_BODIES(factorization)

AKIN_INLINE void write_options(model_writer& writer, const explicit_als_options& options) {
  writer.add_value("factors", options.factors);
  writer.add_value("iterations", options.iterations);
  writer.add_value("regularization", options.regularization);
  writer.add_value("biases", options.biases);
  writer.add_value("regularization_exponent", options.regularization_exponent);
  writer.add_value("solver", options.solver);
  writer.add_value("solver_tolerance", options.solver_tolerance);
  writer.add_value("solver_steps", options.solver_steps);
  writer.add_value("seed", options.seed);
  writer.add_value("nonnegative", options.nonnegative);
}

AKIN_INLINE explicit_als_options read_explicit_als_options(const model_reader& reader) {
  return {
      .factors = reader.value<int>("factors"),
      .iterations = reader.value<int>("iterations"),
      .regularization = reader.value<double>("regularization"),
      .biases = reader.value<bool>("biases"),
      .regularization_exponent = reader.value<double>("regularization_exponent"),
      .solver = reader.value<als_solver>("solver", als_solver::automatic, als_solver::conjugate_gradient),
      .solver_tolerance = reader.value<double>("solver_tolerance"),
      .solver_steps = reader.value<int>("solver_steps"),
      .seed = reader.value<std::uint64_t>("seed"),
      .nonnegative = reader.value<bool>("nonnegative"),
      .keep_interactions = reader.value<bool>("keep_interactions"),
  };
}

#endif  // AKIN_BODIES(factorization)

}  // namespace akin::inline AKIN_ABI::detail
