// expect: akin: user_items must be a sparse matrix, Eigen::SparseMatrix or an Eigen::Map of one
#include <akin/baselines/popularity.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const akin::dense_matrix<float> user_items(3, 2);
#else
  const akin::sparse_matrix<float> user_items(3, 2);
#endif
  akin::popularity<float> model;
  model.fit(akin::execution::par, user_items);
}
