// expect: akin: the first argument must be an execution policy, such as akin::execution::par
#include <akin/execution.hpp>
#include <akin/content/content_model.hpp>
#include <akin/matrix.hpp>

int main() {
  const akin::sparse_matrix<float> user_items(3, 2);
  akin::content_model<float> model;
#if defined(AKIN_SHOULD_FAIL)
  model.fit(4, user_items, user_items);
#else
  model.fit(akin::execution::par, user_items, user_items);
#endif
}
