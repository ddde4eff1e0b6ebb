/// @file
/// Loads a model whose type the file names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/parts.hpp>
#include <akin/serving/any_blend.hpp>
#include <akin/serving/any_fallback.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/bundle.hpp>

namespace akin::inline AKIN_ABI {

/// The types of model that a program can load by the kind in a file, and any_blend and any_fallback of such models:
///   recommender_registry<float> registry;
///   registry.add<implicit_als<float>>().add<item_knn<float>>();
///   const any_recommender<float> model = registry.load("model.akin");
///   const bundle<any_recommender<float>> shop = registry.load_bundle("shop.akin");
template <class Scalar = float, class Index = std::int32_t>
class recommender_registry {
 public:
  /// Adds a type; throws std::invalid_argument if there is one of the same kind, such as two blends of different
  /// models.
  template <class Model>
  recommender_registry& add() {
    static_assert(detail::storable<Model>, "akin: a type in a recommender_registry must be one that can be loaded");
    static_assert(
        std::is_same_v<typename Model::scalar_type, Scalar> && std::is_same_v<typename Model::index_type, Index>,
        "akin: a model in a recommender_registry must have its scalar and index types");
    const auto key = detail::spelled(Model::kind, detail::scalar_name_of<Model>(), detail::index_name_of<Model>());
    static_assert(
        !std::is_same_v<Model, any_blend<Scalar, Index>> && !std::is_same_v<Model, any_fallback<Scalar, Index>>,
        "akin: a recommender_registry knows any_blend and any_fallback without being told");
    const auto load_model = [](const detail::model_reader& reader) {
      return any_recommender<Scalar, Index>(detail::read_model<Model>(reader));
    };
    if (!loaders_.emplace(key, load_model).second)
      detail::fail<std::invalid_argument>("recommender_registry: ", key, " must be added once");
    return *this;
  }

  /// The model in the file, mapped as by akin::load, with the same exceptions; also format_error if its kind was not
  /// added.
  any_recommender<Scalar, Index> load(const std::filesystem::path& path) const {
    return read(detail::open_model_file(path));
  }
  /// The bundle in the file, of any added type of model, in the same way.
  bundle<any_recommender<Scalar, Index>> load_bundle(const std::filesystem::path& path) const {
    using bundle_type = bundle<any_recommender<Scalar, Index>>;
    const detail::model_reader reader = detail::open_model_file(path);
    const std::string asked = detail::require_label<bundle_type>(reader);
    return detail::read_or_refuse(reader, asked, [&] {
      return bundle_type::read_from(reader, [&](const detail::model_reader& model) { return read(model); });
    });
  }
  /// The same from an open file.
  any_recommender<Scalar, Index> read(const detail::model_reader& reader) const;

 private:
  using load_function = any_recommender<Scalar, Index> (*)(const detail::model_reader&);

  /// A model that is a part of `depth` others.
  any_recommender<Scalar, Index> read_nested(const detail::model_reader& reader, int depth) const;

  /// A Composed of models that this registry reads, if that is what the file holds.
  template <class Composed>
  std::optional<any_recommender<Scalar, Index>> read_composed(const detail::model_reader& reader, int depth) const {
    if (reader.kind() != Composed::kind) return std::nullopt;
    const std::string asked = detail::require_label<Composed>(reader);
    reader.require(depth < most_depth, "models of models must be at most 16 deep");
    return detail::read_or_refuse(reader, asked, [&] {
      return any_recommender<Scalar, Index>(Composed::read_from(
          reader, [&](const detail::model_reader& model) { return read_nested(model, depth + 1); }));
    });
  }

  // Far more than anybody composes, and far less than a stack holds, whatever a damaged file says.
  static constexpr int most_depth = 16;

  std::map<std::string, load_function, std::less<>> loaders_;
};

template <class Scalar, class Index>
any_recommender<Scalar, Index> recommender_registry<Scalar, Index>::read(const detail::model_reader& reader) const {
  return read_nested(reader, 0);
}

template <class Scalar, class Index>
any_recommender<Scalar, Index> recommender_registry<Scalar, Index>::read_nested(const detail::model_reader& reader,
                                                                                int depth) const {
  const std::string held = detail::spelled(reader.kind(), reader.scalar(), reader.index());
  const auto found = loaders_.find(held);
  if (found != loaders_.end()) return found->second(reader);
  if (auto blend = read_composed<any_blend<Scalar, Index>>(reader, depth)) return *std::move(blend);
  if (auto chain = read_composed<any_fallback<Scalar, Index>>(reader, depth)) return *std::move(chain);
  if (reader.kind() == bundle<any_recommender<Scalar, Index>>::kind)
    reader.refuse("holds ", held, ", which load_bundle reads");
  std::string known;
  for (const auto& [key, load] : loaders_) known += (known.empty() ? "" : ", ") + key;
  reader.refuse("holds ", held.empty() ? std::string("no model") : held, ", but the registry knows ",
                known.empty() ? std::string("nothing") : known);
}

AKIN_COMPILE_ONCE(serving, any_recommender<float> recommender_registry<float>::read_nested(const detail::model_reader&,
                                                                                           int) const)
AKIN_COMPILE_ONCE(serving,
                  any_recommender<double> recommender_registry<double>::read_nested(const detail::model_reader&, int)
                      const)

}  // namespace akin::inline AKIN_ABI
