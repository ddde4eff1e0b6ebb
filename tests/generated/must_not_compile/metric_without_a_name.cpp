// expect: akin: a metric needs a name for a report
#include <akin/metrics/ranking.hpp>
#include <akin/report/report.hpp>

struct nameless {
  int k = 10;
};

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::metric_name(nameless{});
#else
  akin::metric_name(akin::metrics::ndcg{10});
#endif
}
