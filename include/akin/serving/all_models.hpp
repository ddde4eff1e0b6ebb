/// @file
/// The models of akin, for programs that load a file without knowing what it holds.
#pragma once

#include <cstdint>

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
#include <akin/config.hpp>
#include <akin/content/content_model.hpp>
#include <akin/content/segment_popularity.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/factorization/nmf.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/factorization/warp.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/io/parts.hpp>
#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/recommender_registry.hpp>

namespace akin::inline AKIN_ABI {

/// A registry of all models of akin of these types: load and load_bundle of it read any of their files. A program that
/// has models of its own adds them; one that wants a smaller executable makes a registry of what it needs. Instantiates
/// all models: akin::compiled has them for float and double, header-only it is compiled with the program.
template <class Scalar = float, class Index = std::int32_t>
recommender_registry<Scalar, Index> all_models() {
  recommender_registry<Scalar, Index> registry;
  registry.template add<popularity<Scalar, Index>>()
      .template add<bias<Scalar, Index>>()
      .template add<item_knn<Scalar, Index>>()
      .template add<user_knn<Scalar, Index>>()
      .template add<ease<Scalar, Index>>()
      .template add<slim<Scalar, Index>>()
      .template add<rp3beta<Scalar, Index>>()
      .template add<graph_filter<Scalar, Index>>()
      .template add<implicit_als<Scalar, Index>>()
      .template add<explicit_als<Scalar, Index>>()
      .template add<nmf<Scalar, Index>>()
      .template add<bpr<Scalar, Index>>()
      .template add<warp<Scalar, Index>>()
      .template add<logistic_mf<Scalar, Index>>()
      .template add<biased_mf<Scalar, Index>>()
      .template add<svdpp<Scalar, Index>>()
      .template add<factor_model<Scalar, Index>>()
      .template add<content_model<Scalar, Index>>()
      .template add<segment_popularity<Scalar, Index>>();
  return registry;
}

AKIN_COMPILE_ONCE(serving, recommender_registry<float> all_models<float, std::int32_t>())
AKIN_COMPILE_ONCE(serving, recommender_registry<double> all_models<double, std::int32_t>())

namespace detail {

/// With this header load<any_recommender<float>> and load_bundle<any_recommender<float>> read any model of akin.
template <class Scalar, class Index>
struct any_model_reader<any_recommender<Scalar, Index>> {
  static any_recommender<Scalar, Index> read(const model_reader& reader) {
    return all_models<Scalar, Index>().read(reader);
  }
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
