#include <cstdint>
#include <span>
#include <vector>

#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/metrics/ranking.hpp>

#include "support/catch.hpp"

namespace metrics = akin::metrics;

namespace {

struct on_spans {
  int k = 1;
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t>) const {
    return static_cast<double>(ranked.size());
  }
};

struct without_k {
  double operator()(std::span<const std::int32_t>, std::span<const std::int32_t>) const { return 0; }
};

struct prepares {
  int k = 1;
  on_spans prepare(const metrics::list_context<std::int32_t>&) const { return {}; }
};

struct prepares_a_metric {
  int k = 1;
  auto prepare(const metrics::list_context<std::int32_t>& context) const {
    return [users = context.users](const metrics::judged_list<std::int32_t>&) { return static_cast<double>(users); };
  }
};

struct on_scores {
  static constexpr bool wants_scores = true;
  double operator()(const metrics::judged_list<std::int32_t>&, const metrics::scored_items<float>&) const { return 0; }
};

struct wants_none {
  static constexpr bool wants_scores = false;
  double operator()(const metrics::judged_list<std::int32_t>&, const metrics::scored_items<float>&) const { return 0; }
};

static_assert(metrics::prepared_metric<prepares_a_metric> && !metrics::prepared_metric<prepares>);
static_assert(!metrics::user_metric<prepares_a_metric> && metrics::list_metric<prepares_a_metric>);
static_assert(metrics::scored_metric<on_scores> && !metrics::scored_metric<on_scores, double>);
static_assert(!metrics::scored_metric<wants_none> && !metrics::list_metric<on_scores>);
static_assert(metrics::user_metric<metrics::ndcg> && !metrics::aggregate_metric<metrics::ndcg>);
static_assert(metrics::user_metric<metrics::recall, std::int64_t>);
static_assert(metrics::aggregate_metric<metrics::coverage> && !metrics::user_metric<metrics::coverage>);
static_assert(metrics::user_metric<on_spans> && !metrics::user_metric<without_k> && !metrics::user_metric<int>);

}  // namespace

TEST_CASE("hits are the ranks of relevant items") {
  const std::vector<std::int32_t> ranked = {9, 2, 7, 4}, relevant = {2, 4, 5};
  std::vector<std::int32_t> hits = {77};
  akin::detail::find_hits<std::int32_t>(ranked, relevant, hits);
  CHECK(hits == std::vector<std::int32_t>{1, 3});
  const metrics::judged_list<std::int32_t> list{0, ranked, relevant, hits};
  CHECK(list.hits_within(1).empty());
  CHECK(list.hits_within(2).size() == 1);
  CHECK(list.hits_within(3).size() == 1);
  CHECK(list.hits_within(4).size() == 2);
  CHECK(list.hits_within(100).size() == 2);
}
