/// @file
/// A cache of the lists of returning users: bounded, with a time to live, and exact after an invalidation.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/model/source.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/serving/cached_options.hpp>
#include <akin/serving/detail/cache_shard.hpp>
#include <akin/serving/detail/with_names.hpp>
#include <akin/serving/live_model.hpp>

namespace akin::inline AKIN_ABI {

/// One list, best first. Copies share it; later changes of the cache do not affect it.
template <class Scalar, class Index = std::int32_t>
class cached_list {
 public:
  /// Empty.
  cached_list() = default;
  /// List number 0 of `lists`.
  explicit cached_list(recommendations<Scalar, Index> lists)
      : lists_(std::make_shared<const recommendations<Scalar, Index>>(std::move(lists))) {}

  std::span<const Index> items() const noexcept AKIN_LIFETIME_BOUND {
    return lists_ ? lists_->items(0) : std::span<const Index>();
  }
  std::span<const Scalar> scores() const noexcept AKIN_LIFETIME_BOUND {
    return lists_ ? lists_->scores(0) : std::span<const Scalar>();
  }

 private:
  std::shared_ptr<const recommendations<Scalar, Index>> lists_;
};

/// Answers repeated calls of recommend for one user from memory: the least recently used list is evicted, lists expire,
/// and a call after invalidate(user) gets no list that was begun before it.
///
///   akin::cached cache(live, {.exclude = seen}, {.capacity = 10'000, .time_to_live = 60});
///   const auto list = cache.recommend(user, 20);
///   cache.invalidate(user);  // who has just bought something
///
/// `Source` is a model, or a live_model or a bundle of one: referred to if it is an lvalue, owned if it is an rvalue.
/// For a live_model only lists of the current version are returned. The cache does not notice changes of the model by
/// its owner or of the data that the query refers to: call clear() for changes that affect all users, invalidate() for
/// one user.
///
/// Members may be called from many threads if the model may be. They lock one of `shards` for a look-up, never while a
/// list is made; two threads that miss the same list both make it. A look-up takes O(log lists) time, a miss as long as
/// recommend on one thread. `Clock` measures time_to_live.
template <class Source, class Clock = std::chrono::steady_clock>
class cached {
  using source = model_source<Source>;

 public:
  using model_type = typename source::model_type;
  using scalar_type = typename model_type::scalar_type;
  using index_type = typename model_type::index_type;
  using list_type = cached_list<scalar_type, index_type>;

  /// All lists answer `q`, whose k is ignored. The cache owns what the query owns; the objects that it refers to must
  /// live as long as the cache. Throws std::invalid_argument for options out of range.
  explicit cached(const Source& model, const query<index_type>& q = {}, const cached_options& options = {})
      : cached(refer(model), fixed(q), options) {}
  explicit cached(Source&& model, const query<index_type>& q = {},
                  const cached_options& options = {}) requires std::move_constructible<Source>
      : cached(own(std::move(model)), fixed(q), options) {}
  /// A temporary live_model does not compile, const or not.
  explicit cached(const Source&& model, const query<index_type>& q = {}, const cached_options& options = {})
      : cached(refuse_temporary(model), fixed(q), options) {}

  /// The same with a query that depends on the model: query_of(model) gives it, for example with .exclude =
  /// model.histories() of a live model that grows. Many threads may call it at once.
  template <class QueryOf>
  requires std::is_invocable_r_v < query<index_type>,
  const QueryOf&, const model_type& > cached(const Source& model, QueryOf query_of, const cached_options& options = {})
      : cached(refer(model), query_function(std::move(query_of)), options) {}
  template <class QueryOf>
  requires std::is_invocable_r_v < query<index_type>,
  const QueryOf&, const model_type& > &&std::move_constructible<Source> cached(Source&& model, QueryOf query_of,
                                                                               const cached_options& options = {})
      : cached(own(std::move(model)), query_function(std::move(query_of)), options) {}
  template <class QueryOf>
  requires std::is_invocable_r_v < query<index_type>,
  const QueryOf&, const model_type& > cached(const Source&& model, QueryOf query_of, const cached_options& options = {})
      : cached(refuse_temporary(model), query_function(std::move(query_of)), options) {}

  /// The result of recommend for the user, at most k items. Throws as recommend, and then stores nothing.
  list_type recommend(index_type user, int k) {
    return find_or_make({user, k}, source::version(*source_), [&](const auto& body) {
      return source::ask(*source_, [&](const model_type& model, std::uint64_t version) {
        return body(model, query_of_(model), version);
      });
    });
  }

  /// The same by name, for a bundle or a live_model of one: the list of bundle::recommend, which excludes the user's
  /// items if the query excludes nothing. Throws std::out_of_range with an unknown name.
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  auto recommend(std::string_view user, int k = query<index_type>{}.k) {
    return detail::with_names(static_cast<const Names&>(*source_), [&](const auto& shop, std::uint64_t version) {
      const list_type list = list_of(shop, {detail::id_of_user(shop, user, "cached"), k, true}, version);
      typename std::remove_cvref_t<decltype(shop)>::named_items named;
      for (std::size_t i = 0; i < list.items().size(); ++i) {
        const auto item = static_cast<std::int32_t>(list.items()[i]);
        named.push_back({std::string(shop.item_ids().name_of(item)), list.scores()[i]});
      }
      return named;
    });
  }

  /// What else a bundle answers by name, which is not cached: see bundle.
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  auto recommend_for(std::span<const std::string> basket, const query<index_type>& q = {}) const {
    return ask_names<Names>([&](const auto& shop) { return shop.recommend_for(basket, q); });
  }
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  auto similar_items(std::string_view item, const query<index_type>& q = {}) const {
    return ask_names<Names>([&](const auto& shop) { return shop.similar_items(item, q); });
  }
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  auto explain(std::string_view user, std::string_view item, const explain_options& options = {}) const {
    return ask_names<Names>([&](const auto& shop) { return shop.explain(user, item, options); });
  }
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  bool contains(std::string_view user) const {
    return ask_names<Names>([&](const auto& shop) { return shop.contains(user); });
  }
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  bool contains_item(std::string_view item) const {
    return ask_names<Names>([&](const auto& shop) { return shop.contains_item(item); });
  }

  /// Forgets the user's lists, also those that are being made.
  void invalidate(index_type user) {
    shard_type& shard = shard_of(user);
    const std::lock_guard lock(shard.mutex);
    shard.invalidate(user);
  }

  /// The same by name. Throws std::out_of_range with an unknown name.
  template <class Names = Source>
  requires detail::answers_by_name<Names>
  void invalidate(std::string_view user) {
    invalidate(detail::with_names(static_cast<const Names&>(*source_), [&](const auto& shop, std::uint64_t) {
      return static_cast<index_type>(detail::id_of_user(shop, user, "cached"));
    }));
  }

  /// Forgets all lists, also those that are being made.
  void clear() {
    for_each_shard([](shard_type& shard) { shard.clear(); });
  }

  /// The number of lists in the cache.
  std::int64_t size() const {
    std::int64_t total = 0;
    for_each_shard([&](const shard_type& shard) { total += shard.size(); });
    return total;
  }

  /// Sums since the cache was made.
  cached_counters counters() const {
    cached_counters total;
    for_each_shard([&](const shard_type& shard) {
      total.hits += shard.counters.hits;
      total.misses += shard.counters.misses;
      total.expired += shard.counters.expired;
      total.outdated += shard.counters.outdated;
      total.evicted += shard.counters.evicted;
    });
    return total;
  }

 private:
  using shard_type = detail::cache_shard<index_type, list_type, typename Clock::time_point>;
  using key_type = typename shard_type::key_type;
  using source_pointer = std::shared_ptr<const Source>;
  using query_function = std::function<query<index_type>(const model_type&)>;

  /// body(bundle) of the source.
  template <class Names, class Body>
  auto ask_names(const Body& body) const {
    return detail::with_names(static_cast<const Names&>(*source_),
                              [&](const auto& shop, std::uint64_t) { return body(shop); });
  }

  cached(source_pointer model, query_function query_of, const cached_options& options)
      : source_(std::move(model)), query_of_(std::move(query_of)), options_(options) {
    detail::require(options.capacity >= 1, "cached", "capacity must be positive", options.capacity);
    detail::require(options.time_to_live > 0, "cached", "time_to_live must be positive", options.time_to_live);
    detail::require(options.shards >= 1, "cached", "shards must be positive", options.shards);
    shard_count_ = std::min<std::int64_t>(options.shards, options.capacity);
    shards_ = std::make_unique<shard_type[]>(static_cast<std::size_t>(shard_count_));
    for (std::int64_t s = 0; s < shard_count_; ++s)
      detail::at(shards_, s).capacity = options.capacity / shard_count_ + (s < options.capacity % shard_count_ ? 1 : 0);
  }

  /// The list of the key, from memory if it is of this version at least; else ask(body) is body(model, query, version).
  template <class Ask>
  list_type find_or_make(const key_type& key, std::uint64_t at_least, const Ask& ask) {
    shard_type& shard = shard_of(key.user);
    const auto now = Clock::now();  // the age of a list, however long it takes to make
    std::uint64_t generation = 0;
    {
      const std::lock_guard lock(shard.mutex);
      if (auto list = shard.find(key, now, options_.time_to_live, at_least)) return *std::move(list);
      generation = shard.generation();
    }
    return ask([&](const model_type& model, query<index_type> q, std::uint64_t version) {
      q.k = key.k;
      list_type list(akin::recommend(execution::seq, model, std::span<const index_type>(&key.user, 1), q));
      const std::lock_guard lock(shard.mutex);
      shard.store({key, list, now, version}, generation);
      return list;
    });
  }

  /// A list by name, of one bundle.
  template <class Shop>
  list_type list_of(const Shop& shop, const key_type& key, std::uint64_t version) {
    return find_or_make(key, version, [&](const auto& body) {
      return model_source<Shop>::ask(shop, [&](const model_type& model) {
        query<index_type> q = query_of_(model);
        const auto histories = shop.histories();
        if (q.exclude.rows == 0) q.exclude = histories;
        return body(model, q, version);
      });
    });
  }

  static source_pointer refer(const Source& model) { return {std::shared_ptr<const void>(), &model}; }
  template <class Temporary>
  static source_pointer refuse_temporary(const Temporary&) {
    static_assert(!std::is_same_v<Temporary, Source>,
                  "akin: cached refers to a live_model, which must outlive it; this one is a temporary");
    return {};
  }
  static source_pointer own(Source&& model) { return std::make_shared<const Source>(std::move(model)); }
  static query_function fixed(const query<index_type>& q) {
    return [q](const model_type&) { return q; };
  }

  shard_type& shard_of(index_type user) const noexcept {
    return shards_[static_cast<std::size_t>(user) % static_cast<std::size_t>(shard_count_)];
  }

  template <class Body>
  void for_each_shard(const Body& body) const {
    for (std::int64_t s = 0; s < shard_count_; ++s) {
      shard_type& shard = detail::at(shards_, s);
      const std::lock_guard lock(shard.mutex);
      body(shard);
    }
  }

  source_pointer source_;
  query_function query_of_;
  cached_options options_;
  std::int64_t shard_count_ = 0;
  std::unique_ptr<shard_type[]> shards_;
};

}  // namespace akin::inline AKIN_ABI
