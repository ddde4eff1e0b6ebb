/// @file
/// A mean that stays near 0 where it rests on little.
#pragma once

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// How many values of 0 the mean of an item, or a user, is taken to have besides its own, where nobody says so.
inline constexpr double default_item_damping = 25, default_user_damping = 10;

/// Of numbers, the 0 of none.
class damped_mean {
 public:
  void add(double x) noexcept { sum_ += x, count_ += 1; }
  /// The mean of what was added and of `damping` zeros.
  double value(double damping = 0) const noexcept { return count_ == 0 ? 0 : sum_ / (count_ + damping); }

 private:
  double sum_ = 0;
  double count_ = 0;
};

}  // namespace akin::inline AKIN_ABI
