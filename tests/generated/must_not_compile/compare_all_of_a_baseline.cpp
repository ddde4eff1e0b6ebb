// expect: akin: compare_all needs a baseline and at least one model after it
#include <akin/baselines/popularity.hpp>
#include <akin/evaluation/compare_all.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>

int main() {
  const akin::sparse_matrix<float> train(3, 9), test(3, 9);
  akin::popularity<float> model;
#if defined(AKIN_SHOULD_FAIL)
  akin::compare_all(akin::execution::par, train, test, akin::metrics::ndcg{2}, model);
#else
  akin::compare_all(akin::execution::par, train, test, akin::metrics::ndcg{2}, model, model);
#endif
}
