#include "metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <akin/metrics/ranking.hpp>

#include "general.hpp"

namespace cli {
namespace {

template <class Metric>
akin::any_metric made(int k) {
  Metric metric{};
  metric.k = k;
  return metric;
}

struct named_maker {
  std::string_view name;
  akin::any_metric (*make)(int k);
};

constexpr std::array makers = {
    named_maker{"ndcg", &made<akin::metrics::ndcg>},
    named_maker{"recall", &made<akin::metrics::recall>},
    named_maker{"precision", &made<akin::metrics::precision>},
    named_maker{"hit_rate", &made<akin::metrics::hit_rate>},
    named_maker{"average_precision", &made<akin::metrics::average_precision>},
    named_maker{"reciprocal_rank", &made<akin::metrics::reciprocal_rank>},
    named_maker{"f1", &made<akin::metrics::f1>},
    named_maker{"capped_recall", &made<akin::metrics::capped_recall>},
    named_maker{"capped_average_precision", &made<akin::metrics::capped_average_precision>},
};

}  // namespace

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const named_maker& each : makers) names.emplace_back(each.name);
  return names;
}

std::vector<std::string> usual_metrics() {
  std::vector<std::string> names = metric_names();
  for (std::string& name : names) name += "@10";
  return names;
}

akin::any_metric metric_of(const std::string& text) {
  const std::size_t at = std::min(text.find('@'), text.size());
  const auto found = std::ranges::find(makers, std::string_view(text).substr(0, at), &named_maker::name);
  int k = 0;
  const char* const end = text.data() + text.size();
  const bool is_number = at < text.size() && std::from_chars(text.data() + at + 1, end, k).ptr == end && k >= 1;
  if (found == makers.end() || !is_number)
    throw usage_error("a metric must be NAME@K with K from 1 on, such as ndcg@10, got \"" + text +
                      "\"; the names are " + listed(metric_names()));
  return found->make(k);
}

}  // namespace cli
