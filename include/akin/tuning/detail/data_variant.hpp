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
#include <utility>
#include <vector>

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

/// The log with each value divided by the share of its kind of event, so that rare kinds, such as purchases among
/// views, count as much as frequent ones.
inline interaction_log with_rare_events(const interaction_log& log) {
  std::vector<double> counts(log.event_ids().size());
  for (const std::int32_t event : log.events()) ++counts[static_cast<std::size_t>(event)];
  std::vector<float> values(log.values().begin(), log.values().end());
  const double even = static_cast<double>(log.size()) / static_cast<double>(counts.size());
  for (std::size_t line = 0; line < values.size(); ++line)
    values[line] *= static_cast<float>(even / counts[static_cast<std::size_t>(log.events()[line])]);
  return log.with_values(std::move(values));
}

/// The matrix of a trial's parameters "half_life_days" (of the log's times) and "values": "presence", 1 for each
/// interaction above 0; "log", ln(1 + r / mean r); "rare_events", see with_rare_events.
template <class Scalar>
sparse_matrix<Scalar> variant_of(const training_data<Scalar>& data, const parameter_map& parameters) {
  const auto values = parameters.find("values"), decay = parameters.find("half_life_days");
  const std::string kind = values == parameters.end() ? "stored" : values->second.text();
  const bool weighs_events = kind == "rare_events", decays = decay != parameters.end();
  require(!weighs_events || (data.log && data.log->has_events()), "fit_best", "rare_events needs a log with events");
  require(!decays || data.log, "fit_best", "half_life_days needs a log with times");
  sparse_matrix<Scalar> x;
  if (weighs_events || decays) {
    interaction_log log = weighs_events ? with_rare_events(*data.log) : *data.log;
    if (decays) log = weighting::time_decay(log, {.half_life_days = decay->second.number()});
    x = log.matrix<Scalar>(duplicates::sum);
  } else {
    x = data.x;
  }
  if (kind == "stored" || weighs_events) return x;
  if (kind == "presence")
    return mapped_values(std::move(x), [](Scalar r) { return static_cast<Scalar>((r > 0) - (r < 0)); });
  if (kind != "log")
    fail<std::invalid_argument>("fit_best: values must be \"presence\", \"log\" or \"rare_events\", got \"", kind,
                                "\"");
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
