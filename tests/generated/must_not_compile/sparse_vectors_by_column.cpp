// expect: akin: sparse vectors must be row-major, as akin::sparse_matrix is
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const Eigen::SparseMatrix<float> vectors(3, 2);
#else
  const akin::sparse_matrix<float> vectors(3, 2);
#endif
  akin::nearest_neighbors<float> index;
  index.fit(akin::execution::par, vectors);
}
