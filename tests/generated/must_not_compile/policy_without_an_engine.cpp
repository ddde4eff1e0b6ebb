// expect: akin: this model has no engine for this policy; execution::seq and execution::par have one
#include <akin/execution.hpp>
#include <akin/factorization/implicit_als.hpp>

struct elsewhere {};
template <>
struct akin::execution_traits<elsewhere> {
  using backend_type = akin::backend::cuda;
};

int main() {
  akin::implicit_als<float> model;
#if defined(AKIN_SHOULD_FAIL)
  model.forget(elsewhere(), 0);
#else
  model.forget(akin::execution::par, 0);
#endif
}
