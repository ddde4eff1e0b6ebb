// expect: akin: a metric of evaluate must have a k
#include <cstdint>
#include <span>

#include <akin/baselines/popularity.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>

struct always_one {
#if !defined(AKIN_SHOULD_FAIL)
  int k = 1;
#endif
  double operator()(std::span<const std::int32_t>, std::span<const std::int32_t>) const { return 1; }
};

int main() {
  const akin::sparse_matrix<float> train(3, 9), test(3, 9);
  akin::popularity<float> model;
  akin::evaluate(akin::execution::par, model, train, test, always_one{});
}
