/// @file
/// Options of cached.
#pragma once

#include <cstdint>
#include <limits>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct cached_options {
  /// Lists held at most, >= 1. They take about 200 bytes each, and k items with their scores.
  std::int64_t capacity = 100'000;
  /// Seconds after which a list is made anew, > 0.
  double time_to_live = std::numeric_limits<double>::infinity();
  /// Parts with a lock and an order of use of their own, >= 1; each user is in one of them. Threads wait for each other
  /// only in the same part. With 1 it is exactly the list used longest ago that goes.
  int shards = 16;
};

/// What became of the calls of cached::recommend. Each is a hit or a miss.
struct cached_counters {
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t expired = 0;   ///< misses whose list had outlived its time
  std::int64_t outdated = 0;  ///< misses whose list was of a model that is no longer live
  std::int64_t evicted = 0;   ///< lists that went for want of room
};

}  // namespace AKIN_SEAM
}  // namespace akin
