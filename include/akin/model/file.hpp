/// @file
/// The file of a model, for its author: `write_to(model_writer&)` and `read_from(const model_reader&)`.
#pragma once

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>

namespace akin::inline AKIN_ABI {

/// The target of a model's write_to: options, values, texts and arrays by name.
using model_writer = detail::model_writer;

/// The source of a model's read_from. A section that does not match the request is a format_error.
using model_reader = detail::model_reader;

}  // namespace akin::inline AKIN_ABI
