#include <cmath>
#include <cstdint>
#include <limits>

#include <akin/matrix.hpp>
#include <akin/model/data_shape.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

namespace {

using akin_test::sparse_of;

template <class Scalar>
akin::data_shape shape_of(const akin::sparse_matrix<Scalar>& x) {
  return akin::detail::shape_of(akin::detail::view_of(x, "test"));
}

}  // namespace

TEST_CASE("the shape of data counts what holds something, and takes means over it") {
  // The stored 0 of user 1 is none, and neither are user 3 and items 1 and 4 anything.
  const auto shape = shape_of(
      sparse_of<float, std::int32_t>(4, 5, {{0, 0, 1.0f}, {0, 2, -3.0f}, {1, 4, 0.0f}, {2, 0, 2.0f}, {2, 3, 2.0f}}));
  CHECK((shape.rows == 4 && shape.columns == 5));
  CHECK((shape.users == 2 && shape.items == 3 && shape.nonzeros == 4));
  CHECK(shape.mean_magnitude == 2);
  CHECK(shape.mean_square == 18.0 / 4);
  CHECK(shape.has_negative);
  CHECK(shape.density() == Approx(4.0 / 6));
  CHECK(shape.mean_per_user() == 2);
  CHECK(shape.mean_per_item() == Approx(4.0 / 3));
}

TEST_CASE("data without a value have the shape of values of 1 in all of no cells") {
  for (const akin::data_shape& shape : {akin::data_shape{}, shape_of(akin::sparse_matrix<float>(3, 2)),
                                        shape_of(sparse_of<float, std::int32_t>(1, 1, {{0, 0, 0.0f}}))}) {
    CHECK((shape.users == 0 && shape.items == 0 && shape.nonzeros == 0));
    CHECK((shape.mean_magnitude == 1 && shape.mean_square == 1 && shape.density() == 1));
    CHECK((shape.mean_per_user() == 0 && shape.mean_per_item() == 0));
    CHECK_FALSE(shape.has_negative);
  }
}

TEST_CASE("means of values at the ends of double are numbers that can be divided by") {
  using limits = std::numeric_limits<double>;
  for (const double value : {limits::max(), limits::denorm_min(), 1e200, 1e-200}) {
    const auto shape = shape_of(sparse_of<double, std::int32_t>(2, 1, {{0, 0, value}, {1, 0, value}}));
    for (const double mean : {shape.mean_magnitude, shape.mean_square}) {
      CHECK((std::isnormal(mean) && mean > 0));
      CHECK(std::isfinite(1 / mean));
    }
  }
}
