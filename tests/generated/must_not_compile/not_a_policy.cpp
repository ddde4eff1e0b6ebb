// expect: akin: the first argument must be an execution policy, such as akin::execution::par
#include <akin/baselines/popularity.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>

int main() {
  akin::popularity<float> model;
  const akin::sparse_matrix<float> user_items(3, 2);
#if defined(AKIN_SHOULD_FAIL)
  model.fit(4, user_items);
#else
  model.fit(akin::execution::par.threads(4), user_items);
#endif
}
