// expect: akin: named_results needs the metrics that evaluate was given, all of them
#include <akin/metrics/ranking.hpp>
#include <akin/report/report.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  const akin::evaluation<2> results;
#else
  const akin::evaluation<1> results;
#endif
  akin::named_results(results, akin::metrics::ndcg{10});
}
