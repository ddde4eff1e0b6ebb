/// @file
/// The parts of a bundle beside its model: names, histories, metadata.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/error.hpp>
#include <akin/io/csr.hpp>
#include <akin/io/parts.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

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

/// Whether two matrices store the same cells, whatever their values.
template <class Scalar, class Index>
bool same_cells(const csr_view<Scalar, Index>& a, const csr_view<Scalar, Index>& b) {
  if (a.rows != b.rows || a.cols != b.cols) return false;
  for (std::int64_t row = 0; row < a.rows; ++row) {
    const auto of_a = a.row(row).ids, of_b = b.row(row).ids;
    if (!std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end())) return false;
  }
  return true;
}

template <class Model, class Scalar, class Index>
void write_bundle(model_writer& writer, const Model& model, const id_map& user_ids, const id_map& item_ids,
                  const csr_view<Scalar, Index>& histories) {
  write_part(writer, "model", model);
  write_ids(writer, "user_ids", user_ids);
  write_ids(writer, "item_ids", item_ids);
  write_csr(writer, "histories", histories);
}

inline void write_metadata(model_writer& writer, const std::map<std::string, std::string>& metadata) {
  std::int64_t number = 0;
  model_writer part = writer.scope("metadata");
  for (const auto& [name, value] : metadata) {
    part.add_text(sentence("name", number), name);
    part.add_text(sentence("value", number++), value);
  }
}

inline std::map<std::string, std::string> read_metadata(const model_reader& reader) {
  std::map<std::string, std::string> metadata;
  const model_reader part = reader.scope("metadata");
  for (std::int64_t number = 0; part.has(sentence("name", number)); ++number)
    metadata.emplace(part.text(sentence("name", number)), part.text(sentence("value", number)));
  return metadata;
}

/// The events with the ids of these maps, to which new names are added.
interaction_log renumbered(const interaction_log& events, id_map& users, id_map& items);

/// The names with another one in the place of `id`, which nobody has.
id_map without_name(const id_map& names, std::int32_t id);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(serving)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE interaction_log renumbered(const interaction_log& events, id_map& users, id_map& items) {
  const auto numbered = [](std::span<const std::int32_t> ids, const id_map& from, id_map& to) {
    std::vector<std::int32_t> result;
    result.reserve(ids.size());
    for (const std::int32_t id : ids) result.push_back(to.insert(from.name_of(id)));
    return result;
  };
  interaction_arrays columns;
  columns.users = numbered(events.users(), events.user_ids(), users);
  columns.items = numbered(events.items(), events.item_ids(), items);
  columns.values.assign(events.values().begin(), events.values().end());
  columns.times.assign(events.times().begin(), events.times().end());
  columns.user_ids = std::make_shared<const id_map>(users);
  columns.item_ids = std::make_shared<const id_map>(items);
  return interaction_log(std::move(columns));
}

AKIN_INLINE id_map without_name(const id_map& names, std::int32_t id) {
  std::string nobody = "forgotten " + std::to_string(id);
  while (names.contains(nobody)) nobody += '\'';
  id_map result;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(names.size()); ++i)
    result.insert(i == id ? std::string_view(nobody) : names.name_of(i));
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
