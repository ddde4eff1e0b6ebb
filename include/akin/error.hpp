/// @file
/// The exceptions of akin, all derived from the standard's, and the check that throws a sentence.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// A model was used before its fit, or after a fit on no users and no items.
class not_fitted : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// A computation failed numerically (a singular system, an overflow); names the row.
class numeric_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// External data (a file, a text) is malformed; names the place.
class format_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {
namespace detail {

/// A piece of a sentence: a text, which must outlive it, or a number. Only sentence() formats it, so that the code that
/// may throw just refers to the pieces.
class text_part {
 public:
  text_part(std::string_view text) noexcept : kind_(kind::text), text_{text.data(), text.size()} {}
  text_part(const std::string& text) noexcept : text_part(std::string_view(text)) {}
  text_part(const char* text) noexcept : text_part(std::string_view(text)) {}
  text_part(const void*) = delete;
  text_part(bool truth) noexcept : text_part(truth ? "true" : "false") {}
  text_part(char letter) noexcept : kind_(kind::letter), letter_(letter) {}
  text_part(int number) noexcept : text_part(static_cast<long long>(number)) {}
  text_part(long number) noexcept : text_part(static_cast<long long>(number)) {}
  text_part(long long number) noexcept : kind_(kind::integer), integer_(number) {}
  text_part(unsigned number) noexcept : text_part(static_cast<unsigned long long>(number)) {}
  text_part(unsigned long number) noexcept : text_part(static_cast<unsigned long long>(number)) {}
  text_part(unsigned long long number) noexcept : kind_(kind::natural), natural_(number) {}
  text_part(double number) noexcept : kind_(kind::real), real_(number) {}
  text_part(long double number) noexcept : text_part(static_cast<double>(number)) {}

  void append_to(std::string& text) const;

 private:
  enum class kind : unsigned char { text, letter, integer, natural, real };
  struct characters {
    const char* data;
    std::size_t size;
  };

  kind kind_;
  union {
    characters text_;
    char letter_;
    long long integer_;
    unsigned long long natural_;
    double real_;
  };
};

/// The parts, one after the other.
std::string joined(std::initializer_list<text_part> parts);

/// The same for texts and numbers.
template <class... Parts>
std::string sentence(const Parts&... parts) {
  return joined({text_part(parts)...});
}

template <class Error>
[[noreturn]] AKIN_COLD void fail_with(std::initializer_list<text_part> parts) {
  AKIN_THROW(Error, joined(parts));
}

template <class Error, class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  fail_with<Error>({text_part(parts)...});
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

/// Throws not_fitted unless the model has been trained; see concepts.hpp for models with users and items.
inline void require_fitted(bool fitted, std::string_view where) {
  if (!fitted) fail<not_fitted>(where, ": the model has learnt nothing yet, call fit first");
}

AKIN_COMPILE_ONCE(data, void fail_with<std::invalid_argument>(std::initializer_list<text_part>))
AKIN_COMPILE_ONCE(data, void fail_with<std::out_of_range>(std::initializer_list<text_part>))
AKIN_COMPILE_ONCE(data, void fail_with<std::length_error>(std::initializer_list<text_part>))
AKIN_COMPILE_ONCE(data, void fail_with<std::runtime_error>(std::initializer_list<text_part>))
AKIN_COMPILE_ONCE(data, void fail_with<not_fitted>(std::initializer_list<text_part>))
AKIN_COMPILE_ONCE(data, void fail_with<numeric_error>(std::initializer_list<text_part>))
AKIN_COMPILE_ONCE(data, void fail_with<format_error>(std::initializer_list<text_part>))

}  // namespace detail
}  // namespace AKIN_ABI
}  // namespace akin

#if AKIN_BODIES(data)
#include <cstdio>

namespace akin {
inline namespace AKIN_ABI {
namespace detail {

AKIN_INLINE void text_part::append_to(std::string& text) const {
  switch (kind_) {
    case kind::text:
      text.append(text_.data, text_.size);
      return;
    case kind::letter:
      text += letter_;
      return;
    case kind::integer:
      text += std::to_string(integer_);
      return;
    case kind::natural:
      text += std::to_string(natural_);
      return;
    case kind::real:
      break;
  }
  char digits[32];
  std::snprintf(digits, sizeof digits, "%g", real_);
  text += digits;
}

AKIN_INLINE std::string joined(std::initializer_list<text_part> parts) {
  std::string text;
  for (const text_part& part : parts) part.append_to(text);
  return text;
}

}  // namespace detail
}  // namespace AKIN_ABI
}  // namespace akin
#endif
