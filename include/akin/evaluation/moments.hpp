/// @file
/// Mean and variance in one pass.
#pragma once

#include <cmath>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/evaluation/evaluation.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Count, mean and sum of squared deviations of the values so far. T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms
/// for Computing the Sample Variance", The American Statistician 1983: sums of squares would cancel.
class moments {
 public:
  void add(double value) noexcept {
    const double from_mean = value - mean_;
    mean_ += from_mean / static_cast<double>(++count_);
    squares_ += from_mean * (value - mean_);
  }
  void merge(const moments& other) noexcept {
    if (other.count_ == 0) return;
    const auto mine = static_cast<double>(count_), theirs = static_cast<double>(other.count_), all = mine + theirs;
    const double apart = other.mean_ - mean_;
    mean_ += apart * (theirs / all);
    squares_ += other.squares_ + apart * apart * (mine * theirs / all);
    count_ += other.count_;
  }
  [[nodiscard]] metric_result result() const {
    const auto n = static_cast<double>(count_);
    return {mean_, count_ < 2 ? 0 : std::sqrt(squares_ / (n * (n - 1))), count_};
  }

 private:
  std::int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
