/// @file
/// What fit_best tried, how it judged, what it chose and why.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/language.hpp>
#include <akin/model/parameters.hpp>
#include <akin/selection/search_result.hpp>

namespace akin::inline AKIN_ABI {

/// A trial that is part of the chosen model.
struct blend_member {
  int trial;      ///< its number
  double weight;  ///< in the blend; 1 if it is alone
};

/// The report of fit_best.
struct best_report {
  std::string metric;    ///< "ndcg@10"
  std::string protocol;  ///< how the validation data were cut
  int cuts = 1;          ///< validation cuts; each trial is trained once for each
  std::int64_t choosing_users = 0;
  std::int64_t reporting_users = 0;
  std::vector<trial_result> trials;   ///< in their order; the parameter "model" has the kind
  std::vector<int> stopped;           ///< trials that were given up: their scores are of some of the users
  std::vector<blend_member> members;  ///< of the chosen model, the best first
  akin::normalization normalization = akin::normalization::min_max;  ///< of the members' scores, if there are several
  metric_result chosen;  ///< its score on the users that chose it, which flatters it
  /// Its score on users that chose nothing, before the last training: what to expect.
  metric_result expected;
  /// The same of the best single model, for comparison.
  metric_result expected_of_best;
  std::string reason;          ///< why it was chosen
  double seconds = 0;          ///< of all
  bool ended_by_time = false;  ///< whether there was more to try

  /// All of it for people, a line each.
  [[nodiscard]] std::string text() const;
  /// What should travel with the model, for bundle::set_metadata: "metric", "expected", "validation", "chosen".
  [[nodiscard]] std::map<std::string, std::string> metadata() const;
};

}  // namespace akin::inline AKIN_ABI

namespace akin::inline AKIN_ABI::detail {

/// "slim l1 0.3, l2 50".
std::string words_of(const parameter_map& parameters);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(tuning)
#include <algorithm>

#include <akin/error.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::string words_of(const parameter_map& parameters) {
  std::string words;
  if (const auto model = parameters.find("model"); model != parameters.end()) words = model->second.text();
  bool first = true;
  for (const auto& [name, value] : parameters) {
    if (name == "model") continue;
    words += sentence(first ? " " : ", ", name, " ", value.text());
    first = false;
  }
  return words;
}

inline std::string with_error(const metric_result& result) {
  return fixed_number(result.mean, 4) + " +- " + fixed_number(result.standard_error, 4);
}

inline std::string line_of(const trial_result& trial, const best_report& report) {
  std::string line = sentence("  ", trial.number, "  ");
  if (trial.failed())
    line += "-";
  else
    line += with_error({trial.score, trial.standard_error, 0});
  line += sentence("  ", fixed_number(trial.seconds, 2), " s  ", words_of(trial.parameters));
  if (std::find(report.stopped.begin(), report.stopped.end(), trial.number) != report.stopped.end())
    line += "  [given up]";
  for (const blend_member& member : report.members)
    if (member.trial == trial.number) line += sentence("  [weight ", fixed_number(member.weight, 2), "]");
  if (trial.failed()) line += sentence("  (", one_line(trial.error), ")");
  return line + '\n';
}

}  // namespace detail

AKIN_INLINE std::string best_report::text() const {
  std::string text = detail::sentence("chosen by ", metric, ": ", reason, "\n");
  text += detail::sentence("expected ", metric, ": ", detail::with_error(expected), " (", reporting_users,
                           " users that chose nothing, before the last training); the best single model: ",
                           detail::with_error(expected_of_best), "\n");
  text += detail::sentence("validation: ", protocol, "; ", cuts, cuts == 1 ? " cut, " : " cuts, ", choosing_users,
                           " users choose\n");
  text += detail::sentence(trials.size(), " trials in ", detail::fixed_number(seconds, 1), " s",
                           ended_by_time ? ", ended by the time" : "", ":\n");
  for (const trial_result& trial : trials) text += detail::line_of(trial, *this);
  return text;
}

AKIN_INLINE std::map<std::string, std::string> best_report::metadata() const {
  std::string chosen_models;
  for (const blend_member& member : members)
    for (const trial_result& trial : trials)
      if (trial.number == member.trial)
        chosen_models += detail::sentence(chosen_models.empty() ? "" : " + ", detail::fixed_number(member.weight, 2),
                                          " ", detail::words_of(trial.parameters));
  return {{"metric", metric},
          {"expected", detail::with_error(expected)},
          {"validation", protocol},
          {"chosen", chosen_models}};
}

}  // namespace akin::inline AKIN_ABI
#endif
