/// @file
/// What answers: a model, or an object that holds one.
#pragma once

#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// body(model, version) or, if it takes no version, body(model).
template <class Body, class Model>
decltype(auto) answer(const Body& body, const Model& model, std::uint64_t version) {
  if constexpr (std::is_invocable_v<const Body&, const Model&, std::uint64_t>)
    return body(model, version);
  else
    return static_cast<void>(version), body(model);
}

}  // namespace detail

/// Gives the model behind a Source to a call that asks one: recommend, recommend_for, recommend_one, similar_items,
/// score and explain take any source. The primary template is for models themselves. For a class that holds a model,
/// specialise it with
///   model_type, the model;
///   version(source), another number for another model;
///   ask(source, body), which returns body(model, version) or body(model), for a model that stays as it is meanwhile.
template <class Source>
struct model_source {
  using model_type = Source;
  static constexpr std::uint64_t version(const Source&) noexcept { return 0; }
  template <class Body>
  static decltype(auto) ask(const Source& source, const Body& body) {
    return detail::answer(body, source, 0);
  }
};

template <class Source>
using model_of = typename model_source<Source>::model_type;
template <class Source>
using scalar_type_of = typename model_of<Source>::scalar_type;
template <class Source>
using index_type_of = typename model_of<Source>::index_type;

/// body(model) for the model behind the source.
template <class Source, class Body>
decltype(auto) ask(const Source& source, const Body& body) {
  return model_source<Source>::ask(source, body);
}

}  // namespace akin::inline AKIN_ABI
