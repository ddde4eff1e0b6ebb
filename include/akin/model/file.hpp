/// @file
/// What the author of a model needs for its file: `write_to(model_writer&)` and `read_from(const model_reader&)`.
#pragma once

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>

namespace akin::inline AKIN_ABI {

/// What a model writes itself to: options, values, texts and arrays by name.
using model_writer = detail::model_writer;

/// What a model reads itself from. What does not hold what is asked for is a format_error.
using model_reader = detail::model_reader;

}  // namespace akin::inline AKIN_ABI
