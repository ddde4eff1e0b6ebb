#include <string_view>

#include <akin/metrics/metric_name.hpp>
#include <akin/metrics/ranking.hpp>

#include "support/catch.hpp"

namespace {

struct in_a_namespace {
  static constexpr std::string_view name = "shop::margin";
};
struct without_a_name {};

}  // namespace

TEST_CASE("a metric is called by its name and its k") {
  CHECK(akin::metric_name(akin::metrics::ndcg{20}) == "ndcg@20");
  CHECK(akin::metric_name(in_a_namespace{}) == "margin");
  static_assert(akin::named_metric<in_a_namespace>);
  static_assert(!akin::named_metric<without_a_name>);
}
