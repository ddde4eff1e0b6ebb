// expect: akin: a matrix of lists must be row-major, one list a row
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const Eigen::Matrix<int, Eigen::Dynamic, Eigen::Dynamic> lists(3, 2);
#else
  const akin::dense_matrix<int> lists(3, 2);
#endif
  const akin::sparse_matrix<float> relevant(3, 9);
  akin::evaluate_lists(akin::execution::par, lists, relevant, akin::metrics::ndcg{2});
}
