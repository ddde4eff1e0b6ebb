#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <akin/content/fuse_features.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

using Catch::Matchers::Message;

namespace {

Eigen::MatrixXd unit_rows(Eigen::MatrixXd x) {
  for (Eigen::Index row = 0; row < x.rows(); ++row)
    if (x.row(row).norm() > 0) x.row(row).normalize();
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("inner products of fused rows are weighted sums of cosines", "", float, double) {
  const auto words = akin_test::random_sparse<TestType, std::int32_t>(12, 30, 0.15, 1);
  const akin::dense_matrix<TestType> pictures = akin::dense_matrix<TestType>::Random(12, 5);
  const auto fused = akin::fuse_features<TestType>(akin::feature_part(2.0, words), akin::feature_part(0.5, pictures));
  REQUIRE((fused.rows() == 12 && fused.cols() == 35 && fused.isCompressed()));
  const Eigen::MatrixXd a = unit_rows(Eigen::MatrixXd(words.template cast<double>())),
                        b = unit_rows(pictures.template cast<double>());
  const Eigen::MatrixXd expected = 2 * a * a.transpose() + 0.5 * b * b.transpose();
  const Eigen::MatrixXd f = Eigen::MatrixXd(fused.template cast<double>());
  CHECK((f * f.transpose() - expected).cwiseAbs().maxCoeff() <
        20 * static_cast<double>(std::numeric_limits<TestType>::epsilon()));
}

TEST_CASE("a part of weight 0 keeps its columns, and rows without anything stay empty") {
  const akin::sparse_matrix<float> nothing(3, 2);
  const akin::dense_matrix<float> ones = akin::dense_matrix<float>::Ones(3, 1);
  const auto fused = akin::fuse_features(akin::feature_part(1.0, nothing), akin::feature_part(0.0, ones));
  CHECK((fused.cols() == 3 && fused.nonZeros() == 0));
  const akin::sparse_matrix<float> no_items(0, 4);
  CHECK(akin::fuse_features(akin::feature_part(1.0, no_items)).rows() == 0);
}

TEST_CASE("parts that do not fit are refused in a sentence") {
  const akin::sparse_matrix<float> three(3, 2), four(4, 2);
  CHECK_THROWS_MATCHES(akin::fuse_features(akin::feature_part(1.0, three), akin::feature_part(1.0, four)),
                       std::invalid_argument,
                       Message("fuse_features: all parts must have equally many rows, got 3 and 4"));
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK_THROWS_WITH(akin::feature_part(bad, three), contains("weight must be finite and not negative"));
  akin::dense_matrix<float> poisoned = akin::dense_matrix<float>::Ones(3, 1);
  poisoned(1, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(akin::fuse_features(akin::feature_part(1.0, poisoned)),
                    contains("fuse_features: values must be finite"));
}
