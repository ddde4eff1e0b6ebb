// expect: akin: user_items must hold the model's scalar type; convert it once with .cast<float>()
#include <Eigen/SparseCore>

#include <akin/concepts.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::detail::assert_interactions<Eigen::SparseMatrix<double, Eigen::RowMajor>, float, int>();
#else
  akin::detail::assert_interactions<Eigen::SparseMatrix<float, Eigen::RowMajor>, float, int>();
#endif
}
