#include <cstdint>
#include <vector>

#include <akin/matrix.hpp>
#include <akin/train/chosen_rows.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

namespace {

akin::sparse_matrix<float> sparse_of(int rows, int cols, const std::vector<Eigen::Triplet<float>>& cells) {
  return akin_test::sparse_of<float, std::int32_t>(rows, cols, cells);
}

using ids = akin::detail::numbers<std::int32_t>;

bool is(const ids& a, std::initializer_list<std::int32_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

TEST_CASE("rows of a matrix are chosen by what is stored") {
  const auto x = sparse_of(4, 5, {{0, 1, 2.0f}, {2, 1, 3.0f}, {2, 4, 0.0f}});
  const auto view = akin::detail::view_of(x, "test");
  CHECK(is(akin::detail::all_rows(view), {0, 1, 2, 3}));
  CHECK(is(akin::detail::nonempty_rows(view), {0, 2}));
  CHECK(is(akin::detail::nonempty_columns(view), {1, 4}));
  CHECK(akin::detail::all_rows(akin::csr_view<float, std::int32_t>{}).empty());
}

TEST_CASE("chosen rows are a copy, all rows the matrix itself") {
  const auto x = sparse_of(4, 5, {{0, 1, 2.0f}, {2, 1, 3.0f}, {2, 4, 7.0f}, {3, 0, 1.0f}});
  const auto view = akin::detail::view_of(x, "test");
  const akin::detail::chosen_rows<float, std::int32_t> some(view, ids{1, 2});
  CHECK(some.view().rows == 2);
  CHECK(some.view().cols == 5);
  CHECK(some.view().row_size(0) == 0);
  REQUIRE(some.view().row_size(1) == 2);
  CHECK(some.view().row(1).ids[1] == 4);
  CHECK(some.view().row(1).values[1] == 7);
  CHECK(some.view().values != view.values);

  const akin::detail::chosen_rows<float, std::int32_t> all(view, akin::detail::all_rows(view));
  CHECK(all.view().rows == 4);
  CHECK(all.view().values == view.values);
}
