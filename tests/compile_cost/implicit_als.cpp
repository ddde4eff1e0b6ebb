// One model, one verb.
#include <akin/factorization/implicit_als.hpp>
#include <akin/retrieval/recommend.hpp>

std::size_t lists_of(const akin::sparse_matrix<float>& clicks) {
  akin::implicit_als<float> model({.factors = 64});
  model.fit(akin::execution::par, clicks);
  return akin::recommend(akin::execution::par, model, {.k = 10, .exclude = clicks}).size();
}
