/// @file
/// What a model file holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <akin/config.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/reader.hpp>
#include <akin/serving/detail/bundle_parts.hpp>

namespace akin::inline AKIN_ABI {

/// The contents of a model file, without its model.
struct model_info {
  std::string kind;                             ///< "implicit_als", "bundle", …
  std::string model;                            ///< the kind of the model in a bundle, else that of the file
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

}  // namespace detail

AKIN_INLINE model_info inspect(const std::filesystem::path& path) {
  const detail::model_reader reader = detail::open_model_file(path);
  const bool is_bundle = reader.kind() == "bundle";
  const detail::model_reader model = is_bundle ? reader.scope("model") : reader;
  model_info info{.kind = std::string(reader.kind()),
                  .model = std::string(model.kind()),
                  .scalar = std::string(model.scalar()),
                  .index = std::string(model.index()),
                  .users = {},
                  .items = {},
                  .metadata = {}};
  const auto rows_less_one = [&](const char* name) {
    const auto rows = detail::rows_in_file(reader, name);
    if (rows && *rows < 1) reader.refuse("is no proper model: section ", name, " must not be empty");
    return rows ? std::optional(*rows - 1) : rows;
  };
  if (is_bundle) {
    info.users = rows_less_one("user_ids.offsets");
    info.items = rows_less_one("item_ids.offsets");
    info.metadata = detail::read_metadata(reader);
  } else {
    info.users = detail::rows_in_file(reader, "user_factors");
    if (!info.users) info.users = rows_less_one("histories.offsets");
    info.items = detail::rows_in_file(reader, "item_factors");
    if (!info.items && reader.has("histories.cols")) info.items = reader.value<std::int64_t>("histories.cols");
  }
  return info;
}

}  // namespace akin::inline AKIN_ABI
#endif
