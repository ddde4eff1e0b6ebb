// expect: akin: similar_items needs a model that compares items
#include <akin/baselines/popularity.hpp>
#include <akin/execution.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/similar_items.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const akin::popularity<float> model;
#else
  const akin::item_knn<float> model;
#endif
  const std::int32_t items[] = {0};
  return static_cast<int>(akin::similar_items(akin::execution::par, model, items, {.k = 1}).size());
}
