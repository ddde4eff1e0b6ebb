#pragma once

#include <akin/data/synthetic.hpp>
#include <akin/factorization/implicit_als.hpp>

namespace {

akin::sparse_matrix<float> clicks() {
  return akin::synthetic::power_law_clicks<float>({.users = 40, .items = 30, .interactions = 300});
}

akin::implicit_als<float> trained() {
  akin::implicit_als<float> model({.factors = 8, .iterations = 3});
  model.fit(akin::execution::par, clicks());
  return model;
}

}  // namespace
