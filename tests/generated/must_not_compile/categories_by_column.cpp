// expect: akin: sparse categories must be row-major (one row an item), as akin::sparse_matrix is
#include <akin/matrix.hpp>
#include <akin/metrics/miscalibration.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const Eigen::SparseMatrix<float> categories(3, 2);
#else
  const akin::sparse_matrix<float> categories(3, 2);
#endif
  const akin::metrics::miscalibration metric{10, categories};
  static_cast<void>(metric);
}
