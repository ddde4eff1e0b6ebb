#include <cstdint>
#include <span>

#include <akin/concepts.hpp>
#include <akin/matrix.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace {

struct with_factors : table_model<double, std::int64_t> {
  const akin::dense_matrix<double>& user_factors() const { return table; }
  const akin::dense_matrix<double>& item_factors() const { return table; }
};

struct without_score_all {
  using scalar_type = float;
  using index_type = std::int32_t;
  std::int64_t users() const { return 1; }
  std::int64_t items() const { return 1; }
  bool knows_user(index_type) const { return true; }
  bool knows_item(index_type) const { return true; }
  scalar_type score(index_type, index_type) const { return 0; }
};

struct not_const : without_score_all {
  void score_all(index_type, std::span<scalar_type>) {}
};

}  // namespace

TEST_CASE("policies are those that have a backend") {
  STATIC_REQUIRE(akin::execution_policy<akin::execution::sequenced_policy>);
  STATIC_REQUIRE(akin::execution_policy<const akin::execution::parallel_policy&>);
  STATIC_REQUIRE(!akin::execution_policy<int>);
  STATIC_REQUIRE(!akin::execution_policy<akin::backend::host>);
}

TEST_CASE("interactions are sparse and row-major") {
  using map = Eigen::Map<const akin::sparse_matrix<float>>;
  STATIC_REQUIRE(akin::interaction_matrix<akin::sparse_matrix<float>>);
  STATIC_REQUIRE(akin::interaction_matrix<akin::sparse_matrix<double, std::int64_t>>);
  STATIC_REQUIRE(akin::interaction_matrix<map>);
  STATIC_REQUIRE(akin::sparse_matrix_like<Eigen::SparseMatrix<float>>);
  STATIC_REQUIRE(!akin::interaction_matrix<Eigen::SparseMatrix<float>>);
  STATIC_REQUIRE(!akin::sparse_matrix_like<Eigen::MatrixXf>);
  STATIC_REQUIRE(!akin::sparse_matrix_like<int>);
}

TEST_CASE("a scorer answers for one item and for all, without being changed") {
  STATIC_REQUIRE(akin::scorer<table_model<float>>);
  STATIC_REQUIRE(akin::scorer<table_model<double, std::int64_t>>);
  STATIC_REQUIRE(!akin::scorer<without_score_all>);
  STATIC_REQUIRE(!akin::scorer<not_const>);
  STATIC_REQUIRE(!akin::scorer<int>);
  STATIC_REQUIRE(akin::factor_model_like<with_factors>);
  STATIC_REQUIRE(!akin::factor_model_like<table_model<float>>);
}

TEST_CASE("a model that does not say whether it is fitted is so where it has users or items") {
  const table_model<float> nothing, something{akin::dense_matrix<float>::Zero(0, 3)};
  CHECK_FALSE(akin::detail::is_fitted(nothing));
  CHECK(akin::detail::is_fitted(something));
  CHECK_THROWS_WITH(akin::detail::require_fitted(nothing, "ask"),
                    "ask: the model has learnt nothing yet, call fit first");
  CHECK_NOTHROW(akin::detail::require_fitted(something, "ask"));
}
