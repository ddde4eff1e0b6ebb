// The second unit trains as the first one does: what it learns has the same bits, whoever compiled the training.
#include <cstdio>

#include <akin/retrieval/recommend.hpp>

#include "train.hpp"

int main() {
  const auto x = clicks();
  akin::implicit_als<float> here({.factors = 8, .iterations = 3});
  here.fit(akin::execution::seq, x);
  const auto there = train();
  const auto lists = akin::recommend(akin::execution::par, there, {.k = 5, .exclude = x});
  std::printf("%zu lists\n", static_cast<std::size_t>(lists.size()));
  return here.item_factors() == there.item_factors() && lists.size() == 40 ? 0 : 1;
}
