// A comparison of twelve models, each trained, asked and evaluated.
#include <akin/akin.hpp>

namespace {

template <class Model>
double quality_of(Model model, const akin::sparse_matrix<float>& train, const akin::sparse_matrix<float>& test) {
  model.fit(akin::execution::par, train);
  const auto lists = akin::recommend(akin::execution::par, model, {.k = 10, .exclude = train});
  const auto [ndcg] = akin::evaluate(akin::execution::par, model, train, test, akin::metrics::ndcg{10});
  return lists.size() > 0 ? ndcg.mean : 0;
}

}  // namespace

double best_of(const akin::sparse_matrix<float>& train, const akin::sparse_matrix<float>& test) {
  return std::max({
      quality_of(akin::popularity<float>(), train, test),
      quality_of(akin::item_knn<float>(), train, test),
      quality_of(akin::user_knn<float>(), train, test),
      quality_of(akin::ease<float>(), train, test),
      quality_of(akin::slim<float>(), train, test),
      quality_of(akin::rp3beta<float>(), train, test),
      quality_of(akin::graph_filter<float>(), train, test),
      quality_of(akin::implicit_als<float>(), train, test),
      quality_of(akin::bpr<float>(), train, test),
      quality_of(akin::warp<float>(), train, test),
      quality_of(akin::logistic_mf<float>(), train, test),
      quality_of(akin::nmf<float>(), train, test),
  });
}
