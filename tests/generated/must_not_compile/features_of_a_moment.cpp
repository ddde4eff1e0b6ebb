// expect: deleted
// expect: feature_diversity(int,
#include <akin/matrix.hpp>
#include <akin/metrics/feature_diversity.hpp>

int main() {
  const akin::dense_matrix<float> features(3, 2);
#if defined(AKIN_SHOULD_FAIL)
  const akin::metrics::feature_diversity metric{2, akin::dense_matrix<float>(features)};
#else
  const akin::metrics::feature_diversity metric{2, features};
#endif
  return metric.k - 2;
}
