/// @file
/// The exceptions of akin, all derived from the standard's, and the check that throws a sentence.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// A model was asked that has learnt nothing: before its fit, or after one on no users and no items.
class not_fitted : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// A computation met numbers that it cannot work with (a singular system, an overflow); names the row.
class numeric_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bytes from outside (a file, a text) are not what they should be; names the place.
class format_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {
namespace detail {

template <class Part>
void append_part(std::string& text, const Part& part) {
  if constexpr (std::is_same_v<Part, bool>) {
    text += part ? "true" : "false";
  } else if constexpr (std::is_same_v<Part, char>) {
    text += part;
  } else if constexpr (std::is_floating_point_v<Part>) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%g", static_cast<double>(part));
    text += digits;
  } else if constexpr (std::is_integral_v<Part>) {
    text += std::to_string(part);
  } else {
    text += std::string_view(part);
  }
}

/// The parts, text and numbers, one after the other.
template <class... Parts>
std::string sentence(const Parts&... parts) {
  std::string text;
  (append_part(text, parts), ...);
  return text;
}

template <class Error, class... Parts>
[[noreturn]] AKIN_NOINLINE void fail(const Parts&... parts) {
  AKIN_THROW(Error, sentence(parts...));
}

/// Throws `where: rule, got value` as std::invalid_argument unless ok; `rule` reads "factors must be positive".
template <class Value>
void require(bool ok, std::string_view where, std::string_view rule, const Value& value) {
  if (!ok) fail<std::invalid_argument>(where, ": ", rule, ", got ", value);
}

/// The same for rules whose violation has no single value to show.
inline void require(bool ok, std::string_view where, std::string_view rule) {
  if (!ok) fail<std::invalid_argument>(where, ": ", rule);
}

/// Throws `where: what must be an id below bound, got id` unless 0 <= id < bound.
template <class Id, class Bound>
void require_id(Id id, Bound bound, std::string_view where, std::string_view what) {
  if (id < 0 || id >= bound)
    fail<std::invalid_argument>(where, ": ", what, " must be an id below ", bound, ", got ", id);
}

/// Throws not_fitted unless the model has been trained; see concepts.hpp for what has users and items.
inline void require_fitted(bool fitted, std::string_view where) {
  if (!fitted) fail<not_fitted>(where, ": the model has learnt nothing yet, call fit first");
}

}  // namespace detail
}  // namespace AKIN_ABI
}  // namespace akin
