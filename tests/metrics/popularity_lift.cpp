#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/popularity_lift.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

using list_of_user = metrics::judged_list<std::int32_t>;

TEST_CASE("popularity_lift compares the list with the user's own items") {
  // Item 0 is had by users 0 1 2 (3 users), 1 by user 0, 2 by user 3, 3 by nobody; user 4 has nothing.
  const std::vector<std::int32_t> offsets = {0, 2, 3, 4, 5, 5}, columns = {0, 1, 0, 0, 2};
  const metrics::list_context<std::int32_t> context{
      .users = 5, .items = 4, .train = {5, 4, offsets.data(), columns.data()}};
  const std::vector<std::int32_t> ranked = {0, 2, 3}, unknown = {3};
  const auto at = [&](int k, std::int64_t user, const std::vector<std::int32_t>& shown) {
    return metrics::popularity_lift{k}.prepare(context)(list_of_user{user, shown, {}, {}});
  };
  CHECK(at(1, 0, ranked) == Approx((3 - 2) / 2.0));        // user 0 has items of popularity 3 and 1
  CHECK(at(2, 0, ranked) == Approx(0).margin(1e-15));      // (3 + 1) / 2
  CHECK(at(9, 0, ranked) == Approx((4.0 / 3 - 2) / 2.0));  // all three
  CHECK(at(2, 3, ranked) == Approx(1));
  CHECK(at(2, 1, unknown) == -1);
  CHECK(at(2, 4, ranked) == 0);
  CHECK(at(2, 0, {}) == 0);
  CHECK_THROWS_WITH(metrics::popularity_lift{0}.prepare(context),
                    "metrics::popularity_lift: k must be positive, got 0");
}

TEST_CASE("popularity_lift without train, users or a catalogue is 0") {
  const std::vector<std::int32_t> ranked = {1, 0};
  const metrics::list_context<std::int32_t> untrained{.users = 3, .items = 2, .train = {}}, empty{};
  CHECK(metrics::popularity_lift{2}.prepare(untrained)(list_of_user{2, ranked, {}, {}}) == 0);
  CHECK(metrics::popularity_lift{2}.prepare(empty)(list_of_user{}) == 0);
}

TEST_CASE("popularity_lift agrees with dense sums") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const auto data = draw_case(seed, 40, 25);
    const metrics::list_context<std::int32_t> context{.users = 40, .items = 25, .train = data.train};
    const Eigen::MatrixXd had = (Eigen::MatrixXf(data.train).array() > 0).cast<double>();
    const Eigen::VectorXd owners = had.colwise().sum().transpose();
    const std::vector<std::int32_t> ranked = {24, 3, 11, 0, 7};
    const auto prepared = metrics::popularity_lift{4}.prepare(context);
    const double shown = (owners[24] + owners[3] + owners[11] + owners[0]) / 4;
    for (int user = 0; user < 40; ++user) {
      CAPTURE(user);
      const double items = had.row(user).sum();
      const double usual = items > 0 ? had.row(user).dot(owners) / items : 0;
      const double expected = usual > 0 ? (shown - usual) / usual : 0;
      CHECK(std::abs(prepared(list_of_user{user, ranked, {}, {}}) - expected) < 1e-13);
    }
  }
}

TEST_CASE("popularity_lift in evaluate is the same for 1, 2, 3 threads") {
  const auto data = draw_case(23, 400, 60);
  const auto run = [&](int threads) {
    const auto [result] = akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test,
                                         metrics::popularity_lift{10});
    return result;
  };
  const auto one = run(1);
  CHECK(one.mean != 0);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    CHECK(run(threads).mean == one.mean);
    CHECK(run(threads).standard_error == one.standard_error);
  }
}
