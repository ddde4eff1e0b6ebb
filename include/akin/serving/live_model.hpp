/// @file
/// A model that is replaced while it answers: readers never wait and always see a whole model.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
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
#include <akin/io/model_file.hpp>
#include <akin/model/source.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/query.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// One published model. `balance` falls by 1 with each reader that leaves, and rises by the number of readers that have
/// arrived when the model is replaced: the thread that then brings it to 0 is the last.
template <class Model>
struct alignas(64) live_cell {
  std::unique_ptr<const Model> model;
  std::uint64_t version = 0;
  std::atomic<std::int64_t> balance = 0;
  std::atomic<bool> is_free = true;
};

/// The cells of a live_model by number. They are made in blocks as they are needed and stay where they are.
template <class Model>
class live_cells {
 public:
  static constexpr std::size_t max_cells = 4096;

  live_cell<Model>& operator[](std::size_t number) noexcept { return (*blocks_[number / size])[number % size]; }

  /// The number of an unused cell. One caller at a time. Throws std::length_error if there is none left.
  std::size_t find_free() {
    for (std::size_t number = 0; number < max_cells; ++number) {
      auto& block = blocks_[number / size];
      if (!block) block = std::make_unique<block_type>();
      if ((*block)[number % size].is_free.load(std::memory_order_acquire)) return number;
    }
    fail<std::length_error>("live_model::publish: readers must leave old models, got ", max_cells, " that are held");
  }

 private:
  static constexpr std::size_t size = 64;
  using block_type = std::array<live_cell<Model>, size>;

  std::array<std::unique_ptr<block_type>, max_cells / size> blocks_ = {};
};

/// A bundle: a model that is asked by name.
template <class T>
concept asked_by_name = requires {
  typename T::named_items;
};

}  // namespace detail

/// Holds a model for many reading threads, and replaces it by another while they read.
///
///   akin::live_model live(std::move(model));
///   { const auto now = live.read();  now->score(3, 5); }  // one model, whole, for as long as `now` lives
///   live.publish(std::move(retrained));
///
/// read() is one atomic addition and the end of a read another: no lock, no loop, no allocation, whatever writers do,
/// for any number of readers. The last thread that leaves a replaced model destroys it: the writer if nobody reads,
/// otherwise the last reader, once for each publication. Writers wait for each other, never for readers.
///
/// It is not a scorer itself, so that no algorithm can see two models in one call: recommend, recommend_for,
/// recommend_one, similar_items, explain, score and save take it and use one model, everything else takes *live.read().
/// A hybrid of models goes live as a whole.
///
/// All members may be called from many threads; the live_model outlives its snapshots. Memory: the models in use, and a
/// cache line for each model of their maximum number (4096 at most).
template <class Model>
class live_model {
  using cell_type = detail::live_cell<Model>;

 public:
  using model_type = Model;

  /// One model as it was published, which lives as long as this. To be held for a call or a few, by one thread at a
  /// time. A moved-from or default-constructed one may only be destroyed or assigned to.
  class snapshot {
   public:
    snapshot() = default;
    snapshot(snapshot&& other) noexcept
        : live_(std::exchange(other.live_, nullptr)), cell_(std::exchange(other.cell_, nullptr)) {}
    snapshot& operator=(snapshot&& other) noexcept {
      snapshot old(std::move(other));
      std::swap(live_, old.live_);
      std::swap(cell_, old.cell_);
      return *this;
    }
    ~snapshot() {
      if (cell_ != nullptr) live_->leave(*cell_);
    }

    const Model& operator*() const noexcept { return *cell_->model; }
    const Model* operator->() const noexcept { return cell_->model.get(); }
    /// 1 for the model that the live_model was made with, then one more with each publication.
    std::uint64_t version() const noexcept { return cell_->version; }

   private:
    friend live_model;
    snapshot(live_model& live, cell_type& cell) noexcept : live_(&live), cell_(&cell) {}

    live_model* live_ = nullptr;
    cell_type* cell_ = nullptr;
  };

  /// Publishes its first model.
  explicit live_model(Model model) { publish(std::move(model)); }
  live_model(const live_model&) = delete;
  live_model& operator=(const live_model&) = delete;
  ~live_model() {
    retire(current_.load(std::memory_order_relaxed));
    AKIN_ASSERT(alive_.load() == 0);  // a snapshot outlives its live_model
  }

  /// The current model. Wait-free where the machine adds atomically.
  snapshot read() const& noexcept {
    auto& self = const_cast<live_model&>(*this);  // counting readers is not observable
    const std::uint64_t before = self.current_.fetch_add(1, std::memory_order_acquire);
    return {self, self.cells_[number_of(before)]};
  }
  snapshot read() const&& = delete;  // would outlive its live_model

  /// Replaces the model; current readers continue with the old one. Returns the version. Waits for other writers only.
  /// Throws std::bad_alloc, or std::length_error if readers hold 4095 old models; the model then stays.
  std::uint64_t publish(Model next) {
    auto owned = std::make_unique<const Model>(std::move(next));
    const std::lock_guard lock(writers_);
    return replace(std::move(owned));
  }

  /// Publishes change(current model), a fold-in or a partial_fit of a copy, and returns its version; a change that
  /// returns nothing is made to a copy: update([&](auto& shop) { shop.partial_fit(par, log); }). Other writers wait, so
  /// that no publication is lost; `change` must not publish itself. Its exceptions are passed on; the model then stays.
  template <class Change>
  std::uint64_t update(Change&& change) {
    const std::lock_guard lock(writers_);
    const snapshot now = read();
    if constexpr (std::is_void_v<std::invoke_result_t<Change, Model&>>) {
      auto next = std::make_unique<Model>(*now);
      std::invoke(std::forward<Change>(change), *next);
      return replace(std::move(next));
    } else {
      return replace(std::make_unique<const Model>(std::invoke(std::forward<Change>(change), *now)));
    }
  }

  /// What a live bundle answers by name: see bundle. One bundle answers the whole call.
  template <class M = Model>
  requires detail::asked_by_name<M>
  auto recommend(std::string_view user, const query<index_type_of<M>>& q = {}) const {
    return read()->recommend(user, q);
  }
  template <class M = Model>
  requires detail::asked_by_name<M>
  auto recommend_for(std::span<const std::string> basket, const query<index_type_of<M>>& q = {}) const {
    return read()->recommend_for(basket, q);
  }
  template <class M = Model>
  requires detail::asked_by_name<M>
  auto similar_items(std::string_view item, const query<index_type_of<M>>& q = {}) const {
    return read()->similar_items(item, q);
  }
  template <class M = Model>
  requires detail::asked_by_name<M>
  auto explain(std::string_view user, std::string_view item, const explain_options& options = {}) const {
    return read()->explain(user, item, options);
  }
  template <class M = Model>
  requires detail::asked_by_name<M>
  bool contains(std::string_view user) const { return read()->contains(user); }
  template <class M = Model>
  requires detail::asked_by_name<M>
  bool contains_item(std::string_view item) const { return read()->contains_item(item); }

  /// The version of the last complete publication: 1 for the first model.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  /// The number of old models that readers still hold.
  std::int64_t retired() const noexcept { return alive_.load(std::memory_order_acquire) - 1; }

 private:
  // The upper bits of current_ are the number of the cell, the lower ones count its readers; 52 bits suffice for years.
  static constexpr int count_bits = 52;
  static std::size_t number_of(std::uint64_t current) noexcept { return current >> count_bits; }

  std::uint64_t replace(std::unique_ptr<const Model> next) {
    const std::size_t number = cells_.find_free();
    const std::uint64_t version = version_.load(std::memory_order_relaxed) + 1;
    cell_type& cell = cells_[number];
    cell.model = std::move(next);
    cell.version = version;
    cell.balance.store(0, std::memory_order_relaxed);
    cell.is_free.store(false, std::memory_order_relaxed);
    alive_.fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t old =
        current_.exchange(static_cast<std::uint64_t>(number) << count_bits, std::memory_order_acq_rel);
    version_.store(version, std::memory_order_release);
    if (version > 1) retire(old);
    return version;
  }

  void retire(std::uint64_t old) noexcept {
    cell_type& cell = cells_[number_of(old)];
    const auto came = static_cast<std::int64_t>(old & ((std::uint64_t{1} << count_bits) - 1));
    if (cell.balance.fetch_add(came, std::memory_order_acq_rel) == -came) destroy(cell);
  }

  void leave(cell_type& cell) noexcept {
    if (cell.balance.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(cell);
  }

  void destroy(cell_type& cell) noexcept {
    cell.model.reset();
    alive_.fetch_sub(1, std::memory_order_release);
    cell.is_free.store(true, std::memory_order_release);
  }

  alignas(64) std::atomic<std::uint64_t> current_ = 0;
  alignas(64) std::atomic<std::uint64_t> version_ = 0;
  std::atomic<std::int64_t> alive_ = 0;
  std::mutex writers_;
  detail::live_cells<Model> cells_;
};

/// A live_model answers with its current model, one for a whole call. The last reader of a replaced model frees it,
/// also in recommend_one, which otherwise neither throws nor allocates.
template <class Model>
struct model_source<live_model<Model>> {
  using model_type = model_of<Model>;
  static std::uint64_t version(const live_model<Model>& live) noexcept { return live.version(); }
  template <class Body>
  static decltype(auto) ask(const live_model<Model>& live, const Body& body) {
    const auto now = live.read();
    return model_source<Model>::ask(
        *now, [&](const model_type& model) { return detail::answer(body, model, now.version()); });
  }
};

/// Saves the current model, which load<Model>() reads.
template <class Model>
void save(const live_model<Model>& live, const std::filesystem::path& path) {
  const auto now = live.read();
  akin::save(*now, path);
}

}  // namespace akin::inline AKIN_ABI
