// expect: akin: the first argument must be an execution policy, such as akin::execution::par
#include <akin/execution.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/matrix.hpp>

int main() {
  const akin::sparse_matrix<float> user_items(3, 2);
  akin::bpr<float> model;
#if defined(AKIN_SHOULD_FAIL)
  model.fit(4, user_items);
#else
  model.fit(akin::execution::par, user_items);
#endif
}
