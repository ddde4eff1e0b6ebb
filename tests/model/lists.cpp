// The lists of all options of the library.
#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
#include <akin/content/bm25_options.hpp>
#include <akin/content/content_model_options.hpp>
#include <akin/content/segment_popularity_options.hpp>
#include <akin/content/tfidf_vectorizer_options.hpp>
#include <akin/factorization/biased_mf_options.hpp>
#include <akin/factorization/bpr_options.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/factorization/logistic_mf_options.hpp>
#include <akin/factorization/nmf_options.hpp>
#include <akin/factorization/svdpp_options.hpp>
#include <akin/factorization/warp_options.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/graph/rp3beta_options.hpp>
#include <akin/hybrid/cascade_options.hpp>
#include <akin/linear/ease_options.hpp>
#include <akin/linear/randomized_svd_options.hpp>
#include <akin/linear/slim_options.hpp>
#include <akin/model/file.hpp>
#include <akin/model/parameters.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/retrieval/hnsw_options.hpp>
#include <akin/retrieval/knn_classifier_options.hpp>
#include <akin/retrieval/knn_regressor_options.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"
#include "support/field_names.hpp"

#define AKIN_TEST_OPTIONS                                                                                           \
  akin::bias_options, akin::popularity_options, akin::bm25_options, akin::content_model_options,                    \
      akin::segment_popularity_options, akin::tfidf_vectorizer_options, akin::biased_mf_options, akin::bpr_options, \
      akin::explicit_als_options, akin::implicit_als_options, akin::logistic_mf_options, akin::nmf_options,         \
      akin::svdpp_options, akin::warp_options, akin::graph_filter_options, akin::rp3beta_options,                   \
      akin::cascade_options, akin::ease_options, akin::randomized_svd_options, akin::slim_options,                  \
      akin::neighborhood_options, akin::hnsw_options, akin::knn_classifier_options, akin::knn_regressor_options,    \
      akin::nearest_neighbors_options

namespace {

/// Fields that a list has otherwise: two for `ngrams`, none for the stop words and the tokenizer.
template <class Options>
constexpr int unlisted = std::is_same_v<Options, akin::tfidf_vectorizer_options> ? 3 - 2 : 0;

/// Another value of the same type.
void change(bool& field) { field = !field; }
template <class Number>
requires std::is_arithmetic_v<Number>
void change(Number& field) { field = static_cast<Number>(field + 1); }
template <class Enum>
requires std::is_enum_v<Enum>
void change(Enum& field) { field = field == Enum{} ? static_cast<Enum>(1) : Enum{}; }
template <class Value>
void change(std::optional<Value>& field) {
  Value value = field.value_or(Value{});
  change(value);
  field = value;
}

}  // namespace

TEMPLATE_TEST_CASE("a list names each field of the options once", "", AKIN_TEST_OPTIONS) {
  const auto names = akin_test::field_names(TestType{});
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == names.size());
  CHECK(akin_test::count_fields<TestType>() == static_cast<int>(names.size()) + unlisted<TestType>);
}

TEMPLATE_TEST_CASE("default options are allowed", "", AKIN_TEST_OPTIONS) {
  CHECK_NOTHROW(akin::checked(TestType{}, "options"));
}

TEMPLATE_TEST_CASE("each option comes back from a file", "", AKIN_TEST_OPTIONS) {
  TestType options;
  fields(options, [](std::string_view, auto& field, const auto&...) { change(field); });
  akin::model_writer writer;
  writer.add_options(options);
  const auto again = craft::read(writer).options<TestType>();
  CHECK(akin::same_options(again, options));
  const auto before = akin::parameters_of(TestType{});
  int unchanged = 0;
  for (const auto& [name, value] : akin::parameters_of(again))
    unchanged += before.count(name) == 1 && before.at(name) == value;
  CHECK(unchanged == 0);
}
