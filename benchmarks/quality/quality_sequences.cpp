// Sessions: what comes next, with published settings; --tune measures others on the last tenth of the training
// sessions.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/read_sequences.hpp>
#include <akin/data/split_sequences.hpp>
#include <akin/evaluation/evaluate_next.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/sessions/markov_chain.hpp>
#include <akin/sessions/session_knn.hpp>
#include <akin/sessions/session_linear.hpp>

#include "quality.hpp"

namespace quality {
namespace {

constexpr const char* folder = "sessions-diginetica";

/// The file is in the order of days, but has no times: the sessions are laid evenly over its 152 days, so that
/// age_scale has an effect.
akin::sequences<> with_days(const akin::sequences<>& sessions) {
  constexpr double days = 152, milliseconds = 86'400'000;
  akin::sequences<> timed(sessions.items());
  for (std::int64_t s = 0; s < sessions.size(); ++s) {
    const auto items = sessions[s].items;
    const double share = static_cast<double>(s) / static_cast<double>(sessions.size());
    const std::vector<std::int64_t> times(static_cast<std::size_t>(items.size),
                                          static_cast<std::int64_t>(share * days * milliseconds));
    timed.add({items.data, static_cast<std::size_t>(items.size)}, times);
  }
  return timed;
}

/// The questions have no times: they are asked at the end of the training.
akin::sequences<> without_times(const akin::sequences<>& sessions) {
  akin::sequences<> result(sessions.items());
  for (std::int64_t s = 0; s < sessions.size(); ++s)
    result.add({sessions[s].items.data, static_cast<std::size_t>(sessions[s].items.size)});
  return result;
}

struct session_data {
  akin::sequences<> train, test;
};

template <class Options>
struct session_task {
  const char* name;
  const char* to_reach;
  Options chosen;
  std::vector<Options> grid = {};
};

template <class Model>
std::pair<double, std::string> measure(Model model, const arguments& given, const session_data& data, double& seconds) {
  const auto start = std::chrono::steady_clock::now();
  model.fit(given.policy(), data.train);
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto [recall, rank] = akin::evaluate_next(given.policy(), model, data.test, akin::metrics::recall{20},
                                                  akin::metrics::reciprocal_rank{20});
  return {recall.mean + rank.mean, number("%.4f", recall.mean) + " +- " + number("%.4f", recall.standard_error) +
                                       " / " + number("%.4f", rank.mean) + " +- " +
                                       number("%.4f", rank.standard_error)};
}

template <class Model, class Options>
void run(const arguments& given, const session_data& all, const session_data& validation,
         const session_task<Options>& task) {
  if (!given.asks_for(std::string(folder) + " " + task.name)) return;
  double seconds = 0;
  if (given.tune) {
    if (task.grid.empty()) return;
    tune(std::string(folder) + ", " + task.name, task.grid, [&](const Options& options) {
      const auto [value, text] = measure(Model(options), given, validation, seconds);
      return trial{value, text, seconds};
    });
    return;
  }
  const auto [value, text] = measure(Model(task.chosen), given, all, seconds);
  print_row({folder, "all prefixes", std::string(task.name) + " " + describe(task.chosen), "Recall@20 / MRR@20", text,
             task.to_reach, number("%.1f", seconds)});
}

/// VMIS-kNN as Serenade has it: B. Kersbergen, O. Sprangers, S. Schelter, SIGMOD 2022.
constexpr akin::session_knn_options vmis() {
  akin::session_knn_options options{.neighbors = 100, .sample = 500};
  options.position_decay = akin::event_decay::share;
  options.match_decay = akin::event_decay::linear;
  options.match_scale = 10;
  options.distance_scale = options.age_scale = 0;
  options.idf = 1;
  return options;
}

}  // namespace

void run_sequences(const arguments& given) {
  if (!given.asks_for(folder)) return;
  if (!std::filesystem::exists(given.data / folder))
    return print_row({folder, "all prefixes", "", "", "no data", "", ""});
  const auto train = akin::read_sequences(given.data / folder / "train_sessions.txt");
  const auto test =
      akin::read_sequences(given.data / folder / "test_sessions.txt", {.item_ids = train.item_ids}).sequences;
  const session_data all{with_days(train.sequences), test};
  auto [past, last] = akin::split_sessions(all.train, {.test_fraction = 0.1});
  const session_data validation{std::move(past), without_times(last)};

  run<akin::markov_chain<float>, akin::markov_chain_options>(given, all, validation,
                                                             {"markov_chain", ".40 / .14", {.steps = 10}});
  const std::vector<akin::session_knn_options> neighborhoods = {{},
                                                                {.neighbors = 200, .sample = 2000},
                                                                {.distance_scale = 5},
                                                                {.age_scale = 40},
                                                                {.idf = 2},
                                                                {.position_scale = 2.5}};
  run<akin::session_knn<float>, akin::session_knn_options>(given, all, validation, {"s_knn", "", akin::s_knn()});
  run<akin::session_knn<float>, akin::session_knn_options>(given, all, validation, {"vs_knn", "", akin::vs_knn()});
  run<akin::session_knn<float>, akin::session_knn_options>(given, all, validation, {"stan", "", akin::stan()});
  run<akin::session_knn<float>, akin::session_knn_options>(given, all, validation, {"vmis", ".517 / .182", vmis()});
  run<akin::session_knn<float>, akin::session_knn_options>(given, all, validation,
                                                           {"vstan", ".527 / .186", {}, neighborhoods});
  const std::vector<akin::session_linear_options> linear = {{.alpha = 0.6},
                                                            {.alpha = 0.8, .age_scale = 256},
                                                            {.alpha = 0.9},
                                                            {.alpha = 0.9, .age_scale = 256},
                                                            {.alpha = 0.9, .position_scale = 1, .age_scale = 256},
                                                            {.alpha = 0.9, .position_scale = 4, .age_scale = 256}};
  run<akin::session_linear<float>, akin::session_linear_options>(
      given, all, validation, {"session_linear", ".525 / .187", {.alpha = 0.9, .age_scale = 256}, linear});
}

}  // namespace quality
