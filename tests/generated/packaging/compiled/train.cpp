#include "train.hpp"

#include <akin/data/synthetic.hpp>

akin::sparse_matrix<float> clicks() { return akin::synthetic::power_law_clicks<float>({.users = 40, .items = 30, .interactions = 300}); }

akin::implicit_als<float> train() {
  akin::implicit_als<float> model({.factors = 8, .iterations = 3});
  model.fit(akin::execution::par, clicks());
  return model;
}
