/// @file
/// Answers as they were sent, each with the stamp of the state that it was made from.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

/// Keeps the texts that were used last, about `capacity` of them. A text is found only under the stamp that it was
/// stored with, so that nobody has to say what has become outdated: whoever reads the stamp before making the text is
/// safe. May be called from many threads.
template <class Stamp>
class answer_cache {
 public:
  using text = std::shared_ptr<const std::string>;

  explicit answer_cache(std::size_t capacity) : half_(capacity / (2 * shards)), is_on_(capacity > 0) {}

  /// Null if there is none.
  text find(const std::string& key, const Stamp& now) {
    if (!is_on_) return nullptr;
    text found;
    {
      shard& place = shard_of(key);
      const std::lock_guard lock(place.mutex);
      if (const entry* kept = place.find(key, half_); kept != nullptr && kept->made_at == now) found = kept->answer;
    }
    (found ? hits_ : misses_).fetch_add(1, std::memory_order_relaxed);
    return found;
  }

  void store(const std::string& key, const Stamp& made_at, text answer) {
    if (!is_on_) return;
    shard& place = shard_of(key);
    const std::lock_guard lock(place.mutex);
    place.put(key, {made_at, std::move(answer)}, half_);
  }

  std::uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  std::uint64_t misses() const { return misses_.load(std::memory_order_relaxed); }

 private:
  struct entry {
    Stamp made_at = {};
    text answer = {};
  };
  using entries = std::unordered_map<std::string, entry>;

  /// Two generations: when the young one is full it becomes the old one, whose entries are forgotten unless they were
  /// used.
  struct shard {
    std::mutex mutex;
    entries young, old;

    const entry* find(const std::string& key, std::size_t half) {
      if (const auto found = young.find(key); found != young.end()) return &found->second;
      const auto found = old.find(key);
      if (found == old.end()) return nullptr;
      entry kept = std::move(found->second);
      old.erase(found);
      return &put(key, std::move(kept), half);
    }
    entry& put(const std::string& key, entry kept, std::size_t half) {
      if (young.size() > half) old = std::exchange(young, {});
      return young[key] = std::move(kept);
    }
  };
  static constexpr std::size_t shards = 64;

  shard& shard_of(const std::string& key) { return shards_[std::hash<std::string>()(key) % shards]; }

  std::size_t half_;
  bool is_on_;
  std::array<shard, shards> shards_;
  std::atomic<std::uint64_t> hits_ = 0, misses_ = 0;
};
