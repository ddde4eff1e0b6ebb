/// @file
/// What a model file holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/reader.hpp>
#include <akin/model/parts.hpp>
#include <akin/serving/detail/bundle_parts.hpp>

namespace akin::inline AKIN_ABI {

/// The contents of a model file, without its model.
struct model_info {
  std::string kind;                             ///< "implicit_als", "bundle", …
  std::string model;                            ///< the kind of the model in a bundle, else that of the file
  std::vector<std::string> parts;               ///< the kinds of the models that this model is made of
  std::string scalar;                           ///< "float", "double", or nothing
  std::string index;                            ///< "int32", "int64", or nothing
  std::optional<std::int64_t> users, items;     ///< where the file says so
  std::map<std::string, std::string> metadata;  ///< of a bundle
};

/// Reads what a file of save or save_bundle holds; all bytes are checked, no model is made. Throws as load() does.
model_info inspect(const std::filesystem::path& path);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(serving)
namespace akin::inline AKIN_ABI {
namespace detail {

/// The rows of an array, or of a matrix by its offsets, if there is one.
inline std::optional<std::int64_t> rows_in_file(const model_reader& reader, std::string_view name) {
  if (!reader.has(name)) return std::nullopt;
  return reader.rows(name);
}

/// The same less one, for offsets.
inline std::optional<std::int64_t> rows_less_one(const model_reader& reader, std::string_view name) {
  const auto rows = rows_in_file(reader, name);
  if (rows && *rows < 1) reader.refuse("is no proper model: section ", name, " must not be empty");
  return rows ? std::optional(*rows - 1) : rows;
}

/// Users and items of a model by its factors or histories, or by those of its first part, as deep as there are some.
inline void read_shape(model_reader model, model_info& info) {
  while (!model.scope(part_name(0)).kind().empty()) model = model.scope(part_name(0));
  info.users = rows_in_file(model, "user_factors");
  if (!info.users) info.users = rows_less_one(model, "histories.offsets");
  info.items = rows_in_file(model, "item_factors");
  if (!info.items && model.has("histories.cols")) info.items = model.value<std::int64_t>("histories.cols");
}

}  // namespace detail

AKIN_INLINE model_info inspect(const std::filesystem::path& path) {
  const detail::model_reader reader = detail::open_model_file(path);
  const bool is_bundle = reader.kind() == "bundle";
  const detail::model_reader model = is_bundle ? reader.scope("model") : reader;
  model_info info{.kind = std::string(reader.kind()),
                  .model = std::string(model.kind()),
                  .parts = {},
                  .scalar = std::string(model.scalar()),
                  .index = std::string(model.index()),
                  .users = {},
                  .items = {},
                  .metadata = {}};
  for (std::size_t number = 0; !model.scope(part_name(number)).kind().empty(); ++number)
    info.parts.emplace_back(model.scope(part_name(number)).kind());
  if (is_bundle) {
    info.users = detail::rows_less_one(reader, "user_ids.offsets");
    info.items = detail::rows_less_one(reader, "item_ids.offsets");
    info.metadata = detail::read_metadata(reader);
  } else {
    detail::read_shape(model, info);
  }
  return info;
}

}  // namespace akin::inline AKIN_ABI
#endif
