/// @file
/// What fit_best tries next.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/model/parameters.hpp>
#include <akin/random.hpp>
#include <akin/tuning/detail/trial_cost.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The kinds of models that fit_best tries, or puts behind the others.
inline constexpr std::array<std::string_view, 10> tried_kinds = {
    "popularity", "user_knn",     "item_knn",     "rp3beta",       "slim",
    "ease",       "implicit_als", "graph_filter", "content_model", "segment_popularity"};

/// What is known of a trial when the next one is proposed.
struct tried_trial {
  parameter_map parameters;
  parameter_map options = {};    // of the trained model
  parameter_map automatic = {};  // those of them that were chosen from the data
  double score = 0;
  bool is_complete = false;  // trained, and judged on all users

  std::string kind() const { return parameters.at("model").text(); }
};

/// What the portfolio depends on.
struct proposal_setting {
  data_size size;
  bool values_differ = false;  // stored values other than 1
  bool events_differ = false;  // a log with several kinds of events
  double days = 0;             // from the first to the last time of the log; 0 without times
  bool has_features = false;
  std::vector<std::string> exclude = {};
  std::uint64_t seed = 0;
};

/// Proposes parameters of trials: a portfolio of models that did well on many data sets, cheap ones first; other values
/// of the data; more costly settings of kinds that are near the best; and then changes of single options of the best
/// kinds. Each proposal depends on the scores so far and the seed alone.
class proposals {
 public:
  explicit proposals(proposal_setting setting);

  /// The parameters of the next trial; none if nothing is left.
  std::optional<parameter_map> next(const std::vector<tried_trial>& tried);

 private:
  /// Kinds that far below the best are given up.
  static constexpr double promising = 0.85;
  static constexpr int most_moves = 60, tries_of_a_move = 20;

  std::optional<parameter_map> from_portfolio(const std::vector<tried_trial>& tried);
  std::optional<parameter_map> from_values(const std::vector<tried_trial>& tried);
  std::optional<parameter_map> from_moves(const std::vector<tried_trial>& tried);

  /// Whether a trial of the kind may still pay.
  bool is_promising(const std::string& kind, const std::vector<tried_trial>& tried) const;
  /// The changed options of a trial.
  parameter_map moved(const tried_trial& from, const random_stream& random) const;
  /// With the values of the data that were best.
  parameter_map with_best_values(parameter_map parameters) const;

  proposal_setting setting_;
  std::vector<parameter_map> portfolio_, values_;
  std::size_t next_of_portfolio_ = 0, next_of_values_ = 0;
  parameter_map best_values_ = {};  // "values" and "half_life_days"
  int moves_ = 0;
};

/// The complete trial of each kind with the highest score, the best first; ties to the earlier one.
std::vector<const tried_trial*> best_of_kinds(const std::vector<tried_trial>& tried);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(tuning)
namespace akin::inline AKIN_ABI::detail {

inline parameter_map trial_of(std::string_view model,
                              std::initializer_list<std::pair<const char*, double>> options = {}) {
  parameter_map parameters;
  parameters.emplace("model", parameter_value(model));
  for (const auto& [name, value] : options) {
    if (value == std::floor(value))
      parameters.emplace(name, parameter_value(static_cast<std::int64_t>(value)));
    else
      parameters.emplace(name, parameter_value(value));
  }
  return parameters;
}

/// Models without a lead, as small as the catalogue makes sense for.
inline std::vector<parameter_map> portfolio_of(const proposal_setting& setting) {
  std::vector<parameter_map> list = {trial_of("user_knn"), trial_of("rp3beta"), trial_of("item_knn")};
  if (setting.has_features) list.push_back(trial_of("content_model"));
  list.push_back(trial_of("slim"));
  list.push_back(trial_of("implicit_als", {{"factors", 128}}));
  if (setting.size.items <= 9000) list.push_back(trial_of("ease"));
  list.push_back(trial_of("slim", {{"l1", 1}, {"l2", 50}, {"neighbors", 200}, {"tolerance", 1e-3}}));
  list.push_back(trial_of("implicit_als", {{"factors", 256}}));
  list.push_back(trial_of("slim", {{"l1", 3}, {"l2", 10}, {"neighbors", 200}, {"tolerance", 1e-3}}));
  list.push_back(trial_of("graph_filter"));
  if (setting.size.items > 20000) list.push_back(trial_of("implicit_als", {{"factors", 512}}));
  return list;
}

/// Other values of the data.
inline std::vector<parameter_map> values_of(const proposal_setting& setting) {
  std::vector<parameter_map> list;
  const auto add = [&](const char* name, const parameter_value& value) { list.push_back({{name, value}}); };
  if (setting.values_differ) {
    add("values", parameter_value(std::string_view("presence")));
    add("values", parameter_value(std::string_view("log")));
  }
  if (setting.events_differ) add("values", parameter_value(std::string_view("rare_events")));
  if (setting.days > 0)
    for (const double share : {1.0 / 3, 1.0 / 10}) add("half_life_days", parameter_value(setting.days * share));
  return list;
}

/// An option that a move changes, and how: times or plus a step, within bounds.
struct movable_option {
  const char* model;
  const char* name;
  double step;  // a factor, or a term if `adds`
  double low, high;
  bool adds = false, is_whole = false;
};

inline constexpr movable_option movable_options[] = {
    {"user_knn", "neighbors", 1.6, 20, 2000, false, true},
    {"user_knn", "amplification", 0.5, 0.5, 4, true},
    {"user_knn", "significance", 3, 0, 30, true},
    {"item_knn", "neighbors", 1.6, 20, 2000, false, true},
    {"item_knn", "amplification", 0.5, 0.5, 4, true},
    {"item_knn", "significance", 3, 0, 50, true},
    {"rp3beta", "alpha", 0.15, 0.2, 2, true},
    {"rp3beta", "beta", 0.12, 0, 1, true},
    {"rp3beta", "neighbors", 1.7, 20, 2000, false, true},
    {"slim", "l1", 2, 1e-12, 1e12},
    {"slim", "l2", 2.5, 1e-12, 1e12},
    {"slim", "neighbors", 1.6, 20, 1000, false, true},
    {"ease", "regularization", 1.7, 1e-12, 1e12},
    {"ease", "dropout", 0.15, 0, 0.9, true},
    {"implicit_als", "regularization", 1.5, 1e-12, 1e12},
    {"implicit_als", "unobserved_weight", 1.7, 1e-12, 1e12},
    {"implicit_als", "factors", 1.4, 16, 1024, false, true},
    {"graph_filter", "polynomial_exponent", 0.1, -1, 1, true},
    {"graph_filter", "ideal_exponent", 0.1, -1, 1, true},
    {"graph_filter", "ideal_weight", 1.6, 0, 10},
};

inline std::vector<const movable_option*> movable_options_of(std::string_view model, const parameter_map& options) {
  std::vector<const movable_option*> list;
  for (const movable_option& option : movable_options)
    if (option.model == model && options.contains(option.name)) list.push_back(&option);
  return list;
}

AKIN_INLINE std::vector<const tried_trial*> best_of_kinds(const std::vector<tried_trial>& tried) {
  std::vector<const tried_trial*> best;
  for (const tried_trial& trial : tried) {
    if (!trial.is_complete) continue;
    const auto same = std::find_if(best.begin(), best.end(), [&](const auto* b) { return b->kind() == trial.kind(); });
    if (same == best.end())
      best.push_back(&trial);
    else if (trial.score > (*same)->score)
      *same = &trial;
  }
  std::stable_sort(best.begin(), best.end(), [](const auto* a, const auto* b) { return a->score > b->score; });
  return best;
}

AKIN_INLINE proposals::proposals(proposal_setting setting)
    : setting_(std::move(setting)), portfolio_(portfolio_of(setting_)), values_(values_of(setting_)) {
  const auto& exclude = setting_.exclude;
  std::erase_if(portfolio_, [&](const parameter_map& trial) {
    return std::find(exclude.begin(), exclude.end(), trial.at("model").text()) != exclude.end();
  });
}

AKIN_INLINE std::optional<parameter_map> proposals::next(const std::vector<tried_trial>& tried) {
  constexpr std::size_t first_trials = 3;
  if (next_of_portfolio_ < std::min(first_trials, portfolio_.size())) return from_portfolio(tried);
  if (auto values = from_values(tried)) return values;
  if (auto trial = from_portfolio(tried)) return trial;
  return from_moves(tried);
}

AKIN_INLINE bool proposals::is_promising(const std::string& kind, const std::vector<tried_trial>& tried) const {
  const auto best = best_of_kinds(tried);
  if (best.empty()) return true;
  bool was_tried = false;
  for (const tried_trial& trial : tried) {
    if (trial.kind() != kind) continue;
    was_tried = true;
    if (trial.is_complete && trial.score >= promising * best.front()->score) return true;
  }
  return !was_tried;
}

AKIN_INLINE std::optional<parameter_map> proposals::from_portfolio(const std::vector<tried_trial>& tried) {
  while (next_of_portfolio_ < portfolio_.size()) {
    const parameter_map& trial = portfolio_[next_of_portfolio_++];
    if (is_promising(trial.at("model").text(), tried)) return with_best_values(trial);
  }
  return {};
}

/// The best kind so far with each of the other values; the best of them are those of all later trials.
AKIN_INLINE std::optional<parameter_map> proposals::from_values(const std::vector<tried_trial>& tried) {
  const auto best = best_of_kinds(tried);
  if (best.empty() || next_of_values_ > values_.size()) return {};
  if (next_of_values_ == values_.size()) {
    ++next_of_values_;
    for (const char* name : {"values", "half_life_days"})
      if (const auto found = best.front()->parameters.find(name); found != best.front()->parameters.end())
        best_values_.emplace(name, found->second);
    return {};
  }
  parameter_map trial = best.front()->parameters;
  trial.erase("values");
  trial.erase("half_life_days");
  parameter_map values = values_[next_of_values_++];
  trial.merge(values);
  return trial;
}

AKIN_INLINE parameter_map proposals::with_best_values(parameter_map parameters) const {
  parameters.merge(parameter_map(best_values_));
  return parameters;
}

AKIN_INLINE parameter_map proposals::moved(const tried_trial& from, const random_stream& random) const {
  const auto options = movable_options_of(from.kind(), from.options);
  parameter_map trial = from.parameters;
  trial.merge(parameter_map(from.automatic));
  if (options.empty()) return trial;
  const auto pick = [&](std::uint64_t index) { return options[random.below(index, options.size())]; };
  // One option, or two.
  const int count = random.uniform(0) < 0.5 ? 1 : 2;
  for (int change = 0; change < count; ++change) {
    const auto index = static_cast<std::uint64_t>(1 + 2 * change);
    const movable_option& option = *pick(index);
    const auto given = trial.find(option.name);
    const double value = (given == trial.end() ? from.options.find(option.name) : given)->second.number();
    const bool up = random.uniform(index + 1) < 0.5;
    const double to =
        option.adds ? value + (up ? option.step : -option.step) : (up ? value * option.step : value / option.step);
    const double bounded = std::clamp(to, option.low, option.high);
    trial.insert_or_assign(
        option.name, option.is_whole ? parameter_value(static_cast<std::int64_t>(bounded)) : parameter_value(bounded));
  }
  return trial;
}

/// In turn from the best trial of each of the best kinds.
AKIN_INLINE std::optional<parameter_map> proposals::from_moves(const std::vector<tried_trial>& tried) {
  const auto best = best_of_kinds(tried);
  std::size_t kinds = 0;
  while (kinds < best.size() && best[kinds]->score >= promising * best.front()->score) ++kinds;
  if (kinds == 0 || moves_ >= most_moves) return {};
  const auto known = [&](const parameter_map& trial) {
    return std::any_of(tried.begin(), tried.end(), [&](const tried_trial& t) { return t.parameters == trial; });
  };
  for (int attempt = 0; attempt < tries_of_a_move; ++attempt) {
    const std::uint64_t stream = 0x6D6F766573000000u + static_cast<std::uint64_t>(moves_ * tries_of_a_move + attempt);
    parameter_map trial =
        moved(*best[static_cast<std::size_t>(moves_ + attempt) % kinds], random_stream(setting_.seed, stream));
    if (known(trial)) continue;
    ++moves_;
    return trial;
  }
  return {};
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
