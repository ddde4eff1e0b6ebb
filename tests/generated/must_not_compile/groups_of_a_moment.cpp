// expect: deleted
// expect: exposure_gap(int,
#include <cstdint>
#include <vector>

#include <akin/metrics/fairness.hpp>

int main() {
  const std::vector<std::int32_t> groups = {0, 1, 1};
#if defined(AKIN_SHOULD_FAIL)
  const akin::metrics::exposure_gap metric{2, std::vector<std::int32_t>(groups)};
#else
  const akin::metrics::exposure_gap metric{2, groups};
#endif
  return metric.k - 2;
}
