// expect: akin: user_items must use the model's index type; choose it with the model's Index parameter
#include <akin/baselines/popularity.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::popularity<float> model;
#else
  akin::popularity<float, std::int64_t> model;
#endif
  model.fit(akin::execution::par, akin::sparse_matrix<float, std::int64_t>(3, 2));
}
