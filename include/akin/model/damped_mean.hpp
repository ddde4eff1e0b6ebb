/// @file
/// A damped mean, which stays near 0 for few values.
#pragma once

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// The default number of zeros that are added to the values of an item, or a user.
inline constexpr double default_item_damping = 25, default_user_damping = 10;

/// Of numbers; 0 without any.
class damped_mean {
 public:
  void add(double x) noexcept { sum_ += x, count_ += 1; }
  /// The mean of the added values and of `damping` zeros.
  double value(double damping = 0) const noexcept { return count_ == 0 ? 0 : sum_ / (count_ + damping); }

 private:
  double sum_ = 0;
  double count_ = 0;
};

}  // namespace akin::inline AKIN_ABI
