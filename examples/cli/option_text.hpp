/// @file
/// Options of a model from text and as JSON, by their list of fields.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/factorization/implicit_als_options.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/neighbors/similarity.hpp>

#include "general.hpp"
#include "output.hpp"

namespace cli {

/// The words for the values of an enumeration, in their order.
inline std::vector<std::string> words_of(akin::als_solver) { return {"automatic", "exact", "conjugate_gradient"}; }
inline std::vector<std::string> words_of(akin::graph_polynomial) { return {"linear", "second_order", "chebyshev"}; }
inline std::vector<std::string> words_of(akin::similarity) {
  return {"cosine",  "adjusted_cosine",         "pearson", "asymmetric_cosine", "euclidean", "jaccard", "dice",
          "tversky", "conditional_probability", "lift"};
}
inline std::vector<std::string> words_of(akin::centering) {
  return {"none", "user_mean", "item_mean", "baseline", "z_score"};
}
inline std::vector<std::string> words_of(akin::aggregation) { return {"sum", "weighted_average"}; }
inline std::vector<std::string> words_of(akin::interaction_weighting) { return {"none", "tf_idf", "bm25", "log"}; }

/// An option that was given, name=value.
using option_text = std::pair<std::string, std::string>;

template <class Field>
inline constexpr bool is_optional = false;
template <class Value>
inline constexpr bool is_optional<std::optional<Value>> = true;

[[noreturn]] inline void refuse_value(const std::string& option, const std::string& rule, const std::string& text) {
  throw usage_error(option + " must be " + rule + ", got \"" + text + "\"");
}

/// `option` names it in a refusal: "factors of implicit_als".
template <class Field>
void set_from_text(Field& field, const std::string& text, const std::string& option) {
  if constexpr (is_optional<Field>) {
    typename Field::value_type value{};
    set_from_text(value, text, option);
    field = value;
  } else if constexpr (std::is_enum_v<Field>) {
    const std::vector<std::string> words = words_of(Field{});
    const auto found = std::ranges::find(words, text);
    if (found == words.end()) refuse_value(option, "one of " + listed(words), text);
    field = static_cast<Field>(found - words.begin());
  } else if constexpr (std::same_as<Field, bool>) {
    if (text != "true" && text != "false") refuse_value(option, "true or false", text);
    field = text == "true";
  } else {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), field);
    if (error != std::errc() || end != text.data() + text.size())
      refuse_value(option, std::is_integral_v<Field> ? "a whole number" : "a number", text);
  }
}

template <class Options>
Options options_from(std::string_view kind, const std::vector<option_text>& given) {
  Options options;
  for (const auto& [name, text] : given) {
    std::vector<std::string> names;
    bool is_found = false;
    fields(options, [&, &name = name, &text = text](std::string_view field_name, auto& field, const auto&...) {
      names.emplace_back(field_name);
      if (field_name != name) return;
      set_from_text(field, text, name + " of " + std::string(kind));
      is_found = true;
    });
    if (!is_found)
      throw usage_error(std::string(kind) + " has no option " + name + "; its options are " + listed(names));
  }
  return options;
}

template <class Field>
json json_of(const Field& field) {
  if constexpr (is_optional<Field>)
    return field ? json_of(*field) : json();
  else if constexpr (std::is_enum_v<Field>)
    return words_of(Field{})[static_cast<std::size_t>(field)];
  else
    return field;
}

template <class Options>
json json_of_options(const Options& options) {
  json object = json::object();
  fields(options,
         [&](std::string_view name, const auto& field, const auto&...) { object[std::string(name)] = json_of(field); });
  return object;
}

}  // namespace cli
