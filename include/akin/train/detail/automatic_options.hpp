/// @file
/// Options that are chosen from the data of a fit, and their names in a file.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Options with a function `chosen` beside them.
template <class Options>
concept choosable_options = requires(const Options& asked, const data_shape& data) {
  { chosen(asked, data) } -> std::same_as<Options>;
};

/// A task with a `chosen` of its own, as where several tasks share their options.
template <class Task>
concept choosing_task = requires(const typename Task::options_type& asked, const data_shape& data) {
  { Task::chosen(asked, data) } -> std::same_as<typename Task::options_type>;
};

template <class Task>
inline constexpr bool has_automatic_options = choosing_task<Task> || choosable_options<typename Task::options_type>;

/// The options with each automatic one chosen.
template <class Task>
typename Task::options_type chosen_for(const typename Task::options_type& asked, const data_shape& data) {
  if constexpr (choosing_task<Task>)
    return Task::chosen(asked, data);
  else if constexpr (choosable_options<typename Task::options_type>)
    return chosen(asked, data);
  else
    return asked;
}

inline constexpr std::string_view automatic_section = "automatic_options";

/// Calls visit(name, field) for each option that may be automatic.
template <class Options, class Visit>
void visit_optional(Options& options, const Visit& visit) {
  fields(options, [&](std::string_view name, auto& field, const auto&...) {
    if constexpr (is_optional<std::remove_cvref_t<decltype(field)>>) visit(name, field);
  });
}

/// Adds the names of the automatic options, separated by commas; nothing if there are none.
template <class Options>
void write_automatic(model_writer& writer, const Options& asked) {
  std::string names;
  visit_optional(asked, [&](std::string_view name, const auto& field) {
    if (!field) names += sentence(names.empty() ? "" : ",", name);
  });
  if (!names.empty()) writer.add_text(automatic_section, names);
}

/// Empties the options that write_automatic named. Throws format_error for a name that is none of them.
template <class Options>
void read_automatic(const model_reader& reader, Options& asked) {
  if (!reader.has(automatic_section)) return;
  std::string_view rest = reader.text(automatic_section);
  for (bool is_last = false; !is_last;) {
    const std::size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    bool is_known = false;
    visit_optional(asked, [&](std::string_view name, auto& field) {
      if (name != one) return;
      field.reset();
      is_known = true;
    });
    if (!is_known) reader.refuse_section(automatic_section, sentence("names \"", one, "\", which cannot be automatic"));
    is_last = comma == std::string_view::npos;
    if (!is_last) rest.remove_prefix(comma + 1);
  }
}

}  // namespace akin::inline AKIN_ABI::detail
