/// @file
/// Options of cached.
#pragma once

#include <cstdint>
#include <limits>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct cached_options {
  /// The maximum number of lists, >= 1. Each takes about 200 bytes, and k items with their scores.
  std::int64_t capacity = 100'000;
  /// Seconds after which a list is made again, > 0.
  double time_to_live = std::numeric_limits<double>::infinity();
  /// Parts with their own lock and order of use, >= 1; each user is in one of them. Threads wait for each other only in
  /// the same part. With 1, eviction is exactly least recently used.
  int shards = 16;
};

/// Counters of the calls of cached::recommend. Each is a hit or a miss.
struct cached_counters {
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t expired = 0;   ///< misses whose list had expired
  std::int64_t outdated = 0;  ///< misses whose list was of an older model
  std::int64_t evicted = 0;   ///< evicted lists
};

}  // namespace AKIN_SEAM
}  // namespace akin
