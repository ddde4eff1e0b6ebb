// expect: akin: the models of a hybrid must have the same index_type
#include <cstdint>

#include <akin/baselines/popularity.hpp>
#include <akin/hybrid/fallback.hpp>

int main() {
  const akin::popularity<float> one;
#if defined(AKIN_SHOULD_FAIL)
  const akin::popularity<float, std::int64_t> other;
#else
  const akin::popularity<float> other;
#endif
  static_cast<void>(akin::fallback(one, other));
}
