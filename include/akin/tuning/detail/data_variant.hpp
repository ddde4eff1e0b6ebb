/// @file
/// How the values of interactions are weighted before a model learns from them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/time_decay.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/model/parameters.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The names of parameters of a trial that are not options of its model.
inline constexpr std::array<std::string_view, 3> reserved_parameters = {"model", "values", "half_life_days"};

/// x with f of each value.
template <class Scalar, class Function>
sparse_matrix<Scalar> mapped_values(sparse_matrix<Scalar> x, const Function& f) {
  std::transform(x.valuePtr(), x.valuePtr() + x.nonZeros(), x.valuePtr(), f);
  return x;
}

template <class Scalar>
double mean_magnitude(const sparse_matrix<Scalar>& x) {
  double sum = 0;
  for (std::int64_t i = 0; i < x.nonZeros(); ++i) sum += std::abs(static_cast<double>(x.valuePtr()[i]));
  return sum > 0 ? sum / static_cast<double>(x.nonZeros()) : 1;
}

/// The matrix of a trial's parameters "values" ("presence": 1 for each interaction above 0; "log": ln(1 + r / mean r))
/// and "half_life_days" (of the log's times).
template <class Scalar>
sparse_matrix<Scalar> variant_of(const training_data<Scalar>& data, const parameter_map& parameters) {
  sparse_matrix<Scalar> x = data.x;
  if (const auto decay = parameters.find("half_life_days"); decay != parameters.end()) {
    require(data.log.has_value(), "fit_best", "half_life_days needs a log with times");
    x = weighting::time_decay(*data.log, {.half_life_days = decay->second.number()})
            .template matrix<Scalar>(duplicates::sum);
  }
  const auto values = parameters.find("values");
  if (values == parameters.end()) return x;
  const std::string kind = values->second.text();
  if (kind == "presence")
    return mapped_values(std::move(x), [](Scalar r) { return static_cast<Scalar>((r > 0) - (r < 0)); });
  if (kind != "log")
    fail<std::invalid_argument>("fit_best: values must be \"presence\" or \"log\", got \"", kind, "\"");
  const double mean = mean_magnitude(x);
  return mapped_values(std::move(x), [mean](Scalar r) {
    return std::copysign(static_cast<Scalar>(std::log1p(std::abs(static_cast<double>(r)) / mean)), r);
  });
}

/// Whether a trial asks for other values than the stored ones.
inline bool has_variant(const parameter_map& parameters) {
  return parameters.contains("values") || parameters.contains("half_life_days");
}

}  // namespace akin::inline AKIN_ABI::detail
