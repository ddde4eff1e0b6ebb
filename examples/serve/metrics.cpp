#include "metrics.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace {

std::string shortest(double value) {
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

}  // namespace

void metrics::count(std::size_t r, int status, double seconds) {
  route& place = routes_[std::min(r, routes_.size() - 1)];
  const auto s = static_cast<std::size_t>(std::ranges::find(statuses, status) - statuses.begin());
  const auto b = static_cast<std::size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin());
  place.by_status[s].fetch_add(1, std::memory_order_relaxed);
  place.by_seconds[b].fetch_add(1, std::memory_order_relaxed);
  place.nanoseconds.fetch_add(static_cast<std::uint64_t>(seconds * 1e9), std::memory_order_relaxed);
}

std::string metrics::text() const {
  std::string out = "# TYPE http_requests_total counter\n";
  for (std::size_t r = 0; r < routes_.size(); ++r)
    for (std::size_t s = 0; s <= statuses.size(); ++s)
      if (const auto count = routes_[r].by_status[s].load(std::memory_order_relaxed); count > 0)
        out += "http_requests_total{route=\"" + names_[r] + "\",status=\"" +
               (s < statuses.size() ? std::to_string(statuses[s]) : "other") + "\"} " + std::to_string(count) + "\n";
  out += "# TYPE http_request_seconds histogram\n";
  for (std::size_t r = 0; r < routes_.size(); ++r) add_seconds(out, r);
  return out;
}

void metrics::add_seconds(std::string& out, std::size_t r) const {
  std::uint64_t count = 0;
  std::string buckets;
  for (std::size_t b = 0; b <= bounds.size(); ++b) {
    count += routes_[r].by_seconds[b].load(std::memory_order_relaxed);
    buckets += "http_request_seconds_bucket{route=\"" + names_[r] + "\",le=\"" +
               (b < bounds.size() ? shortest(bounds[b]) : "+Inf") + "\"} " + std::to_string(count) + "\n";
  }
  if (count == 0) return;
  const auto label = "{route=\"" + names_[r] + "\"} ";
  out += buckets + "http_request_seconds_sum" + label +
         shortest(static_cast<double>(routes_[r].nanoseconds.load(std::memory_order_relaxed)) * 1e-9) +
         "\nhttp_request_seconds_count" + label + std::to_string(count) + "\n";
}

std::string metrics::line(std::string_view name, std::string_view type, std::uint64_t value) {
  return "# TYPE " + std::string(name) + " " + std::string(type) + "\n" + std::string(name) + " " +
         std::to_string(value) + "\n";
}
