#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/content/segment_popularity.hpp>
#include <akin/retrieval/recommend.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;

namespace {

// A segment_popularity whose users have segments already, as the harness of all models wants it.
template <class Scalar, class Index>
struct model_with_segments : akin::segment_popularity<Scalar, Index> {
  using base = akin::segment_popularity<Scalar, Index>;
  using base::base;

  static akin::sparse_matrix<Scalar, Index> segments(Eigen::Index users) {
    akin::sparse_matrix<Scalar, Index> m =
        akin_test::random_sparse<Scalar, Index>(static_cast<Index>(users), 4, 0.4, 22);
    for (Eigen::Index i = 0; i < m.nonZeros(); ++i) m.valuePtr()[i] = std::abs(m.valuePtr()[i]);
    m.prune([](Eigen::Index user, Eigen::Index, Scalar) { return user != 1; });  // for whom a history stands
    return m;
  }
  template <class Policy, class Matrix>
  void fit(const Policy& policy, const Matrix& x) {
    base::fit(policy, segments(x.rows()), x);
  }
  template <class Matrix>
  void fit(const Matrix& x) {
    fit(execution::seq, x);
  }
  static model_with_segments read_from(const akin::detail::model_reader& reader) {
    model_with_segments model;
    static_cast<base&>(model) = base::read_from(reader);
    return model;
  }
};

using model_type = akin::segment_popularity<double>;

akin::sparse_matrix<double> cells(Eigen::Index rows, Eigen::Index cols,
                                  const std::vector<Eigen::Triplet<double>>& triplets) {
  return akin_test::matrix_of<model_type>(rows, cols, triplets);
}

// Users 0 and 1 are of segment 0, user 2 of segment 1, user 3 of both (more of the second), user 4 of none.
akin::sparse_matrix<double> memberships() {
  return cells(5, 3, {{0, 0, 1}, {1, 0, 1}, {2, 1, 1}, {3, 0, 1}, {3, 1, 3}});
}
akin::sparse_matrix<double> purchases() { return cells(5, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {2, 1, 4}, {4, 1, 1}}); }

}  // namespace

TEMPLATE_TEST_CASE("segment_popularity keeps the promises of all models", "", (std::pair<float, std::int32_t>),
                   (std::pair<double, std::int32_t>), (std::pair<float, std::int64_t>)) {
  akin_test::check_model(
      [] { return model_with_segments<typename TestType::first_type, typename TestType::second_type>(); });
}

TEST_CASE("segment_popularity lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return model_with_segments<float, std::int32_t>(); }, akin_test::row_lists::everybodys,
                            akin_test::reason_sums::refused);
}

TEST_CASE("each option of segment_popularity matters") {
  using options = akin::segment_popularity_options;
  akin_test::check_options<model_with_segments<float, std::int32_t>>(options{},
                                                                     {{"damping", [](auto& o) { o.damping = 1; }}}, {});
}

TEST_CASE("shares of the segments' interactions, damped towards everybody's") {
  model_type plain({.damping = 0}), damped({.damping = 2});
  plain.fit(execution::seq, memberships(), purchases());
  damped.fit(execution::seq, memberships(), purchases());
  CHECK((plain.users() == 5 && plain.items() == 3 && plain.segments() == 3));
  // Everybody: 2 of 8, 6 of 8. Segment 0: 2 of 3, 1 of 3; segment 1: 0 of 4, 4 of 4.
  CHECK(plain.score(4, 1) == Approx(0.75));
  CHECK(plain.score(0, 0) == Approx(2 / 3.0));
  CHECK(plain.score(3, 0) == Approx((1 * 2 / 3.0 + 3 * 0) / 4));
  CHECK(damped.score(0, 0) == Approx((2 + 2 * 0.25) / (3 + 2)));
  CHECK(damped.score(3, 1) == Approx((1 * (1 + 2 * 0.75) / 5 + 3 * (4 + 2 * 0.75) / 6) / 4));
  CHECK_FALSE(plain.knows_item(2));
  const auto lists = akin::recommend(execution::seq, plain, {.k = 3});
  CHECK((lists.items(0)[0] == 0 && lists.items(2)[0] == 1 && lists.items(4)[0] == 1));
  for (std::size_t u = 0; u < 5; ++u) CHECK(lists.items(u).size() == 2);
}

TEST_CASE("a history says nothing of segments: it gets what everybody has") {
  model_type model({.damping = 1});
  model.fit(execution::seq, memberships(), purchases());
  const auto users = akin::recommend(execution::seq, model, {.k = 3});  // user 4 has no segment
  const auto histories = akin::recommend_for(execution::seq, model, cells(2, 3, {{0, 0, 1}}), {.k = 3});
  for (const std::size_t row : {0u, 1u}) {
    CHECK(std::ranges::equal(histories.items(row), users.items(4)));
    CHECK(std::ranges::equal(histories.scores(row), users.scores(4)));
  }
}

TEST_CASE("new users are known by their segments alone") {
  model_type model({.damping = 0});
  model.fit(execution::seq, memberships(), purchases());
  const auto newcomers = model.for_users(execution::seq, cells(3, 3, {{0, 1, 1}, {1, 2, 1}}));
  REQUIRE(newcomers.users() == 3);
  CHECK(newcomers.score(0, 1) == 1);
  CHECK(newcomers.score(1, 1) == Approx(0.75));  // a segment in which nobody did anything
  CHECK(newcomers.score(2, 1) == Approx(0.75));
}

TEST_CASE("in a graph the tastes of friends count, each by its weight") {
  model_type model({.damping = 0});
  model.fit_graph(execution::seq, cells(5, 5, {{3, 0, 1}, {3, 2, 1}, {4, 1, 2}}), purchases());
  CHECK(model.score(3, 0) == Approx((0.5 + 0) / 2));
  CHECK(model.score(3, 1) == Approx((0.5 + 1) / 2));
  CHECK(model.score(4, 0) == 1);
  CHECK(model.score(0, 0) == Approx(0.25));  // no friends: everybody
}

TEST_CASE("what does not fit is refused in a sentence, and the model stays as it was") {
  model_type model;
  model.fit(execution::seq, memberships(), purchases());
  const auto before = akin_test::bytes_of(model);
  CHECK_THROWS_WITH(model.fit(execution::seq, cells(4, 3, {}), purchases()),
                    "segment_popularity::fit: user_segments must have a row for each of the 5 users, got 4");
  CHECK_THROWS_WITH(model.fit(execution::seq, cells(5, 3, {{1, 1, -1}}), purchases()),
                    contains("values must not be negative, got -1 in row 1"));
  CHECK_THROWS_WITH(model.fit(execution::seq, memberships(), cells(5, 3, {{2, 1, -2}})),
                    contains("values must not be negative, got -2 in row 2"));
  CHECK_THROWS_WITH(model.fit_graph(execution::seq, memberships(), purchases()),
                    "segment_popularity::fit_graph: user_graph must be users x users, got 5 x 3");
  CHECK_THROWS_WITH(
      model.for_users(execution::seq, cells(1, 2, {})),
      "segment_popularity::for_users: user_segments must have a column for each of the 3 segments, got 2");
  CHECK(akin_test::bytes_of(model) == before);
  CHECK_THROWS_AS(model_type().for_users(execution::seq, memberships()), akin::not_fitted);
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK_THROWS_WITH(model_type({.damping = bad}), contains("damping must be finite and not negative"));
}
