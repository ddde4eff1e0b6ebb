// expect: akin: make_model must be callable with an akin::trial&
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/selection/random_search.hpp>

int main() {
  const akin::sparse_matrix<float> train(3, 9);
#if defined(AKIN_SHOULD_FAIL)
  akin::random_search(akin::execution::par, train, {}, akin::metrics::ndcg{2}, akin::item_knn<float>());
#else
  akin::random_search(akin::execution::par, train, {}, akin::metrics::ndcg{2},
                      [](akin::trial&) { return akin::item_knn<float>(); });
#endif
}
