/// @file
/// The file of a model in memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <akin/io/model_file.hpp>

namespace akin_test {

/// What save() would write.
template <class Model>
std::vector<std::byte> bytes_of(const Model& model) {
  akin::detail::model_writer writer;
  akin::detail::write_model(writer, model);
  std::vector<std::byte> bytes;
  writer.emit([&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return bytes;
}

}  // namespace akin_test
