// expect: akin: user_items must be row-major (one row a user), as akin::sparse_matrix is
#include <akin/execution.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/matrix.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const Eigen::SparseMatrix<float> user_items(3, 2);
#else
  const akin::sparse_matrix<float> user_items(3, 2);
#endif
  akin::implicit_als<float> model;
  model.fit(akin::execution::par, user_items);
}
