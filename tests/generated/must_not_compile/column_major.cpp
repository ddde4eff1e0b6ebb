// expect: akin: user_items must be row-major (one row a user), as akin::sparse_matrix is
#include <Eigen/SparseCore>

#include <akin/concepts.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::detail::assert_interactions<Eigen::SparseMatrix<float>, float, int>();
#else
  akin::detail::assert_interactions<Eigen::SparseMatrix<float, Eigen::RowMajor>, float, int>();
#endif
}
