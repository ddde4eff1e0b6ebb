// expect: akin: evaluate_unseen needs a model that can score a history
#include <akin/evaluation/evaluate_unseen.hpp>
#include <akin/hybrid/switching.hpp>
#include <akin/linear/ease.hpp>
#include <akin/metrics/ranking.hpp>

int main() {
  const akin::sparse_matrix<float> known(2, 3);
  akin::ease<float> ease;
  ease.fit(akin::execution::seq, known);
#if defined(AKIN_SHOULD_FAIL)
  const auto model = akin::switching([](std::int32_t) { return 0; }, ease);  // a history has no id
#else
  const auto& model = ease;
#endif
  static_cast<void>(akin::evaluate_unseen(akin::execution::seq, model, known, known, akin::metrics::recall{1}));
}
