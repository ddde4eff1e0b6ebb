/// @file
/// Sequences for tests of models that learn from them.
#pragma once

#include <cstdint>
#include <vector>

#include <akin/data/sequences.hpp>
#include <akin/random.hpp>

namespace akin_test {

struct random_sequences_options {
  int count = 50;
  int items = 20;
  int longest = 10;
  std::uint64_t seed = 1;
};

/// Of 0 to `longest` events, each often the item after the one before it.
template <class Index>
akin::sequences<Index> random_sequences(const random_sequences_options& options) {
  const akin::random_stream random(options.seed);
  std::uint64_t drawn = 0;
  const auto draw = [&](int below) {
    return static_cast<int>(random.bits(drawn++) % static_cast<std::uint64_t>(below));
  };
  akin::sequences<Index> all(options.items);
  std::vector<Index> items;
  for (int s = 0; s < options.count; ++s) {
    items.clear();
    for (int length = draw(options.longest + 1); length > 0; --length)
      items.push_back(static_cast<Index>(!items.empty() && draw(2) == 0 ? (items.back() + 1) % options.items
                                                                        : draw(options.items)));
    all.add(items);
  }
  return all;
}

}  // namespace akin_test
