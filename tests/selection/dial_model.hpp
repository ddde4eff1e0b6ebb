/// @file
/// A model of which everything is known: how good it is, is what its dial says. And data for it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/matrix.hpp>
#include <akin/progress.hpp>

inline constexpr int dial_items = 40;

/// User u has the items u to u + 9, modulo 40.
template <class Scalar = float>
akin::sparse_matrix<Scalar> dial_clicks(int users = 60) {
  std::vector<Eigen::Triplet<Scalar>> cells;
  for (int user = 0; user < users; ++user)
    for (int i = 0; i < 10; ++i) cells.emplace_back(user, (user + i) % dial_items, Scalar{1});
  akin::sparse_matrix<Scalar> result(users, dial_items);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

/// Prefers for user u the items around u + 4.5 + shift: the right ones for a shift of 0. Of `iterations` iterations,
/// each brings it half the way from -16.
template <class Scalar = float>
struct dial_model {
  using scalar_type = Scalar;
  using index_type = std::int32_t;

  int shift = 0;
  int iterations = 5;
  std::int64_t rows = 0, cells = 0;
  int trained = 0;

  template <class Policy, class Matrix, class Observer = akin::no_observer>
  void fit(const Policy&, const Matrix& x, Observer&& observer = {}) {
    rows = x.rows();
    cells = x.nonZeros();
    for (trained = 1; trained < iterations; ++trained) {
      akin::progress state;
      state.iteration = trained;
      state.iterations = iterations;
      if (!akin::detail::notify(observer, state)) break;
    }
  }

  std::int64_t users() const { return rows; }
  std::int64_t items() const { return rows > 0 ? dial_items : 0; }
  bool knows_user(std::int32_t) const { return true; }
  bool knows_item(std::int32_t) const { return true; }
  Scalar score(std::int32_t user, std::int32_t item) const {
    const int off = shift - (16 >> std::min(trained, 5));
    const int twice = std::abs(2 * ((item - user - off) % dial_items + 2 * dial_items) % (2 * dial_items) - 9);
    return static_cast<Scalar>(-std::min(twice, 2 * dial_items - twice));
  }
  void score_all(std::int32_t user, std::span<Scalar> out) const {
    for (int item = 0; item < dial_items; ++item) out[static_cast<std::size_t>(item)] = score(user, item);
  }
};
