// Two units train the same: what they learn has the same bits, whoever compiled the training, if with the same flags.
#include <cmath>
#include <cstddef>
#include <cstdio>

#include <akin/retrieval/recommend.hpp>

#include "model.hpp"
#include "train.hpp"

#if !defined(TOLERANCE)
#define TOLERANCE 0
#endif

int main() {
  const auto here = trained();
  const auto there = trained_elsewhere();
  const auto factors = here.item_factors();
  const auto lists = akin::recommend(akin::execution::par, here, {.k = 5, .exclude = clicks()});
  if (static_cast<std::size_t>(factors.size()) != there.size() || lists.size() != 40) return 1;
  float farthest = 0;
  for (std::size_t i = 0; i < there.size(); ++i)
    farthest = std::fmax(farthest, std::fabs(factors.data()[i] - there[i]));
  std::printf("%zu lists, factors that are %g apart\n", static_cast<std::size_t>(lists.size()),
              static_cast<double>(farthest));
  return farthest <= TOLERANCE ? 0 : 2;
}
