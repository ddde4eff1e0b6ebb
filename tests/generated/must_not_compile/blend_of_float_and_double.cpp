// expect: akin: the models of a hybrid must have the same scalar_type
#include <akin/baselines/popularity.hpp>
#include <akin/hybrid/blend.hpp>

int main() {
  const akin::popularity<float> one;
#if defined(AKIN_SHOULD_FAIL)
  const akin::popularity<double> other;
#else
  const akin::popularity<float> other;
#endif
  static_cast<void>(akin::blend({}, akin::weighted(0.5, one), akin::weighted(0.5, other)));
}
