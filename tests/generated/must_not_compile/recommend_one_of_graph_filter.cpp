// expect: akin: recommend_one needs a model whose score_all neither throws nor allocates (noexcept)
#include <akin/baselines/popularity.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/retrieval/recommend_one.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const akin::graph_filter<float> model;
#else
  const akin::popularity<float> model;
#endif
  akin::workspace<float> scratch;
  return static_cast<int>(akin::recommend_one(model, 0, {.k = 1}, scratch, {}, {}).count);
}
