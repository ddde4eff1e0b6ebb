/// @file
/// Saving a model and loading it again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <akin/io/parts.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Writes the sections of the writer to disk; otherwise as save().
void write_model_file(model_writer& writer, const std::filesystem::path& path);

/// Maps and checks a model file; otherwise as load().
model_reader open_model_file(const std::filesystem::path& path);

/// Reads a model file in memory, from a copy of it; `source` is its name in errors.
model_reader read_model_bytes(std::span<const std::byte> bytes, std::string source);

}  // namespace detail

/// Writes a model to a file that load<Model>() reads on any little-endian machine. The file is written beside `path`,
/// brought to the disk and renamed, so that at any moment, also when the process is killed, `path` holds the old file
/// whole or the new one; programs that have loaded the old one keep it. The next save removes files that a killed
/// process has left beside `path`. Equal models give equal bytes. Throws std::runtime_error with path and reason when
/// the file cannot be written, not_fitted when the model has learnt nothing. Memory: almost none, since the model's
/// arrays are written in place.
template <class Model>
void save(const Model& model, const std::filesystem::path& path) {
  detail::model_writer writer;
  detail::write_model(writer, model);
  detail::write_model_file(writer, path);
}

/// The model that save() wrote to `path`; Model must be its type, with the same scalar and index types. All bytes are
/// checked (about the time to read the file once); arrays are then used in the mapping, so that processes share them
/// and unused pages need not stay in memory. Throws std::runtime_error when the file cannot be opened, and
/// format_error, which is one, when it is truncated, corrupted, not akin's or another model. While the model, or a copy
/// of it that still uses the mapping, lives, the file must not be written into; save() to the same path is safe.
template <class Model>
Model load(const std::filesystem::path& path) {
  return detail::read_model<Model>(detail::open_model_file(path));
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <akin/io/atomic_file.hpp>
#include <akin/io/mapped_file.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE void write_model_file(model_writer& writer, const std::filesystem::path& path) {
  atomic_file file(path);
  writer.emit([&](std::span<const std::byte> bytes) { file.write(bytes); });
  file.commit();
}

AKIN_INLINE model_reader open_model_file(const std::filesystem::path& path) {
  auto file = std::make_shared<const mapped_file>(path, "load: ");
  const std::span<const std::byte> bytes = file->bytes();
  return {std::move(file), bytes, quoted(path)};
}

AKIN_INLINE model_reader read_model_bytes(std::span<const std::byte> bytes, std::string source) {
  auto copy = std::make_shared<const aligned_bytes>(bytes);
  const std::span<const std::byte> copied = copy->bytes();
  return {std::move(copy), copied, std::move(source)};
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
