// Models made of models.
#include <array>
#include <cstdio>

#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/learn_weights.hpp>

#include "quality.hpp"

namespace quality {
namespace {

struct parts {
  akin::implicit_als<float> factors;
  akin::graph_filter<float> filter;
  double seconds = 0;

  parts(const blend_setting& setting, const arguments& given, const matrix& train)
      : factors(setting.factors.options), filter(setting.filter) {
    seconds = seconds_of_fit(factors, given, weighted(train, setting.factors.popularity_exponent)) +
              seconds_of_fit(filter, given, train);
  }
};

/// Weights come from a tenth of what is learnt from, which the parts that are weighted then have not seen.
measured measure_blend(const blend_setting& setting, const arguments& given, const matrix& train, const matrix& test) {
  constexpr int users = 4000;
  std::array<double, 2> weights = {};
  {
    const split slice = validation_of(train);
    const parts young(setting, given, slice.train);
    weights = akin::learn_weights(given.policy(), setting.how, slice.train, slice.test, akin::metrics::ndcg{20},
                                  {.users = users}, young.factors, young.filter);
    std::fprintf(stderr, "weights %.3f and %.3f\n", weights[0], weights[1]);
  }
  const parts grown(setting, given, train);
  const auto model =
      akin::blend(setting.how, akin::weighted(weights[0], grown.factors), akin::weighted(weights[1], grown.filter));
  const auto [recall, ndcg] =
      akin::evaluate(given.policy(), model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
  return {{recall.mean, ndcg.mean}, grown.seconds};
}

}  // namespace

void run_hybrids(const arguments& given) {
  for (const auto& task : blend_tasks())
    run_lists(given, "blend", task, [&](const blend_setting& setting, const matrix& train, const matrix& test) {
      return measure_blend(setting, given, train, test);
    });
}

}  // namespace quality
