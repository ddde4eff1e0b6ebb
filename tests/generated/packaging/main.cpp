// What a consumer compiles: Eigen came along, OpenMP only where it was asked for.
#include <cstdio>
#include <string>

#include <Eigen/SparseCore>

#include <akin/execution.hpp>
#include <akin/parallel.hpp>
#include <akin/version.hpp>

#if defined(EXPECT_OPENMP) != defined(_OPENMP)
#error "akin::openmp brings OpenMP, akin::akin does not"
#endif
#if defined(__AVX2__) || defined(__FAST_MATH__) || defined(__OPTIMIZE__)
#error "akin decided on flags of its consumer"
#endif

int main() {
  const std::string version = std::to_string(AKIN_VERSION_MAJOR) + "." + std::to_string(AKIN_VERSION_MINOR) + "." +
                              std::to_string(AKIN_VERSION_PATCH);
  Eigen::SparseMatrix<float, Eigen::RowMajor> rows(3, 2);
  std::int64_t visited[3] = {};
  akin::detail::for_each_row(akin::execution::par, rows.rows(), [&](std::int64_t row, int) { ++visited[row]; });
  std::printf("akin %s\n", version.c_str());
  return version == EXPECTED_VERSION && visited[0] + visited[1] + visited[2] == 3 ? 0 : 1;
}
