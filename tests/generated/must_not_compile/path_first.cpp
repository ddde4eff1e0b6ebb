// expect: akin: what comes before where: write_matrix_market(matrix, path)
#include <akin/data/matrix_market.hpp>

#pragma GCC diagnostic error "-Wdeprecated-declarations"

int main() {
  const akin::sparse_matrix<float> clicks(3, 2);
#if defined(AKIN_SHOULD_FAIL)
  akin::write_matrix_market("clicks.mtx", clicks);
#else
  akin::write_matrix_market(clicks, "clicks.mtx");
#endif
}
