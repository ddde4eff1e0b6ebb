/// @file
/// A model with the names of its users and items and the users' histories, queried by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
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
#include <akin/retrieval/similar_items.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

inline void write_ids(model_writer& writer, std::string_view name, const id_map& ids) {
  model_writer part = writer.scope(name);
  part.add("text", reinterpret_cast<const std::uint8_t*>(ids.text().data()), std::ssize(ids.text()));
  part.add("offsets", ids.offsets());
}

inline id_map read_ids(const model_reader& reader, std::string_view name) {
  const model_reader part = reader.scope(name);
  const auto text = part.array<std::uint8_t>("text", model_reader::any, 1);
  const auto offsets = part.array<std::int64_t>("offsets", model_reader::any, 1);
  return {std::span(reinterpret_cast<const char*>(text.data), static_cast<std::size_t>(text.rows)),
          std::span(offsets.data, static_cast<std::size_t>(offsets.rows))};
}

/// Throws std::invalid_argument unless the parts of a bundle are of the same users and items.
template <class Model, class Scalar, class Index>
void check_bundle(const Model& model, const id_map& user_ids, const id_map& item_ids,
                  const csr_view<Scalar, Index>& histories) {
  const auto check = [](std::int64_t found, std::int64_t wanted, const char* what) {
    if (found != wanted)
      fail<std::invalid_argument>("bundle: ", what, " must be as many as the model has, ", wanted, ", got ", found);
  };
  check(std::ssize(user_ids), model.users(), "user_ids");
  check(std::ssize(item_ids), model.items(), "item_ids");
  check(histories.rows, model.users(), "rows of histories");
  check(histories.cols, model.items(), "columns of histories");
}

template <class Model, class Scalar, class Index>
void write_bundle(model_writer& writer, const Model& model, const id_map& user_ids, const id_map& item_ids,
                  const csr_view<Scalar, Index>& histories) {
  write_part(writer, "model", model);
  write_ids(writer, "user_ids", user_ids);
  write_ids(writer, "item_ids", item_ids);
  write_csr(writer, "histories", histories);
}

}  // namespace detail

/// An item by name, with its score.
template <class Scalar>
struct named_item {
  std::string item;
  Scalar score;
};

/// A model, the names of its users and items, and its users' histories (users x items), as one object and one file. If
/// a query excludes nothing, the user's items are excluded. Const members may be called from many threads.
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

  /// The k best items for the user. Throws std::out_of_range with an unknown name.
  named_items recommend(std::string_view user, query<index_type> q = {}) const {
    if (q.exclude.rows == 0) q.exclude = histories_.view().pattern();
    const index_type users[] = {id_of(user_ids_, user, "user")};
    return named(akin::recommend(execution::seq, model_, users, q));
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

  void write_to(detail::model_writer& writer) const {
    detail::write_bundle(writer, model_, user_ids_, item_ids_, histories_.view());
  }
  static bundle read_from(const detail::model_reader& reader) {
    return read_from(reader, [](const detail::model_reader& model) { return detail::read_model<Model>(model); });
  }
  /// The same with a model that read_model(reader) reads.
  template <class ReadModel>
  static bundle read_from(const detail::model_reader& reader, const ReadModel& read_model) {
    return {read_model(reader.scope("model")), detail::read_ids(reader, "user_ids"),
            detail::read_ids(reader, "item_ids"), detail::map_csr<scalar_type, index_type>(reader, "histories")};
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
};

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
