// expect: akin: evaluate_unseen needs a model that can score a history
#include <akin/baselines/bias.hpp>
#include <akin/evaluation/evaluate_unseen.hpp>
#include <akin/linear/ease.hpp>
#include <akin/metrics/ranking.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::bias<float> model;
#else
  akin::ease<float> model;
#endif
  const akin::sparse_matrix<float> known(2, 3);
  model.fit(akin::execution::seq, known);
  static_cast<void>(akin::evaluate_unseen(akin::execution::seq, model, known, known, akin::metrics::recall{1}));
}
