// The search in bytes beside the search in floats, for the same exact lists. Factors are those of implicit ALS trained
// on gowalla where AKIN_DATA names the folder of public data, else on clicks of the same size that are drawn; or they
// are Gaussian, without structure. Each call answers all users, without what they have. Counters: users/s of the call,
// of the other search in the same run (`floats`, recommend of the model), `times` the one over the other; for bytes
// also `scanned`, the share of all scores whose products of bytes were computed, and `reranked`, scores from the
// factors a user. build: an index of the items.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

#include <benchmark/benchmark.h>

#include <akin/data/read_user_item_lists.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/quantized_index.hpp>
#include <akin/retrieval/recommend.hpp>

#include "kernels/ceiling.hpp"

namespace {

using factor_model = akin::factor_model<float>;

const akin::sparse_matrix<float>& clicks() {
  static const akin::sparse_matrix<float> x = [] {
    const char* const folder = std::getenv("AKIN_DATA");
    if (folder != nullptr && std::filesystem::exists(std::filesystem::path(folder) / "gowalla" / "train.txt"))
      return akin::read_lightgcn<float>(std::filesystem::path(folder) / "gowalla").train;
    return akin::synthetic::power_law_clicks<float>(
        {.users = 29858, .items = 40981, .interactions = 810128, .seed = 1});
  }();
  return x;
}

/// Factors of the clicks' users and items: trained, or Gaussian.
const factor_model& factors(std::int64_t k, bool is_trained) {
  static std::map<std::pair<std::int64_t, bool>, factor_model> models;
  auto& model = models[{k, is_trained}];
  if (model.items() > 0) return model;
  if (is_trained) {
    akin::implicit_als<float> als({.factors = static_cast<int>(k),
                                   .iterations = 10,
                                   .regularization = 0.01,
                                   .unobserved_weight = 0.05,
                                   .regularization_exponent = 0.5,
                                   .seed = 1});
    als.fit(akin::execution::par, clicks());
    model = factor_model(als.user_factors(), als.item_factors());
  } else {
    model = factor_model(akin::synthetic::gaussian<float>(clicks().rows(), k, {.seed = 1}),
                         akin::synthetic::gaussian<float>(clicks().cols(), k, {.seed = 2}));
  }
  return model;
}

akin::execution::parallel_policy threads_of(const benchmark::State& state) {
  return akin::execution::par.threads(static_cast<int>(state.range(1)));
}

void check_equal(const akin::recommendations<float>& a, const akin::recommendations<float>& b) {
  for (std::size_t list = 0; list < a.size(); ++list) {
    const auto x = a.scores(list), y = b.scores(list);
    if (!std::equal(a.items(list).begin(), a.items(list).end(), b.items(list).begin(), b.items(list).end()) ||
        std::memcmp(x.data(), y.data(), x.size_bytes()) != 0)
      throw std::runtime_error("the searches differ");
  }
}

void search(benchmark::State& state, bool is_trained) {
  const auto policy = threads_of(state);
  const factor_model& model = factors(state.range(0), is_trained);
  const akin::quantized_index<float> index(policy, model.item_factors());
  const akin::query<> q = {.k = 20, .exclude = clicks()};
  akin::search_statistics taken;
  check_equal(index.search(policy, model.user_factors(), q, &taken), akin::recommend(policy, model, q));
  for (auto _ : state) benchmark::DoNotOptimize(index.search(policy, model.user_factors(), q));
  const auto users = static_cast<double>(model.users()), items = static_cast<double>(model.items());
  const double rate =
      users / ceiling::fastest([&] { benchmark::DoNotOptimize(index.search(policy, model.user_factors(), q)); });
  const double floats = users / ceiling::fastest([&] { benchmark::DoNotOptimize(akin::recommend(policy, model, q)); });
  state.counters["users/s"] = rate;
  state.counters["floats"] = floats;
  state.counters["times"] = rate / floats;
  state.counters["scanned"] = static_cast<double>(taken.scanned) / users / items;
  state.counters["reranked"] = static_cast<double>(taken.reranked) / users;
}

void trained(benchmark::State& state) { search(state, true); }
void gaussian(benchmark::State& state) { search(state, false); }

void build(benchmark::State& state) {
  const auto policy = threads_of(state);
  const factor_model& model = factors(state.range(0), false);
  for (auto _ : state) benchmark::DoNotOptimize(akin::quantized_index<float>(policy, model.item_factors()));
  state.SetItemsProcessed(state.iterations() * model.items());
}

void sizes(benchmark::internal::Benchmark* one) {
  one->ArgNames({"k", "threads"})->ArgsProduct({{64, 128, 256}, {1, 0}})->Unit(benchmark::kMillisecond)->UseRealTime();
}
BENCHMARK(trained)->Apply(sizes);  // threads=0: all
BENCHMARK(gaussian)->Apply(sizes);
BENCHMARK(build)->Apply(sizes);

}  // namespace
