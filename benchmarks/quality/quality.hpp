/// What the programs' parts share: the data, what is measured of a model, the table's rows and --tune.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <akin/data/interaction_log.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/read_movielens.hpp>
#include <akin/data/read_user_item_lists.hpp>
#include <akin/data/splits.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/random.hpp>

#include "settings_hybrids.hpp"
#include "settings_sequences.hpp"

namespace quality {

using matrix = akin::sparse_matrix<float>;
using split = akin::train_test<matrix>;

struct arguments {
  std::filesystem::path data;
  std::string only;
  int threads = 2;
  bool tune = false;
  bool defaults = false;
  bool best = false;
  double seconds = 60;  ///< of each search of --best

  /// Whether --only admits this row.
  bool asks_for(const std::string& row) const { return row.find(only) != std::string::npos; }
  auto policy() const { return akin::execution::par.threads(threads); }
};

/// A row of the table, or of the settings that were tried; each is printed once it is known.
inline void print_row(const std::vector<std::string>& fields) {
  for (const std::string& field : fields) std::printf("| %s ", field.c_str());
  std::printf("|\n");
  std::fflush(stdout);
}

/// The values of list_setting.
inline matrix weighted(matrix x, double popularity_exponent) {
  std::vector<double> users(static_cast<std::size_t>(x.cols()));
  const auto users_of = [&](const matrix::InnerIterator& cell) -> double& {
    return users[static_cast<std::size_t>(cell.col())];
  };
  for (int user = 0; user < x.rows(); ++user)
    for (matrix::InnerIterator cell(x, user); cell; ++cell) ++users_of(cell);
  double sum = 0;
  for (int user = 0; user < x.rows(); ++user)
    for (matrix::InnerIterator cell(x, user); cell; ++cell) {
      cell.valueRef() = static_cast<float>(std::pow(users_of(cell), -popularity_exponent));
      sum += cell.value();
    }
  x *= static_cast<float>(static_cast<double>(x.nonZeros()) / sum);
  return x;
}

template <class Model>
double seconds_of_fit(Model& model, const arguments& given, const matrix& train) {
  const auto start = std::chrono::steady_clock::now();
  model.fit(given.policy(), train);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The tenth of a training on which settings are chosen.
inline split validation_of(const matrix& train) { return akin::split_random(train, {.test_fraction = 0.1, .seed = 7}); }

/// The rows of every `step`-th user; the other users want nothing. What is compared needs no more, and ranking all
/// items for all users takes longer than the training.
inline matrix some_users(const matrix& x, int step) {
  matrix result(x.rows(), x.cols());
  for (int user = 0; user < x.rows(); ++user) {
    result.startVec(user);
    if (user % step != 0) continue;
    for (matrix::InnerIterator cell(x, user); cell; ++cell) result.insertBack(user, cell.col()) = cell.value();
  }
  result.finalize();
  return result;
}

/// The mean squared error of predictions that are cut to the range of the ratings, as Surprise cuts them.
struct clipped_error {
  double lowest, highest;
  double operator()(double predicted, double actual) const {
    return akin::metrics::rmse{}(std::clamp(predicted, lowest, highest), actual);
  }
};

struct measured {
  std::vector<double> metrics;
  double seconds = 0;
};

template <class Model>
measured measure_lists(Model model, const arguments& given, const matrix& learnt, const matrix& train,
                       const matrix& test) {
  const double seconds = seconds_of_fit(model, given, learnt);
  const auto [recall, ndcg] =
      akin::evaluate(given.policy(), model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
  return {{recall.mean, ndcg.mean}, seconds};
}

/// The metric of a rating task is the mean squared error, since that is what folds are averaged over.
template <class Model, class Options>
measured measure_ratings(const Options& options, const arguments& given, const matrix& train, const matrix& test) {
  Model model(options);
  const double seconds = seconds_of_fit(model, given, train);
  const auto [error] = akin::evaluate_ratings(given.policy(), model, test, clipped_error{1, 5});
  return {{error.mean}, seconds};
}

struct trial {
  double value;
  std::string text;
  double seconds;
};

inline std::string two(const std::vector<double>& metrics) {
  return number("%.4f", metrics[0]) + " / " + number("%.4f", metrics[1]);
}

/// Prints what each setting of a grid reaches on the validation data; `measure` gives a number that is better higher.
template <class Options, class Measure>
void tune(const std::string& name, const std::vector<Options>& grid, const Measure& measure) {
  double best_value = -1e300;
  Options best = grid.front();
  std::printf("\n%s, on a tenth of the training:\n\n| settings | measured | seconds |\n|---|---|---|\n", name.c_str());
  for (const Options& options : grid) {
    const auto [value, text, seconds] = measure(options);
    print_row({describe(options), text, number("%.1f", seconds)});
    if (value > best_value) best = options, best_value = value;
  }
  std::printf("\nbest: %s\n", describe(best).c_str());
}

/// `model` is its name in --only, `measure` takes a setting, what to learn from and what is wanted.
template <class Setting, class Measure>
void run_lists(const arguments& given, const char* model, const list_task<Setting>& task, const Measure& measure) {
  if ((std::string(task.folder) + " " + model).find(given.only) == std::string::npos) return;
  const std::vector<std::string> head = {task.folder, "LightGCN split", describe(task.chosen), "Recall@20 / NDCG@20"};
  if (!std::filesystem::exists(given.data / task.folder / "train.txt"))
    return print_row({head[0], head[1], head[2], head[3], "no data", task.to_reach, ""});
  const auto [train, test] = akin::read_lightgcn(given.data / task.folder);
  if (!given.tune) {
    const measured result = measure(task.chosen, train, test);
    return print_row(
        {head[0], head[1], head[2], head[3], two(result.metrics), task.to_reach, number("%.1f", result.seconds)});
  }
  const split slice = validation_of(train);
  const matrix wanted = some_users(slice.test, 8);
  tune(task.folder + std::string(", ") + model, task.grid, [&](const Setting& setting) {
    const measured result = measure(setting, slice.train, wanted);
    return trial{result.metrics[0] + result.metrics[1], two(result.metrics), result.seconds};
  });
}

/// As GroupLens publishes them, or as a table with columns user, item, rating.
inline akin::interaction_log read_ratings(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "u.data") || std::filesystem::exists(folder / "ratings.dat"))
    return akin::read_movielens(folder);
  return akin::read_interactions(folder / "ratings.csv", {.user = "user", .item = "item", .value = "rating"});
}

/// The lines in a random order, cut into as many parts as there are folds; each part is the test once.
inline std::vector<split> folds_of(const akin::interaction_log& log, std::size_t folds) {
  std::vector<std::size_t> order(log.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  akin::shuffle(order.data(), static_cast<std::int64_t>(order.size()), akin::random_stream(1, 0));
  std::vector<split> result;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<std::size_t> train, test;
    for (std::size_t place = 0; place < order.size(); ++place)
      (place * folds / order.size() == fold ? test : train).push_back(order[place]);
    result.push_back({log.select(train).matrix<float>(akin::duplicates::last),
                      log.select(test).matrix<float>(akin::duplicates::last)});
  }
  return result;
}

/// One split, or several whose RMSEs are averaged.
inline std::vector<split> splits_of(const arguments& given, const rating_data& data) {
  const akin::interaction_log log = read_ratings(given.data / data.folder);
  if (data.folds > 1) return folds_of(log, static_cast<std::size_t>(data.folds));
  auto [train, test] = akin::split_random(log, {.test_fraction = 0.1, .seed = 1});
  return {{train.matrix<float>(akin::duplicates::last), test.matrix<float>(akin::duplicates::last)}};
}

template <class Model, class Options>
void run_ratings(const arguments& given, const rating_task<Options>& task) {
  const std::string model = std::string(Model::kind);
  if ((std::string(task.data.folder) + " " + model).find(given.only) == std::string::npos) return;
  const std::vector<std::string> head = {task.data.folder, task.data.protocol, describe(task.chosen), "RMSE"};
  if (!std::filesystem::exists(given.data / task.data.folder))
    return print_row({head[0], head[1], head[2], head[3], "no data", task.to_reach, ""});
  const std::vector<split> splits = splits_of(given, task.data);
  if (given.tune) {
    const split slice = validation_of(splits.front().train);
    return tune(std::string(task.data.folder) + ", " + model, task.grid, [&](const Options& options) {
      const measured result = measure_ratings<Model>(options, given, slice.train, slice.test);
      const double rmse = std::sqrt(result.metrics[0]);
      return trial{-rmse, number("%.4f", rmse), result.seconds};
    });
  }
  double rmse = 0, seconds = 0;
  for (const split& part : splits) {
    const measured result = measure_ratings<Model>(task.chosen, given, part.train, part.test);
    rmse += std::sqrt(result.metrics[0]) / static_cast<double>(splits.size());
    seconds += result.seconds;
  }
  print_row({head[0], head[1], head[2], head[3], number("%.4f", rmse), task.to_reach, number("%.1f", seconds)});
}

void run_factorization(const arguments& given);
void run_items(const arguments& given);
void run_hybrids(const arguments& given);
void run_retail(const arguments& given);
void run_sequences(const arguments& given);
void run_best(const arguments& given);
void run_defaults(const arguments& given);

}  // namespace quality
