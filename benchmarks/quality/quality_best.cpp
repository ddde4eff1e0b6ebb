// fit_best on public data, beside the best single model that a longer search chooses.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <akin/data/read_user_item_lists.hpp>
#include <akin/tuning/fit_best.hpp>

#include "latest_of_lists.hpp"
#include "public_sets.hpp"
#include "quality.hpp"

namespace quality {
namespace {

/// Small sets get a quarter of the time.
constexpr std::int64_t few_interactions = 300'000;

double seconds_for(const arguments& given, const matrix& x) {
  return x.nonZeros() < few_interactions ? given.seconds / 4 : given.seconds;
}

/// "0.6 slim + 0.4 user_knn".
std::string chosen(const akin::best_report& report) {
  std::string text;
  for (const akin::blend_member& member : report.members) {
    const auto& trial = report.trials[static_cast<std::size_t>(member.trial)];
    text += (text.empty() ? "" : " + ") + number("%.2f ", member.weight) + trial.parameters.at("model").text();
    if (const auto values = trial.parameters.find("values"); values != trial.parameters.end())
      text += " (" + values->second.text() + ")";
  }
  return text;
}

akin::best_fit<float> search(const arguments& given, const matrix& train, const akin::fit_best_options& options) {
  auto best = akin::fit_best(given.policy(), train, options);
  std::fprintf(stderr, "%s\n", best.report.text().c_str());
  return best;
}

/// On a tenth that the search does not see. The single model is chosen by a search of three times the time.
void run_on_slice(const arguments& given, const public_set& set) {
  const auto [train, test] = akin::split_random(set.interactions, {.test_fraction = 0.1, .seed = 11});
  akin::fit_best_options options{.seconds = seconds_for(given, train), .metric = akin::metrics::ndcg{20}, .seed = 1};
  const auto best = search(given, train, options);
  options.seconds *= 3;
  options.blend = 1;
  const auto single = search(given, train, options);
  const auto ndcg_of = [&](const auto& model) {
    return akin::evaluate(given.policy(), model, train, test, akin::metrics::ndcg{20})[0].mean;
  };
  const double of_best = ndcg_of(best.model), of_single = ndcg_of(single.model);
  const auto& expected = best.report.expected;
  print_row({set.name, number("%.0f", options.seconds / 3) + " / " + number("%.1f", best.report.seconds),
             std::to_string(best.trials.size()), chosen(best.report),
             number("%.4f", expected.mean) + " +- " + number("%.4f", expected.standard_error), number("%.4f", of_best),
             chosen(single.report) + ": " + number("%.4f", of_single), number("%.3f", of_best / of_single)});
}

/// On the published test, with the latest tenth of each line as validation data where lines are in the order of time.
void run_on_test(const arguments& given, const char* folder) {
  if (!given.asks_for(std::string(folder) + " test")) return;
  if (!std::filesystem::exists(given.data / folder / "train.txt")) return print_row({folder, "no data"});
  const auto [train, test] = akin::read_lightgcn(given.data / folder);
  const split slice = latest_of(given.data / folder / "train.txt", train);
  const auto best =
      search(given, slice.train,
             {.seconds = given.seconds, .metric = akin::metrics::ndcg{20}, .validation = slice.test, .seed = 1});
  const auto [recall, ndcg] =
      akin::evaluate(given.policy(), best.model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
  print_row({std::string(folder) + ", its test",
             number("%.0f", given.seconds) + " / " + number("%.1f", best.report.seconds),
             std::to_string(best.trials.size()), chosen(best.report),
             number("%.4f", best.report.expected.mean) + " +- " + number("%.4f", best.report.expected.standard_error),
             two({recall.mean, ndcg.mean}), "Recall@20 / NDCG@20", ""});
}

}  // namespace

void run_best(const arguments& given) {
  std::printf(
      "| data | seconds given / taken | trials | chosen | expected NDCG@20 | NDCG@20 | the best single model of a "
      "search three "
      "times as long | ratio |\n|---|---|---|---|---|---|---|---|\n");
  for (const std::string& name : names_of_public_sets()) {
    if (!given.asks_for(name + " slice")) continue;
    if (const auto set = read_public_set(given.data, name))
      run_on_slice(given, *set);
    else
      print_row({name, "no data"});
  }
  run_on_test(given, "gowalla");
  run_on_test(given, "yelp2018");
}

}  // namespace quality
