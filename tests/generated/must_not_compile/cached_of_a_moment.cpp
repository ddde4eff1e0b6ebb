// expect: akin: cached refers to a live_model, which must outlive it; this one is a temporary
#include <utility>

#include <akin/baselines/popularity.hpp>
#include <akin/serving/cached.hpp>

int main() {
  akin::popularity<float> model;
#if defined(AKIN_SHOULD_FAIL)
  akin::cached cache(akin::live_model(std::move(model)));
#else
  const akin::live_model live(std::move(model));
  akin::cached cache(live);
#endif
  return static_cast<int>(cache.size());
}
