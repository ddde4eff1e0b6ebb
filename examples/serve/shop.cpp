#include "shop.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <utility>

#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

namespace execution = akin::execution;

namespace {

using history_matrix = akin::sparse_matrix<float>;
using lists = akin::recommendations<float, std::int32_t>;

history_matrix one_row(const std::map<std::int32_t, float>& values, std::int64_t items) {
  history_matrix row(1, items);
  for (const auto& [item, value] : values) row.insert(0, item) = value;
  row.makeCompressed();
  return row;
}

std::map<std::int32_t, float> stored_values(const catalogue& now, std::optional<std::int32_t> user) {
  std::map<std::int32_t, float> values;
  if (!user) return values;
  const auto histories = now.bundle.histories();
  for (decltype(histories)::InnerIterator it(histories, *user); it; ++it)
    values.emplace(static_cast<std::int32_t>(it.col()), it.value());
  return values;
}

/// The union of what is stored of a user and of new items; stored values stay.
template <class NewItems>
history_matrix merged_history(const catalogue& now, std::optional<std::int32_t> user, const NewItems& added) {
  auto values = stored_values(now, user);
  for (const auto& event : added)
    if (const auto id = now.bundle.item_ids().index_of(event.item)) values.emplace(*id, event.value);
  return one_row(values, now.bundle.model().items());
}

listed_item listed(const catalogue& now, std::int32_t item, float score) {
  return {std::string(now.bundle.item_ids().name_of(item)), std::string(now.text_of(item)), score};
}

std::vector<listed_item> named(const catalogue& now, const lists& found) {
  std::vector<listed_item> result;
  for (std::size_t i = 0; i < found.items(0).size(); ++i)
    result.push_back(listed(now, found.items(0)[i], found.scores(0)[i]));
  return result;
}

/// The user's list by what the training knows.
std::vector<listed_item> list_of_user(const catalogue& now, std::int32_t user, int k) {
  const std::int32_t users[] = {user};
  return named(now,
               akin::recommend(execution::seq, now.bundle.model(), users, {.k = k, .exclude = now.bundle.histories()}));
}

/// The same without what is in the history.
std::vector<listed_item> list_of_user(const catalogue& now, std::int32_t user, const history_matrix& history, int k) {
  const std::int32_t users[] = {user};
  const std::span items(history.innerIndexPtr(), static_cast<std::size_t>(history.nonZeros()));
  const akin::item_mask taken(now.bundle.model().items(), items);
  return named(now, akin::recommend(execution::seq, now.bundle.model(), users, {.k = k, .deny = taken}));
}

item_list popular_list(const catalogue& now, const history_matrix& history, int k) {
  const auto found = akin::recommend_for(execution::seq, now.popular, history, {.k = k, .exclude = history});
  return {list_source::popular, named(now, found)};
}

/// The list for a history, if the model has one.
item_list list_of_history(const catalogue& now, const history_matrix& history, int k) {
  if (now.bundle.model().scores_histories() && history.nonZeros() > 0) {
    const auto found = akin::recommend_for(execution::seq, now.bundle.model(), history, {.k = k, .exclude = history});
    if (!found.items(0).empty()) return {list_source::history, named(now, found)};
  }
  return popular_list(now, history, k);
}

/// The list of a user of the training: by id if the model cannot do better, or need not.
item_list list_of_known(const catalogue& now, std::int32_t user, const history_matrix& history, bool has_new, int k) {
  if (!has_new || !now.bundle.model().scores_histories()) {
    auto items = has_new ? list_of_user(now, user, history, k) : list_of_user(now, user, k);
    if (!items.empty()) return {list_source::user, std::move(items)};
  }
  return list_of_history(now, history, k);
}

std::int32_t id_of_item(const catalogue& now, std::string_view item) {
  const auto id = now.bundle.item_ids().index_of(item);
  if (!id) throw std::out_of_range("the model knows no item \"" + std::string(item) + "\"");
  return *id;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

akin::popularity<float> popularity_of(const shop_bundle& trained) {
  akin::popularity<float> model;
  model.fit(execution::seq, history_matrix(trained.histories()));
  return model;
}

}  // namespace

catalogue::catalogue(shop_bundle trained, std::vector<std::string> item_texts)
    : bundle(std::move(trained)), texts(std::move(item_texts)), popular(popularity_of(bundle)) {
  texts.resize(bundle.item_ids().size());
}

std::string_view catalogue::text_of(std::int32_t item) const { return texts[static_cast<std::size_t>(item)]; }

void shop::add_event(std::string_view user, std::string_view item, float value) {
  auto& place = const_cast<shard&>(shard_of(user));
  const std::lock_guard lock(place.mutex);
  auto found = place.users.find(user);
  if (found == place.users.end()) found = place.users.emplace(std::string(user), new_items{}).first;
  auto& [items, events] = found->second;
  ++events;
  ++place.events;
  const auto same = std::ranges::find(items, item, &new_item::item);
  new_item added{std::string(item), value + (same == items.end() ? 0 : same->value)};
  if (same != items.end()) items.erase(same);
  items.push_back(std::move(added));
  if (items.size() > max_new_items) items.erase(items.begin());
}

void shop::add_events(const akin::interaction_log& log) {
  for (std::size_t i = 0; i < log.size(); ++i)
    add_event(log.user_ids().name_of(log.users()[i]), log.item_ids().name_of(log.items()[i]), log.values()[i]);
}

std::int64_t shop::events() const {
  std::int64_t total = 0;
  for (const shard& place : shards_) {
    const std::lock_guard lock(place.mutex);
    total += place.events;
  }
  return total;
}

stamp shop::stamp_of(std::string_view user) const {
  const std::uint64_t version = live_.version();
  const shard& place = shard_of(user);
  const std::lock_guard lock(place.mutex);
  const auto found = place.users.find(user);
  return {version, found == place.users.end() ? 0 : found->second.events};
}

std::vector<shop::new_item> shop::new_items_of(std::string_view user) const {
  const shard& place = shard_of(user);
  const std::lock_guard lock(place.mutex);
  const auto found = place.users.find(user);
  return found == place.users.end() ? std::vector<new_item>() : found->second.items;
}

item_list shop::recommend(std::string_view user, int k, int reasons) const {
  const auto now = read();
  const auto& model = now->bundle.model();
  const auto added = new_items_of(user);
  const auto id = now->bundle.user_ids().index_of(user);
  // What the training knows of the user is enough for a list, if nothing has happened since.
  if (id && added.empty() && reasons == 0) {
    auto items = list_of_user(*now, *id, k);
    if (!items.empty()) return {list_source::user, std::move(items)};
  }
  const auto history = merged_history(*now, id, added);
  item_list result = id ? list_of_known(*now, *id, history, !added.empty(), k) : list_of_history(*now, history, k);
  if (reasons > 0 && result.source != list_source::popular && model.explains())
    for (listed_item& row : result.items)
      for (const auto& reason : akin::explain(model, history, 0, id_of_item(*now, row.item), {.k = reasons}))
        if (reason.contribution > 0) row.because.push_back(listed(*now, reason.item, reason.contribution));
  return result;
}

item_list shop::recommend_for(std::span<const std::string> basket, int k) const {
  const auto now = read();
  std::vector<new_item> items;
  for (const std::string& item : basket) items.push_back({item, 1});
  return list_of_history(*now, merged_history(*now, std::nullopt, items), k);
}

std::vector<listed_item> shop::history(std::string_view user, int k) const {
  const auto now = read();
  auto stored = stored_values(*now, now->bundle.user_ids().index_of(user));
  auto added = new_items_of(user);
  std::ranges::reverse(added);
  std::vector<listed_item> result;
  for (const auto& [item, value] : added) {
    const auto id = now->bundle.item_ids().index_of(item);
    result.push_back({item, id ? std::string(now->text_of(*id)) : std::string(), value});
    if (id) stored.erase(*id);
  }
  for (const auto& [item, value] : stored) result.push_back(listed(*now, item, value));
  result.resize(std::min(result.size(), static_cast<std::size_t>(k)));
  return result;
}

std::vector<listed_item> shop::explain(std::string_view user, std::string_view item, int k) const {
  const auto now = read();
  const std::int32_t target = id_of_item(*now, item);
  const auto history = merged_history(*now, now->bundle.user_ids().index_of(user), new_items_of(user));
  std::vector<listed_item> result;
  for (const auto& reason : akin::explain(now->bundle.model(), history, 0, target, {.k = k}))
    result.push_back(listed(*now, reason.item, reason.contribution));
  return result;
}

std::vector<listed_item> shop::similar_items(std::string_view item, int k) const {
  const auto now = read();
  const std::int32_t items[] = {id_of_item(*now, item)};
  return named(*now, akin::similar_items(execution::seq, now->bundle.model(), items, {.k = k}));
}

std::vector<listed_item> shop::find_items(std::string_view text, int k) const {
  const auto now = read();
  const std::string part = lower(text);
  const auto is_match = [&](std::int64_t id) {
    const auto item = static_cast<std::int32_t>(id);
    return lower(now->bundle.item_ids().name_of(item)).find(part) != std::string::npos ||
           lower(now->text_of(item)).find(part) != std::string::npos;
  };
  const akin::item_mask matches(now->bundle.model().items(), is_match);
  const history_matrix nobody(1, now->bundle.model().items());
  return named(*now, akin::recommend_for(execution::seq, now->popular, nobody, {.k = k, .allow = matches}));
}

std::vector<std::string> shop::find_users(std::string_view text, int k) const {
  const auto now = read();
  const auto& ids = now->bundle.user_ids();
  std::vector<std::string> result;
  for (std::size_t id = 0; id < ids.size() && std::ssize(result) < k; ++id)
    if (const auto name = ids.name_of(static_cast<std::int32_t>(id)); name.starts_with(text)) result.emplace_back(name);
  return result;
}
