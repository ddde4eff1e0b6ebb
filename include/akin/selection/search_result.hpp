/// @file
/// The result of a search for parameters: every trial, and the model of the best one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/selection/trial.hpp>

namespace akin::inline AKIN_ABI {

/// A training with the parameters of a trial, and its score on the validation data.
struct trial_result {
  int number = 0;             ///< of the trial, 0 for the first
  int iterations = 0;         ///< of the training in successive_halving; 0 in other searches
  parameter_map parameters;   ///< the requested parameters
  double score = 0;           ///< the metric; 0 if the trial failed
  double standard_error = 0;  ///< of the score over the validation's users (or ratings)
  double seconds = 0;         ///< of the training
  std::string error;          ///< the failure of the trial; empty if it succeeded

  [[nodiscard]] bool failed() const noexcept { return !error.empty(); }
};

/// The outcome of a search.
template <class Model>
struct search_result {
  double score = 0;                  ///< of the best trial on the validation data: as the best of many it is optimistic
  double standard_error = 0;         ///< of that score
  int number = 0;                    ///< of the best trial
  parameter_map parameters;          ///< of the best trial
  std::vector<trial_result> trials;  ///< all of them, in the order of training
  Model model;                       ///< with these parameters, trained on everything
};

namespace detail {

/// The lines of trials_csv.
std::vector<std::string> csv_lines(const std::vector<trial_result>& trials);

}  // namespace detail

/// Writes trials as CSV (RFC 4180) to `sink`, a line each: anything callable with a std::string_view. Columns: trial,
/// iterations (only of successive_halving), score, standard_error, seconds, the parameters in the order of their names,
/// error. A field is empty if a trial failed or did not request the parameter.
template <class Sink>
void trials_csv(const std::vector<trial_result>& trials, Sink&& sink) {
  for (const std::string& line : detail::csv_lines(trials)) sink(std::string_view(line));
}

/// The same as one text.
std::string trials_csv(const std::vector<trial_result>& trials);
template <class Model>
std::string trials_csv(const search_result<Model>& result) {
  return trials_csv(result.trials);
}
template <class Model, class Sink>
void trials_csv(const search_result<Model>& result, Sink&& sink) {
  trials_csv(result.trials, sink);
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(selection)
#include <algorithm>
#include <functional>
#include <set>

#include <akin/text.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A line of trials_csv.
inline std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    line += csv_text(fields[i]);
  }
  return line + "\r\n";
}

inline std::string csv_line(const trial_result& result, const std::set<std::string, std::less<>>& names,
                            bool with_iterations) {
  std::vector<std::string> fields = {std::to_string(result.number)};
  if (with_iterations) fields.push_back(std::to_string(result.iterations));
  fields.push_back(result.failed() ? "" : shortest_number(result.score));
  fields.push_back(result.failed() ? "" : shortest_number(result.standard_error));
  fields.push_back(shortest_number(result.seconds));
  for (const std::string& name : names) {
    const auto found = result.parameters.find(name);
    fields.push_back(found == result.parameters.end() ? "" : found->second.text());
  }
  fields.push_back(result.error);
  return csv_line(fields);
}

AKIN_INLINE std::vector<std::string> csv_lines(const std::vector<trial_result>& trials) {
  std::set<std::string, std::less<>> names;
  for (const trial_result& result : trials)
    for (const auto& parameter : result.parameters) names.insert(parameter.first);
  const bool with_iterations =
      std::any_of(trials.begin(), trials.end(), [](const trial_result& result) { return result.iterations > 0; });
  std::vector<std::string> header;
  header.emplace_back("trial");
  if (with_iterations) header.emplace_back("iterations");
  for (const char* const name : {"score", "standard_error", "seconds"}) header.emplace_back(name);
  header.insert(header.end(), names.begin(), names.end());
  header.emplace_back("error");
  std::vector<std::string> lines = {csv_line(header)};
  for (const trial_result& result : trials) lines.push_back(csv_line(result, names, with_iterations));
  return lines;
}

}  // namespace detail

AKIN_INLINE std::string trials_csv(const std::vector<trial_result>& trials) {
  std::string text;
  for (const std::string& line : detail::csv_lines(trials)) text += line;
  return text;
}

}  // namespace akin::inline AKIN_ABI
#endif
