// expect: deleted
// expect: miscalibration(int,
#include <akin/matrix.hpp>
#include <akin/metrics/miscalibration.hpp>

int main() {
  const akin::dense_matrix<float> categories(3, 2);
#if defined(AKIN_SHOULD_FAIL)
  const akin::metrics::miscalibration metric{2, akin::dense_matrix<float>(categories)};
#else
  const akin::metrics::miscalibration metric{2, categories};
#endif
  return metric.k - 2;
}
