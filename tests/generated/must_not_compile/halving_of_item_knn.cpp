// expect: akin: successive_halving needs a model whose fit takes an observer
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/selection/successive_halving.hpp>

int main() {
  const akin::sparse_matrix<float> train(3, 9);
#if defined(AKIN_SHOULD_FAIL)
  const auto make = [](akin::trial& t) { return akin::item_knn<float>({.neighbors = t.integer("neighbors", 5, 50)}); };
#else
  const auto make = [](akin::trial&, int neighbors) { return akin::item_knn<float>({.neighbors = neighbors}); };
#endif
  akin::successive_halving(akin::execution::par, train, {}, akin::metrics::ndcg{2}, make);
}
