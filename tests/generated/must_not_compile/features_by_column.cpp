// expect: akin: sparse features must be row-major (one row an item), as akin::sparse_matrix is
#include <akin/matrix.hpp>
#include <akin/metrics/feature_diversity.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const Eigen::SparseMatrix<float> features(3, 2);
#else
  const akin::sparse_matrix<float> features(3, 2);
#endif
  const akin::metrics::feature_diversity metric{2, features};
  const akin::metrics::list_context<std::int32_t> context{.users = 1, .items = 3, .train = {}};
  return metric.prepare(context)(akin::metrics::judged_list<std::int32_t>{}) > 0;
}
