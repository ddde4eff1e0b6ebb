#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/diversity.hpp>
#include <akin/random.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Index>
struct pattern {
  std::int64_t users, items;
  std::vector<Index> offsets{0}, columns{};

  metrics::list_context<Index> context() const {
    return {.users = users, .items = items, .train = {users, items, offsets.data(), columns.data()}};
  }
};

// Item i is had by a share 2^-(i mod 12) of the users, so that audiences of all sizes meet.
template <class Index>
pattern<Index> draw_pattern(std::uint64_t seed, int users, int items) {
  pattern<Index> result{users, items};
  for (int u = 0; u < users; ++u) {
    for (int i = 0; i < items; ++i)
      if (akin::random_stream(seed).uniform(static_cast<std::uint64_t>(u * items + i)) < std::ldexp(1.0, -(i % 12)))
        result.columns.push_back(static_cast<Index>(i));
    result.offsets.push_back(static_cast<Index>(result.columns.size()));
  }
  return result;
}

template <class Index>
std::vector<std::vector<double>> dense_columns(const pattern<Index>& data) {
  std::vector<std::vector<double>> columns(static_cast<std::size_t>(data.items),
                                           std::vector<double>(static_cast<std::size_t>(data.users)));
  for (std::int64_t u = 0; u < data.users; ++u)
    for (const Index item : data.context().train.row(u))
      columns[static_cast<std::size_t>(item)][static_cast<std::size_t>(u)] = 1;
  return columns;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t u = 0; u < a.size(); ++u) sum += a[u] * b[u];
  return sum;
}

template <class Index>
double obvious(const std::vector<std::vector<double>>& columns, const std::vector<Index>& list) {
  double sum = 0, pairs = 0;
  for (std::size_t i = 0; i < list.size(); ++i)
    for (std::size_t j = i + 1; j < list.size(); ++j) {
      const auto& a = columns[static_cast<std::size_t>(list[i])];
      const auto& b = columns[static_cast<std::size_t>(list[j])];
      const double norms = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
      sum += 1 - (norms > 0 ? dot(a, b) / norms : 0);
      ++pairs;
    }
  return pairs > 0 ? sum / pairs : 0;
}

template <class Index>
void check_random() {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const int users = seed % 4 == 0 ? 3000 : 5 + static_cast<int>(seed) * 37, items = 30;
    CAPTURE(seed, users, sizeof(Index));
    const auto data = draw_pattern<Index>(seed, users, items);
    const auto columns = dense_columns(data);
    std::vector<Index> list(items);
    for (int i = 0; i < items; ++i) list[static_cast<std::size_t>(i)] = static_cast<Index>((i * 7 + 3) % items);
    for (const int k : {1, 2, 5, 20, 30}) {
      CAPTURE(k);
      const std::vector<Index> first(list.begin(), list.begin() + k);
      const double found = metrics::diversity{k}.prepare(data.context())(metrics::judged_list<Index>{0, list, {}, {}});
      CHECK(std::abs(found - obvious(columns, first)) < 1e-13);
    }
  }
}

}  // namespace

TEST_CASE("diversity is the mean over pairs of 1 - cosine of who has the items") {
  // Item 0 is had by users 0 1 2 3, 1 by 0 1, 2 by nobody, 3 by 3.
  const pattern<std::int32_t> data{4, 4, {0, 2, 4, 5, 7}, {0, 1, 0, 1, 0, 0, 3}};
  const std::vector<std::int32_t> ranked = {0, 1, 3, 2};
  const auto at = [&](int k) {
    return metrics::diversity{k}.prepare(data.context())(metrics::judged_list<std::int32_t>{0, ranked, {}, {}});
  };
  const double a = 2 / std::sqrt(8.0), b = 1 / std::sqrt(4.0);  // cosines of 0 and 1, of 0 and 3
  CHECK(at(1) == 0);
  CHECK(at(2) == Approx(1 - a));
  CHECK(at(3) == Approx(1 - (a + b) / 3));
  CHECK(at(4) == Approx(1 - (a + b) / 6));
  CHECK(at(9) == at(4));
  CHECK_THROWS_WITH(metrics::diversity{0}.prepare(data.context()), "metrics::diversity: k must be positive, got 0");
}

TEST_CASE("diversity agrees with dense columns for audiences of all sizes") {
  check_random<std::int32_t>();
  check_random<std::int64_t>();
}

TEST_CASE("diversity of degenerate data") {
  const metrics::diversity metric{5};
  const std::vector<std::int32_t> pair = {1, 0}, nothing;
  const metrics::judged_list<std::int32_t> list{0, pair, {}, {}};

  SECTION("nobody, and no train at all") {
    const pattern<std::int32_t> nobody{0, 2};
    CHECK(metric.prepare(nobody.context())(list) == 1);
    CHECK(metric.prepare(metrics::list_context<std::int32_t>{.users = 0, .items = 2, .train = {}})(list) == 1);
  }
  SECTION("users who have nothing") {
    const pattern<std::int32_t> idle{3, 2, {0, 0, 0, 0}, {}};
    CHECK(metric.prepare(idle.context())(list) == 1);
  }
  SECTION("everybody has everything") {
    const pattern<std::int32_t> all{2, 2, {0, 2, 4}, {0, 1, 0, 1}};
    CHECK(metric.prepare(all.context())(list) < 1e-15);
    CHECK(metric.prepare(all.context())(metrics::judged_list<std::int32_t>{}) == 0);
  }
  SECTION("no catalogue") {
    const metrics::list_context<std::int32_t> empty{};
    CHECK(metric.prepare(empty)(metrics::judged_list<std::int32_t>{}) == 0);
  }
}

TEST_CASE("diversity in evaluate is the same for 1, 2, 3 threads") {
  const auto data = draw_case(17, 400, 60);
  const auto run = [&](int threads) {
    const auto [result] =
        akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test, metrics::diversity{10});
    return result;
  };
  const auto one = run(1);
  CHECK(one.mean > 0);
  CHECK(one.mean < 1);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    CHECK(run(threads).mean == one.mean);
    CHECK(run(threads).standard_error == one.standard_error);
  }
}
