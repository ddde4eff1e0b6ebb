/// @file
/// A model with the names of its users and items and the users' histories, queried by name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/csr.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/source.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>
#include <akin/serving/detail/bundle_parts.hpp>

namespace akin::inline AKIN_ABI {

/// An item by name, with its score.
template <class Scalar>
struct named_item {
  std::string item;
  Scalar score;

  friend bool operator==(const named_item&, const named_item&) = default;
};

/// A model, the names of its users and items, and its users' histories (users x items), as one object and one file. If
/// a query excludes nothing, the user's items are excluded. Const members may be called from many threads; partial_fit
/// and forget change the bundle: while others ask it, let a live_model publish a copy that was changed.
template <class Model>
class bundle {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  using named_items = std::vector<named_item<scalar_type>>;
  static constexpr std::string_view kind = "bundle";

  /// Throws std::invalid_argument unless the four are of the same users and items.
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>> bundle(Model model, id_map user_ids, id_map item_ids,
                                                                  Matrix&& histories)
      : bundle(std::move(model), std::move(user_ids), std::move(item_ids),
               detail::checked_own<scalar_type, index_type>(std::forward<Matrix>(histories), "bundle")) {}

  const Model& model() const noexcept { return model_; }
  const id_map& user_ids() const noexcept { return user_ids_; }
  const id_map& item_ids() const noexcept { return item_ids_; }
  /// Users x items; refers to the bundle.
  auto histories() const { return histories_.map(); }

  /// Whether the user has this name here; one who is new may be known after partial_fit.
  bool contains(std::string_view user) const noexcept { return user_ids_.contains(user); }
  bool contains_item(std::string_view item) const noexcept { return item_ids_.contains(item); }

  /// What is known of the training, by name: when, on what, with which options and which result. Saved with the bundle.
  const std::map<std::string, std::string>& metadata() const noexcept { return metadata_; }
  void set_metadata(std::map<std::string, std::string> metadata) { metadata_ = std::move(metadata); }

  /// The k best items for the user. Throws std::out_of_range with an unknown name.
  named_items recommend(std::string_view user, query<index_type> q = {}) const {
    if (q.exclude.rows == 0) q.exclude = histories_.view().pattern();
    const index_type users[] = {id_of(user_ids_, user, "user")};
    return named(akin::recommend(execution::seq, model_, users, q));
  }

  /// The k best items for somebody with these items: an anonymous basket. Unknown names are left out; if none is known,
  /// it is the answer for an empty history. If the query excludes nothing, the basket is excluded.
  named_items recommend_for(std::span<const std::string> basket, query<index_type> q = {}) const {
    const auto history = history_of_names(basket);
    if (q.exclude.rows == 0) q.exclude = history.view().pattern();
    return named(akin::recommend_for(execution::seq, model_, history.map(), q));
  }

  /// The k items most similar to the item. Throws std::out_of_range with an unknown name.
  named_items similar_items(std::string_view item, const query<index_type>& q = {}) const {
    const index_type items[] = {id_of(item_ids_, item, "item")};
    return named(akin::similar_items(execution::seq, model_, items, q));
  }

  /// The k items of the user with the largest contributions to the score of `item`. Throws std::out_of_range with an
  /// unknown name.
  named_items explain(std::string_view user, std::string_view item, const explain_options& options = {}) const {
    named_items result;
    for (const auto& r : akin::explain(model_, histories_.map(), id_of(user_ids_, user, "user"),
                                       id_of(item_ids_, item, "item"), options))
      result.push_back({name_of(r.item), r.contribution});
    return result;
  }

  /// Learns the events of a log by their names; users and items may be new, ids that are known stay. `combine` says
  /// what several events of one user with one item are together. The model must learn from new interactions (its
  /// partial_fit); throws as that does, and leaves the bundle as it was. Takes a copy of model and histories.
  template <class Policy>
  void partial_fit(const Policy& policy, const interaction_log& events, duplicates combine = duplicates::sum);

  /// Forgets the user: the history, what the model has learnt from it (see its forget), and the name, which
  /// contains() no longer knows; other users keep their ids. What is elsewhere stays: files of this bundle,
  /// checkpoints, logs, copies, and lists in a cache, which invalidate() removes. Throws std::out_of_range with an
  /// unknown name.
  template <class Policy>
  void forget(const Policy& policy, std::string_view user);

  void write_to(detail::model_writer& writer) const {
    detail::write_bundle(writer, model_, user_ids_, item_ids_, histories_.view());
    detail::write_metadata(writer, metadata_);
  }
  static bundle read_from(const detail::model_reader& reader) {
    return read_from(reader, [](const detail::model_reader& model) { return detail::read_model<Model>(model); });
  }
  /// The same with a model that read_model(reader) reads.
  template <class ReadModel>
  static bundle read_from(const detail::model_reader& reader, const ReadModel& read_model) {
    bundle result(read_model(reader.scope("model")), detail::read_ids(reader, "user_ids"),
                  detail::read_ids(reader, "item_ids"), detail::map_csr<scalar_type, index_type>(reader, "histories"));
    result.metadata_ = detail::read_metadata(reader);
    return result;
  }

 private:
  bundle(Model model, id_map user_ids, id_map item_ids, detail::csr_storage<scalar_type, index_type> histories)
      : model_(std::move(model)),
        user_ids_(std::move(user_ids)),
        item_ids_(std::move(item_ids)),
        histories_(std::move(histories)) {
    detail::check_bundle(model_, user_ids_, item_ids_, histories_.view());
  }

  static index_type id_of(const id_map& ids, std::string_view name, std::string_view what) {
    const auto id = ids.index_of(name);
    if (!id) detail::fail<std::out_of_range>("bundle: there is no ", what, " \"", name, "\"");
    return static_cast<index_type>(*id);
  }

  /// One row, 1 for each known item of the basket.
  detail::csr_storage<scalar_type, index_type> history_of_names(std::span<const std::string> basket) const {
    std::vector<index_type> items;
    for (const std::string& name : basket)
      if (const auto id = item_ids_.index_of(name)) items.push_back(static_cast<index_type>(*id));
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    const auto size = static_cast<std::int64_t>(items.size());
    detail::csr_storage<scalar_type, index_type> history(1, model_.items(), size);
    history.mutable_offsets()[1] = static_cast<index_type>(size);
    std::copy(items.begin(), items.end(), history.mutable_columns());
    std::fill_n(history.mutable_values(), size, scalar_type{1});
    return history;
  }

  /// Whether the model keeps the histories of the bundle, cell for cell; its values are then by its own rule.
  bool is_kept_by_model() const {
    if constexpr (requires { model_.histories(); })
      return detail::same_cells(histories_.view(), detail::view_of(model_.histories(), "bundle"));
    else
      return false;
  }

  std::string name_of(index_type item) const { return std::string(item_ids_.name_of(static_cast<std::int32_t>(item))); }

  named_items named(const recommendations<scalar_type, index_type>& lists) const {
    named_items result;
    for (std::size_t i = 0; i < lists.items(0).size(); ++i)
      result.push_back({name_of(lists.items(0)[i]), lists.scores(0)[i]});
    return result;
  }

  Model model_;
  id_map user_ids_;
  id_map item_ids_;
  detail::csr_storage<scalar_type, index_type> histories_;
  std::map<std::string, std::string> metadata_;
};

template <class Model>
template <class Policy>
void bundle<Model>::partial_fit(const Policy& policy, const interaction_log& events, duplicates combine) {
  static_assert(
      requires(Model & model, const sparse_matrix<scalar_type, index_type>& x) { model.partial_fit(policy, x); },
      "akin: bundle::partial_fit needs a model that learns from new interactions");
  id_map users = user_ids_, items = item_ids_;
  const interaction_log known = detail::renumbered(events, users, items);
  const sparse_matrix<scalar_type, index_type> added(known.template matrix<scalar_type>(combine));
  auto merged = detail::merge_interactions(histories_.view(), detail::view_of(added, "bundle::partial_fit"),
                                           combine == duplicates::last ? when_both::replace : when_both::add);
  Model learnt = model_;
  learnt.partial_fit(policy, added);
  if constexpr (requires { learnt.histories(); })
    if (is_kept_by_model())
      merged = detail::csr_storage<scalar_type, index_type>(detail::view_of(learnt.histories(), "bundle"));
  model_ = std::move(learnt);
  histories_ = std::move(merged);
  user_ids_ = std::move(users);
  item_ids_ = std::move(items);
}

template <class Model>
template <class Policy>
void bundle<Model>::forget(const Policy& policy, std::string_view user) {
  static_assert(
      requires(Model & model) { model.forget(policy, index_type{}); },
      "akin: bundle::forget needs a model that forgets users");
  const index_type id = id_of(user_ids_, user, "user");
  id_map names = detail::without_name(user_ids_, static_cast<std::int32_t>(id));
  auto rest = detail::without_row(histories_.view(), id);
  model_.forget(policy, id);
  histories_ = std::move(rest);
  user_ids_ = std::move(names);
}

/// A bundle answers calls by id with its model.
template <class Model>
struct model_source<bundle<Model>> {
  using model_type = model_of<Model>;
  static std::uint64_t version(const bundle<Model>& source) noexcept {
    return model_source<Model>::version(source.model());
  }
  template <class Body>
  static decltype(auto) ask(const bundle<Model>& source, const Body& body) {
    return model_source<Model>::ask(source.model(), body);
  }
};

/// Writes a file for load_bundle<Model>(), without copies; see save(). Throws std::invalid_argument unless the four are
/// of the same users and items.
template <class Model, class Matrix>
void save_bundle(const Model& model, const std::filesystem::path& path, const id_map& user_ids, const id_map& item_ids,
                 const Matrix& histories) {
  const auto x = detail::checked_view<typename Model::scalar_type, typename Model::index_type>(
      execution::seq, histories, "save_bundle");
  detail::check_bundle(model, user_ids, item_ids, x);
  detail::model_writer writer;
  detail::write_label<bundle<Model>>(writer);
  detail::write_bundle(writer, model, user_ids, item_ids, x);
  detail::write_model_file(writer, path);
}

template <class Model, class Matrix>
[[deprecated("akin: what comes before where: save_bundle(model, path, user_ids, item_ids, histories)")]] void
save_bundle(const std::filesystem::path& path, const Model& model, const id_map& user_ids, const id_map& item_ids,
            const Matrix& histories) {
  save_bundle(model, path, user_ids, item_ids, histories);
}

/// The bundle in a file of save_bundle or save; throws as load() does.
template <class Model>
bundle<Model> load_bundle(const std::filesystem::path& path) {
  return load<bundle<Model>>(path);
}

}  // namespace akin::inline AKIN_ABI
