#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/fairness.hpp>
#include <akin/random.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

using ids = std::vector<std::int32_t>;
using list_of_user = metrics::judged_list<std::int32_t>;

static_assert(metrics::aggregate_metric<metrics::exposure_gap, std::int32_t>);
static_assert(metrics::aggregate_metric<metrics::exposure_of_group, std::int64_t>);
static_assert(metrics::aggregate_metric<metrics::item_recall_gap, std::int32_t>);
static_assert(metrics::aggregate_metric<metrics::item_recall_of_group, std::int64_t>);
static_assert(std::is_constructible_v<metrics::exposure_gap, int, const ids&>);
static_assert(!std::is_constructible_v<metrics::exposure_gap, int, ids>);
static_assert(!std::is_constructible_v<metrics::exposure_of_group, int, ids, int>);
static_assert(!std::is_constructible_v<metrics::item_recall_gap, int, const ids>);
static_assert(!std::is_constructible_v<metrics::item_recall_of_group, int, const ids, int>);

namespace {

const double third = 1 / std::log2(4.0), second = 1 / std::log2(3.0);  // exposures of ranks 3 and 2; that of 1 is 1

template <class Index = std::int32_t>
metrics::list_context<Index> catalogue(std::int64_t items) {
  return {.users = 3, .items = items, .train = {}};
}

template <class Metric>
double of_lists(const Metric& metric, std::int64_t items, const std::vector<ids>& lists) {
  auto first = metric.accumulate(catalogue(items)), other = metric.accumulate(catalogue(items));
  for (std::size_t user = 0; user < lists.size(); ++user)
    (user % 2 == 0 ? first : other).add(list_of_user{static_cast<std::int64_t>(user), lists[user], {}, {}});
  first.merge(other);
  return first.value();
}

struct judged_case {
  ids ranked, relevant, hits = {};

  judged_case(ids list, ids wanted) : ranked(std::move(list)), relevant(std::move(wanted)) {
    for (std::size_t rank = 0; rank < ranked.size(); ++rank)
      if (std::find(relevant.begin(), relevant.end(), ranked[rank]) != relevant.end())
        hits.push_back(static_cast<std::int32_t>(rank));
  }
  list_of_user list() const { return {0, ranked, relevant, hits}; }
};

ids draw_groups(std::uint64_t seed, std::size_t items, std::uint64_t count) {
  ids result(items);
  for (std::size_t item = 0; item < items; ++item)
    result[item] = static_cast<std::int32_t>(akin::random_stream(seed, 9).below(item, count + 1)) - 1;
  return result;
}

template <class Metric, class... Group>
void check_refusals(const Group&... group) {
  const std::string name(Metric::name);
  const ids right = {0, 1, 1}, shorter = {0, 1}, longer = {0, 1, 1, 1}, wrong = {0, 1, -2};
  CHECK_THROWS_WITH((Metric{0, right, group...}.accumulate(catalogue(3))), name + ": k must be positive, got 0");
  CHECK_THROWS_WITH((Metric{2, shorter, group...}.accumulate(catalogue(3))),
                    name + ": groups must have an id for each item of the catalogue, 3, got 2");
  CHECK_THROWS_WITH((Metric{2, longer, group...}.accumulate(catalogue(3))),
                    name + ": groups must have an id for each item of the catalogue, 3, got 4");
  CHECK_THROWS_WITH((Metric{2, wrong, group...}.accumulate(catalogue(3))),
                    name + ": groups must have ids from 0, or -1 for no group, got -2 for item 2");
}

}  // namespace

TEST_CASE("exposure_gap of lists that are worked out by hand") {
  // Group 0: items 0 and 1; group 1: items 2, 3 and 4; item 5 is in no group.
  const ids groups = {0, 0, 1, 1, 1, -1};
  const std::vector<ids> lists = {{0, 2, 5}, {3, 1, 0}, {5}};
  auto accumulator = metrics::exposure_gap{3, groups}.accumulate(catalogue(6));
  for (const ids& list : lists) accumulator.add(list_of_user{0, list, {}, {}});
  const auto shown = accumulator.by_group();
  REQUIRE(shown.size() == 2);
  CHECK((shown[0].items == 2 && shown[1].items == 3));
  CHECK(shown[0].exposure == Approx(1 + second + third));
  CHECK(shown[1].exposure == Approx(second + 1));
  const double each = (2 + 2 * second + third) / 5;
  CHECK(shown[0].relative == Approx((1 + second + third) / 2 / each));
  CHECK(shown[1].relative == Approx((1 + second) / 3 / each));
  CHECK(accumulator.value() == Approx(shown[0].relative - shown[1].relative));
  CHECK(of_lists(metrics::exposure_gap{3, groups}, 6, lists) == accumulator.value());
  CHECK(of_lists(metrics::exposure_of_group{3, groups, 1}, 6, lists) == shown[1].relative);
  CHECK(of_lists(metrics::exposure_of_group{3, groups, 0}, 6, lists) == shown[0].relative);
  // Only the first ranks: item 0, item 3 and one without a group.
  CHECK(of_lists(metrics::exposure_gap{1, groups}, 6, lists) == Approx((1 / 2.0 - 1 / 3.0) / (2 / 5.0)));
}

TEST_CASE("exposure_gap is 0 at parity and the smallest group's share when that gets everything") {
  const ids groups = {0, 1, 1, 1};
  CHECK(of_lists(metrics::exposure_gap{1, groups}, 4, {{0}, {1}, {2}, {3}}) == Approx(0).margin(1e-15));
  CHECK(of_lists(metrics::exposure_gap{1, groups}, 4, {{0}, {0}}) == Approx(4));
  CHECK(of_lists(metrics::exposure_gap{1, groups}, 4, {{2}, {3}}) == Approx(4 / 3.0));
  const ids two = {0, 1};  // rank counts, not only being shown
  CHECK(of_lists(metrics::exposure_gap{2, two}, 2, {{0, 1}, {1, 0}}) == Approx(0).margin(1e-15));
  CHECK(of_lists(metrics::exposure_gap{2, two}, 2, {{0, 1}, {0, 1}}) == Approx(2 * (1 - second) / (1 + second)));
}

TEST_CASE("exposure_gap with nobody, one group, ids without items and a k beyond the catalogue") {
  const ids nobody, ungrouped = {-1, -1}, one = {0, 0, -1}, hole = {0, 2}, single = {0};
  CHECK(metrics::exposure_gap{2, nobody}.accumulate(metrics::list_context<std::int32_t>{}).value() == 0);
  CHECK(of_lists(metrics::exposure_gap{2, ungrouped}, 2, {{0, 1}}) == 0);
  CHECK(of_lists(metrics::exposure_gap{2, one}, 3, {{0, 2}}) == 0);
  CHECK(of_lists(metrics::exposure_gap{2, hole}, 2, {}) == 0);
  CHECK(of_lists(metrics::exposure_gap{2, hole}, 2, {{}, {}}) == 0);
  CHECK(of_lists(metrics::exposure_gap{1, hole}, 2, {{0}, {1}}) == 0);  // group 1 has no items
  CHECK(of_lists(metrics::exposure_gap{1000000000, hole}, 2, {{0, 1}}) == Approx(2 * (1 - second) / (1 + second)));
  CHECK(of_lists(metrics::exposure_gap{2, single}, 1, {{0}}) == 0);
  CHECK(of_lists(metrics::exposure_of_group{2, single, 0}, 1, {{0}}) == 1);
  CHECK(of_lists(metrics::exposure_of_group{2, single, 0}, 1, {}) == 0);
}

TEST_CASE("item_recall_gap of lists that are worked out by hand") {
  const ids groups = {0, 0, 1, 1, -1, 3};
  // Group 0: 3 wanted, 2 found; group 1: 2 wanted, 0 found within 2; group 3: nothing wanted.
  const judged_case a({0, 4, 2}, {0, 1, 2, 4}), b({5, 1}, {1}), c({}, {3});
  const auto fill = [&](const auto& metric) {
    auto first = metric.accumulate(catalogue(6)), other = metric.accumulate(catalogue(6));
    first.add(a.list());
    other.add(b.list());
    other.add(c.list());
    first.merge(other);
    return first;
  };
  const auto found = fill(metrics::item_recall_gap{2, groups}).by_group();
  REQUIRE(found.size() == 4);
  CHECK((found[0].wanted == 3 && found[0].found == 2 && found[0].recall == 2 / 3.0));
  CHECK((found[1].wanted == 2 && found[1].found == 0 && found[1].recall == 0));
  CHECK((found[2].wanted == 0 && found[3].wanted == 0 && found[3].recall == 0));
  CHECK(fill(metrics::item_recall_gap{2, groups}).value() == 2 / 3.0);
  CHECK(fill(metrics::item_recall_gap{3, groups}).value() == 2 / 3.0 - 1 / 2.0);
  CHECK(fill(metrics::item_recall_of_group{3, groups, 1}).value() == 1 / 2.0);
  CHECK(fill(metrics::item_recall_of_group{3, groups, 3}).value() == 0);
}

TEST_CASE("item_recall_gap with nobody, nothing wanted and one group") {
  const ids nobody, ungrouped = {-1, -1}, two = {0, 1};
  CHECK(metrics::item_recall_gap{2, nobody}.accumulate(metrics::list_context<std::int32_t>{}).value() == 0);
  const judged_case both({0, 1}, {0, 1}), first({0, 1}, {0});
  const auto value = [](const ids& groups, const judged_case& one) {
    auto state = metrics::item_recall_gap{1, groups}.accumulate(catalogue(2));
    state.add(one.list());
    return state.value();
  };
  CHECK(value(ungrouped, both) == 0);
  CHECK(value(two, first) == 0);  // nobody wants an item of group 1
  CHECK(value(two, both) == 1);   // that of group 1 comes too late
  CHECK(metrics::item_recall_gap{1, two}.accumulate(catalogue(2)).value() == 0);
}

TEST_CASE("metrics of groups of items refuse what are no groups") {
  check_refusals<metrics::exposure_gap>();
  check_refusals<metrics::exposure_of_group>(1);
  check_refusals<metrics::item_recall_gap>();
  check_refusals<metrics::item_recall_of_group>(1);
  const ids hole = {0, 2, -1};
  for (const int group : {-1, 1, 3}) {
    const std::string rest = ": group must be that of an item, got " + std::to_string(group);
    CHECK_THROWS_WITH((metrics::exposure_of_group{2, hole, group}.accumulate(catalogue(3))),
                      "metrics::exposure_of_group" + rest);
    CHECK_THROWS_WITH((metrics::item_recall_of_group{2, hole, group}.accumulate(catalogue(3))),
                      "metrics::item_recall_of_group" + rest);
  }
}

namespace {

// The same numbers from the definitions, group by group, in double.
template <class Index>
void check_against_definitions(std::uint64_t seed, int k) {
  CAPTURE(seed, k);
  const std::size_t items = 30, groups_count = 4;
  const ids groups = draw_groups(seed, items, groups_count);
  const akin::random_stream random(seed, 2);
  auto exposure = metrics::exposure_gap{k, groups}.accumulate(catalogue<Index>(items));
  auto recall = metrics::item_recall_gap{k, groups}.accumulate(catalogue<Index>(items));
  std::vector<double> shown(groups_count), sizes(groups_count), wanted(groups_count), found(groups_count);
  for (const std::int32_t group : groups)
    if (group >= 0) sizes[static_cast<std::size_t>(group)] += 1;
  for (std::uint64_t user = 0; user < 25; ++user) {
    std::vector<Index> ranked, relevant;
    std::vector<std::int32_t> hits;
    for (std::uint64_t rank = 0; rank < user % 16; ++rank)
      ranked.push_back(static_cast<Index>((user * 7 + rank * 11) % items));
    for (std::size_t item = 0; item < items; ++item)
      if (random.uniform(user * items + item) < 0.2) relevant.push_back(static_cast<Index>(item));
    for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
      const bool hit = std::find(relevant.begin(), relevant.end(), ranked[rank]) != relevant.end();
      if (hit) hits.push_back(static_cast<std::int32_t>(rank));
      const std::int32_t group = groups[static_cast<std::size_t>(ranked[rank])];
      if (group < 0 || static_cast<int>(rank) >= k) continue;
      shown[static_cast<std::size_t>(group)] += 1 / std::log2(2.0 + static_cast<double>(rank));
      if (hit) found[static_cast<std::size_t>(group)] += 1;
    }
    for (const Index item : relevant) {
      const std::int32_t group = groups[static_cast<std::size_t>(item)];
      if (group >= 0) wanted[static_cast<std::size_t>(group)] += 1;
    }
    const metrics::judged_list<Index> list{static_cast<std::int64_t>(user), ranked, relevant, hits};
    exposure.add(list);
    recall.add(list);
  }
  double all_shown = 0, all_items = 0, weighted = 0;
  for (std::size_t g = 0; g < groups_count; ++g) {
    all_shown += shown[g];
    all_items += sizes[g];
  }
  std::vector<double> relative, recalls;
  for (std::size_t g = 0; g < groups_count; ++g) {
    relative.push_back(shown[g] / sizes[g] / (all_shown / all_items));
    recalls.push_back(found[g] / wanted[g]);
    weighted += exposure.by_group()[g].relative * sizes[g] / all_items;
    CHECK(exposure.by_group()[g].relative == Approx(relative[g]).margin(1e-13));
    CHECK(recall.by_group()[g].recall == recalls[g]);
  }
  CHECK(weighted == Approx(1));
  const auto gap = [](const std::vector<double>& of) {
    return *std::max_element(of.begin(), of.end()) - *std::min_element(of.begin(), of.end());
  };
  CHECK(std::abs(exposure.value() - gap(relative)) < 1e-13);
  CHECK(recall.value() == gap(recalls));
}

}  // namespace

TEST_CASE("gaps between groups of items agree with their definitions") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    for (const int k : {1, 5, 20}) {
      check_against_definitions<std::int32_t>(seed, k);
      check_against_definitions<std::int64_t>(seed, k);
    }
}

TEST_CASE("gaps between groups of items in evaluate are the same for 1, 2, 3 threads") {
  const auto data = draw_case(37, 400, 60);
  const ids groups = draw_groups(37, 60, 3);
  const auto run = [&](int threads) {
    return akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test,
                          metrics::exposure_gap{10, groups}, metrics::item_recall_gap{10, groups},
                          metrics::exposure_of_group{10, groups, 0}, metrics::exposure_of_group{10, groups, 1},
                          metrics::exposure_of_group{10, groups, 2}, metrics::item_recall_of_group{10, groups, 0},
                          metrics::item_recall_of_group{10, groups, 1}, metrics::item_recall_of_group{10, groups, 2});
  };
  const auto one = run(1);
  const auto& [exposure, recall, e0, e1, e2, r0, r1, r2] = one;
  CHECK(exposure.mean > 0);
  CHECK(exposure.mean == std::max({e0.mean, e1.mean, e2.mean}) - std::min({e0.mean, e1.mean, e2.mean}));
  CHECK(recall.mean > 0);
  CHECK(recall.mean == std::max({r0.mean, r1.mean, r2.mean}) - std::min({r0.mean, r1.mean, r2.mean}));
  CHECK(exposure.standard_error == 0);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    const auto other = run(threads);
    for (std::size_t i = 0; i < 8; ++i) CHECK(other[i].mean == one[i].mean);
  }
}
