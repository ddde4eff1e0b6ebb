/// @file
/// A part of a cache: lists by user and k, in the order of their use.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/serving/cached_options.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Callers of all members except the constructor hold `mutex`.
template <class Index, class List, class Time>
class alignas(64) cache_shard {
 public:
  struct key_type {
    Index user;
    int k;
    bool by_name = false;  // such lists answer another query, and are read with the names of one version

    friend auto operator<=>(const key_type&, const key_type&) = default;
  };
  struct entry {
    key_type key;
    List list;
    Time made;
    std::uint64_t version;  // of the model
  };

  mutable std::mutex mutex;
  std::int64_t capacity = 0;
  cached_counters counters;

  /// The list of the key, which becomes the most recently used one, if there is a valid one.
  std::optional<List> find(const key_type& key, Time now, double time_to_live, std::uint64_t version) {
    const auto found = places_.find(key);
    if (found != places_.end()) {
      const entry& kept = *found->second;
      const bool is_outdated = kept.version < version || (key.by_name && kept.version != version);
      if (!is_outdated && std::chrono::duration<double>(now - kept.made).count() < time_to_live) {
        entries_.splice(entries_.begin(), entries_, found->second);
        ++counters.hits;
        return kept.list;
      }
      ++(is_outdated ? counters.outdated : counters.expired);
      entries_.erase(found->second);
      places_.erase(found);
    }
    ++counters.misses;
    return std::nullopt;
  }

  /// The argument of store(): changes with each invalidation.
  std::uint64_t generation() const noexcept { return generation_; }

  /// Stores the list, unless there was an invalidation since `generation`, or there is a list of a newer model.
  void store(entry fresh, std::uint64_t generation) {
    if (generation != generation_) return;
    std::list<entry> node;
    node.push_front(std::move(fresh));
    const auto [place, is_new] = places_.try_emplace(node.front().key, node.begin());
    if (!is_new) {
      if (place->second->version > node.front().version) return;
      entries_.erase(place->second);
      place->second = node.begin();
    }
    entries_.splice(entries_.begin(), node);
    if (size() <= capacity) return;
    places_.erase(entries_.back().key);
    entries_.pop_back();
    ++counters.evicted;
  }

  void invalidate(Index user) noexcept {
    ++generation_;
    auto place = places_.lower_bound({user, std::numeric_limits<int>::min()});
    while (place != places_.end() && place->first.user == user) {
      entries_.erase(place->second);
      place = places_.erase(place);
    }
  }

  void clear() noexcept {
    ++generation_;
    places_.clear();
    entries_.clear();
  }

  std::int64_t size() const noexcept { return static_cast<std::int64_t>(places_.size()); }

 private:
  std::list<entry> entries_;  // most recently used first
  std::map<key_type, typename std::list<entry>::iterator> places_;
  std::uint64_t generation_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
