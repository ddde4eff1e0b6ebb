// expect: akin: the first argument must be an execution policy, such as akin::execution::par
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/item_knn.hpp>

int main() {
  const akin::sparse_matrix<float> user_items(3, 2);
  akin::item_knn<float> model;
#if defined(AKIN_SHOULD_FAIL)
  model.partial_fit(4, user_items);
#else
  model.partial_fit(akin::execution::par, user_items);
#endif
}
