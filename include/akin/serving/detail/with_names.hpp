/// @file
/// Bundles, alone or live, that are asked by name.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/model/source.hpp>
#include <akin/serving/live_model.hpp>

namespace akin::inline AKIN_ABI::detail {

template <class T>
struct bundle_of {
  using type = T;
};
template <class Model>
struct bundle_of<live_model<Model>> {
  using type = Model;
};

/// A bundle, or a live_model of one.
template <class Source>
concept answers_by_name = asked_by_name<typename bundle_of<Source>::type>;

/// body(bundle, version), with one bundle for the whole call.
template <class Shop, class Body>
auto with_names(const Shop& shop, const Body& body) {
  return body(shop, model_source<Shop>::version(shop));
}
template <class Shop, class Body>
auto with_names(const live_model<Shop>& live, const Body& body) {
  const auto now = live.read();
  return body(*now, now.version());
}

template <class Shop>
auto id_of_user(const Shop& shop, std::string_view user, std::string_view where) {
  const auto id = shop.user_ids().index_of(user);
  if (!id) fail<std::out_of_range>(where, ": there is no user \"", user, "\"");
  return static_cast<typename Shop::index_type>(*id);
}

}  // namespace akin::inline AKIN_ABI::detail
