// Compiled three times, with the flags of three instruction sets; AKIN_TEST_UNIT is the name.
#include "unit.hpp"

#include <typeinfo>
#include <vector>

#include <akin/error.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>

#define AKIN_TEST_JOIN_(a, b) a##b
#define AKIN_TEST_JOIN(a, b) AKIN_TEST_JOIN_(a, b)

unit_report AKIN_TEST_JOIN(report_, AKIN_TEST_UNIT)() {
  constexpr int count = 64, terms = 101;
  static float scores[count];
  const akin::random_stream random(7);
  std::vector<float> x(count * terms), y(terms);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.uniform(i) - 0.5);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<float>(random.normal(x.size() + i));
  double checksum = 0;
  akin::detail::for_each_row(akin::execution::seq, count, [&](std::int64_t row, int) {
    scores[row] = akin::kernels::dot(x.data() + row * terms, y.data(), terms);
    checksum += static_cast<double>(scores[row]);
  });
  return {typeid(akin::random_stream).name(), checksum, scores};
}

#if defined(AKIN_TEST_THROWS)
void throw_from_avx2() { akin::detail::fail<akin::format_error>("unit: thrown on purpose"); }
#endif
