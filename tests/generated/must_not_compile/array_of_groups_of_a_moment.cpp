// expect: deleted
#include <array>
#include <cstdint>

#include <akin/metrics/fairness.hpp>

int main() {
  const std::array<std::int32_t, 3> groups = {0, 1, 1};
#if defined(AKIN_SHOULD_FAIL)
  const akin::metrics::exposure_gap metric{2, std::array<std::int32_t, 3>(groups)};
#else
  const akin::metrics::exposure_gap metric{2, groups};
#endif
  return metric.k - 2;
}
