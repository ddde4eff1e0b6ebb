// expect: akin: user_items must hold the model's scalar type; convert it once with .cast<float>()
#include <akin/baselines/popularity.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const akin::sparse_matrix<double> user_items(3, 2);
#else
  const akin::sparse_matrix<float> user_items(3, 2);
#endif
  akin::popularity<float> model;
  model.fit(akin::execution::par, user_items);
}
