// Models made of models.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <Eigen/SparseCore>

#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/learn_weights.hpp>
#include <akin/neighbors/user_knn.hpp>

#include "latest_of_lists.hpp"
#include "quality.hpp"

namespace quality {
namespace {

struct parts {
  akin::implicit_als<float> factors;
  akin::graph_filter<float> filter;
  akin::user_knn<float> neighbors;
  double seconds = 0;

  parts(const blend_setting& setting, const arguments& given, const matrix& train)
      : factors(setting.factors.options), filter(setting.filter), neighbors(setting.neighbors) {
    seconds = seconds_of_fit(factors, given, weighted(train, setting.factors.popularity_exponent)) +
              seconds_of_fit(filter, given, train) + seconds_of_fit(neighbors, given, train);
  }
};

using blend_weights = std::array<double, 3>;

/// Learnt on a slice of what is learnt from, which the parts have not seen.
blend_weights learn(const blend_setting& setting, const arguments& given, const split& slice, const parts& young) {
  constexpr int users = 2500;
  const auto weights =
      akin::learn_weights(given.policy(), setting.how, slice.train, slice.test, akin::metrics::ndcg{20},
                          {.users = users}, young.factors, young.filter, young.neighbors);
  std::fprintf(stderr, "weights %.3f, %.3f and %.3f\n", weights[0], weights[1], weights[2]);
  return weights;
}

measured measure_blend(const blend_setting& setting, const arguments& given, const blend_weights& weights,
                       const parts& grown, const matrix& train, const matrix& test) {
  const auto model = akin::blend(setting.how, akin::weighted(weights[0], grown.factors),
                                 akin::weighted(weights[1], grown.filter), akin::weighted(weights[2], grown.neighbors));
  const auto [recall, ndcg] =
      akin::evaluate(given.policy(), model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
  return {{recall.mean, ndcg.mean}, grown.seconds};
}

measured measure_on_test(const blend_setting& setting, const arguments& given, const split& slice, const matrix& train,
                         const matrix& test) {
  blend_weights weights;
  {
    const parts young(setting, given, slice.train);
    weights = learn(setting, given, slice, young);
  }
  return measure_blend(setting, given, weights, parts(setting, given, train), train, test);
}

/// What each normalisation reaches on the slice that its weights are learnt on.
void tune_blend(const arguments& given, const list_task<blend_setting>& task, const split& slice) {
  const parts young(task.chosen, given, slice.train);
  const matrix wanted = some_users(slice.test, 8);
  tune(task.folder + std::string(", blend, here what its weights are learnt on"), task.grid,
       [&](const blend_setting& setting) {
         const auto weights = learn(setting, given, slice, young);
         const measured result = measure_blend(setting, given, weights, young, slice.train, wanted);
         return trial{result.metrics[0] + result.metrics[1], two(result.metrics), result.seconds};
       });
}

}  // namespace

void run_hybrids(const arguments& given) {
  for (const auto& task : blend_tasks()) {
    const auto file = given.data / task.folder / "train.txt";
    const bool is_asked_for = (std::string(task.folder) + " blend").find(given.only) != std::string::npos;
    if (given.tune && is_asked_for && std::filesystem::exists(file)) {
      tune_blend(given, task, latest_of(file, akin::read_lightgcn(given.data / task.folder).train));
    } else if (!given.tune) {
      run_lists(given, "blend", task, [&](const blend_setting& setting, const matrix& train, const matrix& test) {
        return measure_on_test(setting, given, latest_of(file, train), train, test);
      });
    }
  }
}

}  // namespace quality
