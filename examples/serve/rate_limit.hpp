/// @file
/// How many requests each client may send.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

/// A bucket of tokens for each client address: a request takes one, and `rate` of them come back each second, up to
/// `burst`. May be called from many threads.
class rate_limit {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// No limit if the rate is 0.
  rate_limit(double rate, double burst) : rate_(rate), burst_(burst) {}

  bool allows(const std::string& address, time_point now = std::chrono::steady_clock::now()) {
    if (rate_ <= 0) return true;
    const std::lock_guard lock(mutex_);
    // More addresses than this are an attack, or a full bucket each by now.
    if (buckets_.size() > max_addresses) buckets_.clear();
    const auto [place, is_new] = buckets_.try_emplace(address, bucket{burst_, now});
    bucket& its = place->second;
    const double elapsed = std::chrono::duration<double>(now - its.counted).count();
    its = {std::min(burst_, its.tokens + elapsed * rate_), now};
    if (its.tokens < 1) return false;
    its.tokens -= 1;
    return true;
  }

 private:
  static constexpr std::size_t max_addresses = 100'000;
  struct bucket {
    double tokens;
    time_point counted;
  };

  double rate_, burst_;
  std::mutex mutex_;
  std::unordered_map<std::string, bucket> buckets_;
};
