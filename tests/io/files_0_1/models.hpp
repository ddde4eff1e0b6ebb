/// @file
/// The models whose files of version 0.1 lie here. Compiled with 0.1 by `make`, which wrote them, and by tests.
#pragma once

#include <cstdint>
#include <vector>

#include <akin/akin.hpp>

namespace files_0_1 {

/// 9 users x 7 items; the last user and the last item have nothing. Values from 1 to 5.
inline akin::sparse_matrix<float> ratings() {
  std::vector<Eigen::Triplet<float>> cells;
  for (int u = 0; u < 8; ++u)
    for (int i = 0; i < 6; ++i)
      if ((u * u + 3 * i + u * i) % 5 < 3) cells.emplace_back(u, i, static_cast<float>(1 + (2 * u + 3 * i) % 5));
  akin::sparse_matrix<float> x(9, 7);
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

/// 7 items x 3 features.
inline akin::sparse_matrix<float> features() {
  akin::sparse_matrix<float> x(7, 3);
  for (int i = 0; i < 7; ++i) x.insert(i, i % 3) = static_cast<float>(1 + i);
  x.makeCompressed();
  return x;
}

template <class Model>
Model fitted(Model model) {
  model.fit(ratings());
  return model;
}

inline akin::content_model<float> fitted_content() {
  akin::content_model<float> model;
  model.fit(akin::execution::seq, features(), ratings());
  return model;
}

inline akin::implicit_als<float> fitted_with_features() {
  akin::implicit_als<float> model({.factors = 3, .iterations = 4, .regularization = 0.1});
  const auto of_items = features();
  model.fit(akin::execution::seq, ratings(), {.items = of_items});
  return model;
}

/// Neighbours with what were the defaults of 0.1.
inline akin::neighborhood_options neighbors_0_1(akin::neighborhood_options options) {
  options.significance = 0;
  options.amplification = 1;
  options.weighting = akin::interaction_weighting::none;
  return options;
}

/// visit(name of the file, model), each with the defaults of 0.1.
template <class Visit>
void for_each_model(const Visit& visit) {
  visit("popularity", fitted(akin::popularity<float>()));
  visit("bias", fitted(akin::bias<float>()));
  visit("item_knn", fitted(akin::item_knn<float>(neighbors_0_1({.neighbors = 3, .shrinkage = 0.5}))));
  visit("item_knn_of_ratings",
        fitted(akin::item_knn<float>(neighbors_0_1({.neighbors = 3,
                                                    .similarity = akin::similarity::adjusted_cosine,
                                                    .keep_negative = true,
                                                    .centering = akin::centering::z_score,
                                                    .aggregation = akin::aggregation::weighted_average}))));
  visit("user_knn", fitted(akin::user_knn<float>(neighbors_0_1({.neighbors = 3}))));
  visit("user_knn_of_ratings",
        fitted(akin::user_knn<float>(neighbors_0_1({.neighbors = 4,
                                                    .similarity = akin::similarity::pearson,
                                                    .centering = akin::centering::baseline,
                                                    .aggregation = akin::aggregation::weighted_average}))));
  visit("ease", fitted(akin::ease<float>({.regularization = 2, .dropout = 0})));
  visit("slim", fitted(akin::slim<float>({.l1 = 0.1, .l2 = 1, .neighbors = 0, .tolerance = 1e-5})));
  visit("rp3beta", fitted(akin::rp3beta<float>({.alpha = 1, .beta = 0.5, .neighbors = 4})));
  visit("graph_filter",
        fitted(akin::graph_filter<float>({.polynomial_exponent = 0.4, .ideal_rank = 3, .ideal_exponent = 0.4})));
  visit("implicit_als", fitted(akin::implicit_als<float>(
                            {.factors = 3, .iterations = 4, .regularization = 0.1, .keep_interactions = true})));
  visit("implicit_als_with_features", fitted_with_features());
  visit("explicit_als", fitted(akin::explicit_als<float>({.factors = 3, .iterations = 4, .keep_interactions = true})));
  visit("nmf", fitted(akin::nmf<float>({.factors = 3, .iterations = 5})));
  visit("bpr", fitted(akin::bpr<float>({.factors = 3, .epochs = 5, .regularization = 0.02})));
  visit("warp", fitted(akin::warp<float>({.factors = 3, .epochs = 5, .learning_rate = 0.005, .regularization = 1})));
  visit(
      "logistic_mf",
      fitted(akin::logistic_mf<float>(
          {.factors = 3, .epochs = 5, .regularization = 0.03, .alpha = 1, .negatives = 3, .keep_interactions = true})));
  visit("biased_mf", fitted(akin::biased_mf<float>({.factors = 3, .epochs = 5, .keep_interactions = true})));
  visit("svdpp", fitted(akin::svdpp<float>({.factors = 3, .epochs = 5, .keep_interactions = true})));
  visit("content_model", fitted_content());
}

}  // namespace files_0_1
