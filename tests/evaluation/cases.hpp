/// @file
/// Models and matrices to evaluate.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <akin/factorization/factor_model.hpp>
#include <akin/matrix.hpp>
#include <akin/random.hpp>

#include "evaluation/table_model.hpp"

using model_type = table_model<float>;
inline constexpr float none = model_type::none;

// Users by items; what each user is expected to get is said beside it.
inline model_type small_model() {
  model_type model{akin::dense_matrix<float>(5, 4)};
  model.table << 4, 3, 2, 1,  // 0 1 2 3
      1, 1, 1, 1,             // ties: 0 1 2 3
      none, 5, none, 6,       // 3 1
      1, 2, 3, 4,             // 3 2 1 0
      9, 8, 7, 6;             // not known
  model.strangers = {4};
  return model;
}

inline const akin::sparse_matrix<float>& small_train() {
  static const auto matrix = matrix_of<float>(5, 4, {{0, 0, 1}, {1, 1, 1}, {3, 3, 1}, {3, 2, 1}});
  return matrix;
}

inline const akin::sparse_matrix<float>& small_test() {
  // User 0: a repeat (0) and 2; user 1: 2; user 2: 0, which has no score; user 3: nothing but repeats; user 4: 0.
  static const auto matrix =
      matrix_of<float>(5, 4, {{0, 0, 1}, {0, 2, 1}, {1, 2, 3}, {2, 0, 1}, {3, 2, 1}, {3, 3, 1}, {4, 0, 1}, {4, 3, 0}});
  return matrix;
}

struct random_case {
  table_model<float> model;
  akin::sparse_matrix<float> train, test;
};

// Few distinct scores, so that ties are common; some items without evidence, some users unknown, some cells repeated.
inline random_case draw_case(std::uint64_t seed, int users, int items) {
  const akin::random_stream random(seed);
  random_case result{{akin::dense_matrix<float>(users, items)}, {}, {}};
  std::vector<Eigen::Triplet<float>> train, test;
  for (int u = 0; u < users; ++u) {
    if (random.uniform(static_cast<std::uint64_t>(u)) < 0.1) result.model.strangers.push_back(u);
    for (int i = 0; i < items; ++i) {
      const auto cell = static_cast<std::uint64_t>(users + u * items + i);
      const auto draw = random.below(cell, 12);
      result.model.table(u, i) = draw == 0 ? none : static_cast<float>(draw);
      const double x = akin::random_stream(seed, 1).uniform(cell);
      if (x < 0.2) train.emplace_back(u, i, 1.0f);
      if (x > 0.17 && x < 0.27) test.emplace_back(u, i, x > 0.26 ? 0.0f : 1.0f);
    }
  }
  result.train = matrix_of<float>(users, items, train);
  result.test = matrix_of<float>(users, items, test);
  return result;
}

// A model of factors that says nothing but scores.
struct scores_only {
  using scalar_type = float;
  using index_type = std::int32_t;

  const akin::factor_model<float>& model;

  std::int64_t users() const { return model.users(); }
  std::int64_t items() const { return model.items(); }
  bool knows_user(std::int32_t user) const { return model.knows_user(user); }
  bool knows_item(std::int32_t item) const { return model.knows_item(item); }
  float score(std::int32_t user, std::int32_t item) const { return model.score(user, item); }
  void score_all(std::int32_t user, std::span<float> out) const { model.score_all(user, out); }
};
