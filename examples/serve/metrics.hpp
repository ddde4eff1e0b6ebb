/// @file
/// Counts of requests by route and status, and how long they took, as text for Prometheus.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// May be called from many threads; counting takes no lock.
class metrics {
 public:
  /// Requests to other routes are counted as the last one.
  explicit metrics(std::vector<std::string> routes) : names_(std::move(routes)), routes_(names_.size()) {}

  void count(std::size_t route, int status, double seconds);
  std::string text() const;

  /// A line of a counter or a gauge, with its kind.
  static std::string line(std::string_view name, std::string_view type, std::uint64_t value);

 private:
  static constexpr std::array statuses = {200, 400, 404, 405, 408, 413, 414, 416, 429, 500, 501, 503};
  static constexpr std::array bounds = {5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 1e-1, 1.0};
  using counter = std::atomic<std::uint64_t>;

  struct route {
    std::array<counter, statuses.size() + 1> by_status = {};  // the last: any other
    std::array<counter, bounds.size() + 1> by_seconds = {};   // the last: longer
    counter nanoseconds = 0;
  };

  void add_seconds(std::string& out, std::size_t r) const;

  std::vector<std::string> names_;
  std::vector<route> routes_;
};
