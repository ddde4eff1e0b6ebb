/// @file
/// Texts in memory for the readers, and what they say of them.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <akin/data/detail/text_input.hpp>
#include <akin/error.hpp>

#include "support/catch.hpp"

/// The text as if it stood in a file of that name; it must outlive what is returned.
inline akin::detail::text_input input(std::string_view text, std::string name = "log.csv") {
  return {std::move(name), text};
}

/// What an Error says that the function throws; fails the test where it throws another one or none.
template <class Error = akin::format_error, class Function>
std::string message(Function&& function) {
  try {
    static_cast<void>(function());
  } catch (const Error& error) {
    return error.what();
  } catch (const std::exception& error) {
    FAIL_CHECK("another exception: " << error.what());
    return "another exception";
  }
  FAIL_CHECK("no exception");
  return "no exception";
}
