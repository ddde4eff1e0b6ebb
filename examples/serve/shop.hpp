/// @file
/// What a shop asks for: a live model beside the events of users since its training. Without HTTP.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/live_model.hpp>

using shop_bundle = akin::bundle<akin::any_recommender<float>>;

/// What is published at once: a bundle, descriptions of its items by id (none, or one an item), and the popular items.
struct catalogue {
  catalogue(shop_bundle trained, std::vector<std::string> item_texts);

  std::string_view text_of(std::int32_t item) const;

  shop_bundle bundle;
  std::vector<std::string> texts;
  akin::popularity<float> popular;
};

/// How a list was made: from what the training knows of the user, from a history, or without either.
enum class list_source { user, history, popular };

struct listed_item {
  std::string item;
  std::string text;
  float score = 0;
  std::vector<listed_item> because = {};  ///< items of the history that speak most for it
};

struct item_list {
  list_source source = list_source::popular;
  std::vector<listed_item> items = {};
};

/// Two equal stamps of a user: an answer made at the first is still right.
struct stamp {
  std::uint64_t version = 0;  ///< of the model
  std::uint64_t events = 0;   ///< of the user
  friend bool operator==(const stamp&, const stamp&) = default;
};

/// Answers by name. Events change no model: a user with events is answered by the union of the stored history and the
/// new items, at once; a stored item keeps its value, the values of a new one are summed. Items that the model does not
/// know count from the next training on. All members may be called from many threads.
class shop {
 public:
  /// The newest items of a user that are used; older ones wait for the next training.
  static constexpr std::size_t max_new_items = 1000;

  explicit shop(catalogue first) : live_(std::move(first)) {}

  void publish(catalogue next) { live_.publish(std::move(next)); }
  std::uint64_t version() const { return live_.version(); }
  /// The catalogue of the moment, for as long as the result lives.
  auto read() const { return live_.read(); }

  void add_event(std::string_view user, std::string_view item, float value);
  /// The same for each line of a log.
  void add_events(const akin::interaction_log& log);
  std::int64_t events() const;
  stamp stamp_of(std::string_view user) const;

  /// The k best items that the user does not have, with `reasons` reasons each, at most, if the model explains.
  item_list recommend(std::string_view user, int k, int reasons = 0) const;
  /// The k best items for a basket; those of it that the model does not know are left out.
  item_list recommend_for(std::span<const std::string> basket, int k) const;
  /// The user's items, newest events first, then the stored ones.
  std::vector<listed_item> history(std::string_view user, int k) const;
  /// The user's items that speak most for an item, with their contributions. Throws std::out_of_range for an unknown
  /// item.
  std::vector<listed_item> explain(std::string_view user, std::string_view item, int k) const;
  /// Throws std::out_of_range for an unknown item.
  std::vector<listed_item> similar_items(std::string_view item, int k) const;
  /// Items whose name or description holds the text, without regard to case, popular ones first.
  std::vector<listed_item> find_items(std::string_view text, int k) const;
  /// Users of the training whose names begin with the text.
  std::vector<std::string> find_users(std::string_view text, int k) const;

 private:
  struct new_item {
    std::string item;
    float value = 0;
  };
  struct new_items {
    std::vector<new_item> items;  // newest last, each once
    std::uint64_t events = 0;
  };
  /// Hashes a name that is not a string without making one.
  struct name_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, new_items, name_hash, std::equal_to<>> users;
    std::int64_t events = 0;
  };

  const shard& shard_of(std::string_view user) const { return shards_[name_hash()(user) % shards_.size()]; }
  std::vector<new_item> new_items_of(std::string_view user) const;

  akin::live_model<catalogue> live_;
  std::array<shard, 64> shards_;
};
