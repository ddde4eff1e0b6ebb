// expect: akin: features must be of float or double; convert them once with .cast<float>()
#include <akin/matrix.hpp>
#include <akin/metrics/feature_diversity.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const akin::dense_matrix<int> features(3, 2);
#else
  const akin::dense_matrix<float> features(3, 2);
#endif
  const akin::metrics::feature_diversity metric{2, features};
  return metric.k - 2;
}
