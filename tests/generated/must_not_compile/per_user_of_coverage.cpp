// expect: akin: per_user needs metrics of one user
#include <akin/baselines/popularity.hpp>
#include <akin/evaluation/per_user.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/ranking.hpp>

int main() {
  const akin::sparse_matrix<float> train(3, 9), test(3, 9);
  akin::popularity<float> model;
#if defined(AKIN_SHOULD_FAIL)
  akin::per_user(akin::execution::par, model, train, test, akin::metrics::coverage{2});
#else
  akin::per_user(akin::execution::par, model, train, test, akin::metrics::ndcg{2});
#endif
}
