// expect: akin: recommend_one needs a model whose score_all neither throws nor allocates (noexcept)
#include <akin/baselines/popularity.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/retrieval/recommend_one.hpp>

int main() {
  const akin::popularity<float> part;
#if defined(AKIN_SHOULD_FAIL)
  const auto model = akin::blend({}, akin::weighted(0.5, part), akin::weighted(0.5, part));
#else
  const auto& model = part;
#endif
  akin::workspace<float> scratch;
  return static_cast<int>(akin::recommend_one(model, 0, {.k = 1}, scratch, {}, {}).count);
}
