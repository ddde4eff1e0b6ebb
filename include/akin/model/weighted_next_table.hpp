/// @file
/// Answers from weights of items to the next ones, summed over the events of a sequence.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/next_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The score of j after T events is the sum over the events t of exp(-(T - t) / position_scale) w_(item of t) j; items
/// in none of these rows are not scored.
template <class Scalar, class Index>
class weighted_next_table : public next_table<Scalar, Index> {
  using base = next_table<Scalar, Index>;

 public:
  weighted_next_table() = default;
  weighted_next_table(detail::csr_storage<Scalar, Index> weights, double position_scale)
      : base(std::move(weights)), position_scale_(position_scale) {}

  /// Fills out[item] for all items, -infinity without evidence.
  void score_sequence(const sequence_view<Index>& sequence, std::span<Scalar> out) const noexcept {
    std::fill(out.begin(), out.end(), no_score<Scalar>);
    for (std::int64_t back = 0; back < sequence.size(); ++back) {
      const double weight = std::exp(-static_cast<double>(back) / position_scale_);
      if (weight < negligible) break;
      const Index item = sequence.items[sequence.size() - 1 - back];
      if (item >= 0 && item < this->items()) add_row(item, static_cast<Scalar>(weight), out);
    }
  }

  static weighted_next_table read_from(const model_reader& reader, double position_scale) {
    return {base::map_weights(reader), position_scale};
  }

 private:
  static constexpr double negligible = 1e-9;  // of a float's last bit, whatever the weights

  void add_row(Index item, Scalar weight, std::span<Scalar> out) const noexcept {
    const auto [others, values] = this->weights_.view().row(item);
    for (std::int64_t i = 0; i < others.size; ++i) {
      Scalar& score = out[static_cast<std::size_t>(others[i])];
      score = (score > no_score<Scalar> ? score : Scalar{0}) + weight * values[i];
    }
  }

  double position_scale_ = 1;
};

}  // namespace akin::inline AKIN_ABI
