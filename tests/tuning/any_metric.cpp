#include <cstdint>
#include <span>
#include <vector>

#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/random.hpp>
#include <akin/tuning/any_metric.hpp>

#include "support/catch.hpp"

namespace metrics = akin::metrics;
using list_type = metrics::judged_list<std::int32_t>;

namespace {

/// One user's list of items below 30, what is relevant, and where it is.
struct random_list {
  std::vector<std::int32_t> ranked, relevant, hits;

  explicit random_list(std::uint64_t seed) {
    const akin::random_stream random(seed);
    for (std::int32_t item = 0; item < 30; ++item) {
      const auto number = static_cast<std::uint64_t>(item);
      if (random.uniform(3 * number) < 0.2) relevant.push_back(item);
      if (random.uniform(3 * number + 1) < 0.7) ranked.push_back(item);
    }
    akin::shuffle(ranked.data(), static_cast<std::int64_t>(ranked.size()), akin::random_stream(seed, 1));
    akin::detail::find_hits<std::int32_t>(ranked, relevant, hits);
  }
  list_type list() const { return {0, ranked, relevant, hits}; }
};

template <class Metric>
void check_same(const Metric& metric, const char* name) {
  const akin::any_metric any = metric;
  CHECK(any.k == metric.k);
  CHECK(any.name() == name);
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const random_list of(seed);
    CHECK(any(of.list()) == metric(of.list()));
    sum += any(of.list());
  }
  CHECK(sum > 0);
}

/// A metric without a name.
struct longest_run {
  int k = 4;
  double operator()(const list_type& list) const { return static_cast<double>(list.hits_within(k).size()); }
};

/// A metric on spans, with the name of a namespace.
struct first_is_relevant {
  static constexpr std::string_view name = "mine::first";
  int k = 1;
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    if (ranked.size() > 1) return 100;  // it must get its k items
    return !ranked.empty() && !relevant.empty() && ranked[0] == relevant[0] ? 1 : 0;
  }
};

}  // namespace

TEST_CASE("any metric of one list is itself behind one type") {
  check_same(metrics::ndcg{10}, "ndcg@10");
  check_same(metrics::recall{5}, "recall@5");
  check_same(metrics::precision{3}, "precision@3");
  check_same(metrics::hit_rate{1}, "hit_rate@1");
}

TEST_CASE("a metric of one's own needs no name") {
  check_same(longest_run{}, "metric@4");
  CHECK(akin::any_metric(longest_run{7}).name() == "metric@7");
}

TEST_CASE("a metric on spans gets the first k items, and its name without its namespace") {
  const akin::any_metric any = first_is_relevant{};
  CHECK(any.name() == "first@1");
  const std::vector<std::int32_t> ranked = {4, 2, 9}, relevant = {4}, other = {2}, first = {0}, second = {1};
  CHECK(any({0, ranked, relevant, first}) == 1);
  CHECK(any({0, ranked, other, second}) == 0);
}

TEST_CASE("copies of a metric whose type is not known are the same") {
  const akin::any_metric any = metrics::recall{5};
  const akin::any_metric copy = any;
  akin::any_metric assigned = metrics::ndcg{10};
  assigned = copy;
  const random_list of(3);
  CHECK(copy(of.list()) == any(of.list()));
  CHECK(assigned(of.list()) == any(of.list()));
  CHECK(assigned.name() == "recall@5");
}
