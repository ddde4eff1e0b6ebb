// expect: akin: recommend needs a model that scores all items for a user
#include <akin/baselines/popularity.hpp>
#include <akin/execution.hpp>
#include <akin/retrieval/recommend.hpp>

struct names_no_scores {
  using scalar_type = float;
  using index_type = std::int32_t;
  int users() const { return 3; }
  int items() const { return 2; }
};

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const names_no_scores model;
#else
  const akin::popularity<float> model;
#endif
  return static_cast<int>(akin::recommend(akin::execution::par, model, {.k = 1}).size());
}
