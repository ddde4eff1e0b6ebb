// expect: implicit_als_options
// expect: 'factor'
#include <akin/factorization/implicit_als.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::implicit_als<float> model(akin::implicit_als_options{.factor = 64});
#else
  akin::implicit_als<float> model(akin::implicit_als_options{.factors = 64});
#endif
}
