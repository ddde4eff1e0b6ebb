#include <cstdint>
#include <limits>
#include <vector>

#include <akin/retrieval/query.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

TEST_CASE("a query asks for ten items, whichever they are") {
  const akin::query<> q;
  CHECK(q.k == 10);
  CHECK(q.exclude.rows == 0);
  CHECK_FALSE(q.candidates.has_value());
  CHECK_FALSE((q.allow.is_set() || q.deny.is_set()));
  CHECK((q.available.from.empty() && q.available.until.empty()));
  CHECK(q.minimum_score == -std::numeric_limits<double>::infinity());
}

TEST_CASE("a query refers to the caller's data") {
  const auto seen = akin_test::random_sparse<double>(3, 4, 0.5, 70);
  const std::vector<std::int32_t> in_stock = {2, 0}, nothing;
  const akin::query<> q = {.k = 3, .exclude = seen, .candidates = in_stock};
  CHECK(q.k == 3);
  CHECK((q.exclude.rows == 3 && q.exclude.cols == 4 && q.exclude.columns == seen.innerIndexPtr()));
  CHECK(q.candidates->data() == in_stock.data());
  // No candidate is not the same as no list of candidates.
  const akin::query<> none = {.candidates = nothing};
  CHECK((none.candidates.has_value() && none.candidates->empty()));
}

TEST_CASE("ids may be 64-bit numbers") {
  const auto seen = akin_test::random_sparse<float, std::int64_t>(3, 4, 0.5, 71);
  const akin::query<std::int64_t> q = {.exclude = seen};
  CHECK(q.exclude.nonzeros() == seen.nonZeros());
}
