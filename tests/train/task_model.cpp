#include <string_view>
#include <type_traits>

#include <akin/error.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/factorization/nmf.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/factorization/warp.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/train/task_model.hpp>

#include "support/catch.hpp"

namespace {

struct even_options {
  int size = 2;
};
template <class Options, class Visit>
akin::fields_of<even_options, Options> fields(Options& options, const Visit& visit) {
  visit("size", options.size, akin::positive);
}

struct even_task {
  static constexpr std::string_view kind = "even";
  using options_type = even_options;
  even_options options;

  static void check(const even_options& options) {
    akin::detail::require(options.size % 2 == 0, kind, "size must be even", options.size);
  }
};

struct answers {
  bool is_fitted() const noexcept { return fitted; }
  bool fitted = false;
};

struct even : akin::task_model<even_task, answers> {
  using task_model::fitted;
  using task_model::task_model;
};

}  // namespace

TEST_CASE("a model of a task checks the fields of its options, then what they must be together") {
  CHECK(even().options().size == 2);
  CHECK(even({.size = 4}).options().size == 4);
  CHECK_THROWS_WITH(even({.size = 0}), "even: size must be positive, got 0");
  CHECK_THROWS_WITH(even({.size = 3}), "even: size must be even, got 3");
}

TEST_CASE("a model of a task names the call that comes too early") {
  even model;
  CHECK_THROWS_AS(model.fitted("forget"), akin::not_fitted);
  model.answers::fitted = true;
  CHECK(model.fitted("forget") == "even::forget");
}

TEST_CASE("options alone make a model of float") {
  using namespace akin;
  const auto is_float = [](const auto& model) {
    return std::is_same_v<typename std::remove_cvref_t<decltype(model)>::scalar_type, float>;
  };
  CHECK(is_float(item_knn(item_knn_options{})));
  CHECK(is_float(user_knn(user_knn_options{})));
  CHECK(is_float(ease(ease_options{})));
  CHECK(is_float(slim(slim_options{})));
  CHECK(is_float(rp3beta(rp3beta_options{})));
  CHECK(is_float(implicit_als(implicit_als_options{})));
  CHECK(is_float(explicit_als(explicit_als_options{})));
  CHECK(is_float(nmf(nmf_options{})));
  CHECK(is_float(bpr(bpr_options{})));
  CHECK(is_float(warp(warp_options{})));
  CHECK(is_float(logistic_mf(logistic_mf_options{})));
  CHECK(is_float(biased_mf(biased_mf_options{})));
  CHECK(is_float(svdpp(svdpp_options{})));
}
