/// @file
/// A model as a part of another: refers to an lvalue, owns an rvalue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/parts.hpp>

namespace akin::inline AKIN_ABI {

/// Refers to a model of the caller, which must outlive it, or owns one. Copies share the model, which they cannot
/// change; a move is a copy, so that a moved-from part stays valid.
template <class Model>
class part {
 public:
  explicit part(const Model& model) noexcept : model_(std::shared_ptr<const void>(), &model) {}
  explicit part(Model&& model) : model_(std::make_shared<const Model>(std::move(model))) {}
  explicit part(const Model&& model) : model_(std::make_shared<const Model>(model)) {}
  part(const part&) = default;
  part& operator=(const part&) = default;
  ~part() = default;

  const Model& operator*() const noexcept { return *model_; }
  const Model* operator->() const noexcept { return model_.get(); }

 private:
  std::shared_ptr<const Model> model_;
};

/// The part for an argument of type Model&&.
template <class Model>
auto part_of(Model&& model) {
  using model_type = std::remove_cvref_t<Model>;
  static_assert(scorer<model_type>, "akin: a part of a hybrid must be a model that scores all items for a user");
  return part<model_type>(std::forward<Model>(model));
}

/// One readable sentence for models that do not fit together.
template <class First, class... Rest>
constexpr void assert_parts() {
  static_assert((std::is_same_v<typename First::scalar_type, typename Rest::scalar_type> && ...),
                "akin: the models of a hybrid must have the same scalar_type");
  static_assert((std::is_same_v<typename First::index_type, typename Rest::index_type> && ...),
                "akin: the models of a hybrid must have the same index_type");
}

/// Throws std::invalid_argument unless the models have the same users and items.
template <class First, class... Rest>
void require_same_shape(std::string_view where, const First& first, const Rest&... rest) {
  const std::int64_t users = first.users(), items = first.items();
  [[maybe_unused]] const auto check = [&](std::int64_t other_users, std::int64_t other_items) {
    if (other_users != users || other_items != items)
      detail::fail<std::invalid_argument>(where, ": the models must have the same users and items, got ", users,
                                          " users x ", items, " items and ", other_users, " users x ", other_items,
                                          " items");
  };
  (check(rest.users(), rest.items()), ...);
}

template <class... Models>
void require_same_shape(std::string_view where, const std::tuple<part<Models>...>& parts) {
  std::apply([&](const auto&... each) { require_same_shape(where, *each...); }, parts);
}

/// body(number, model) for each part, in their order.
template <class... Models, class Body>
void for_each_part(const std::tuple<part<Models>...>& parts, const Body& body) {
  std::size_t number = 0;
  std::apply([&](const auto&... each) { (body(number++, *each), ...); }, parts);
}

/// Whether predicate(model) holds for any part.
template <class... Models, class Predicate>
bool any_part(const std::tuple<part<Models>...>& parts, const Predicate& predicate) {
  return std::apply([&](const auto&... each) { return (predicate(*each) || ...); }, parts);
}

/// Whether all parts are fitted, even on empty data.
template <class... Models>
bool are_fitted(const std::tuple<part<Models>...>& parts) {
  return !any_part(parts, [](const auto& model) { return !detail::is_fitted(model); });
}

/// The number of the first part that predicate(model) holds for.
template <class... Models, class Predicate>
std::optional<std::size_t> first_part(const std::tuple<part<Models>...>& parts, const Predicate& predicate) {
  std::size_t number = 0;
  const bool found =
      std::apply([&](const auto&... each) { return ((predicate(*each) || (++number, false)) || ...); }, parts);
  return found ? std::optional(number) : std::nullopt;
}

/// body(model) for the part with this number.
template <class... Models, class Body>
void with_part(const std::tuple<part<Models>...>& parts, std::size_t number, const Body& body) {
  for_each_part(parts, [&](std::size_t at, const auto& model) {
    if (at == number) body(model);
  });
}

inline std::string part_name(std::size_t number) { return detail::sentence("part", number); }

template <class... Models>
void write_parts(detail::model_writer& writer, const std::tuple<part<Models>...>& parts) {
  for_each_part(parts,
                [&](std::size_t number, const auto& model) { detail::write_part(writer, part_name(number), model); });
}

template <class... Models, std::size_t... Number>
std::tuple<part<Models>...> read_parts(const detail::model_reader& reader, std::index_sequence<Number...>) {
  return std::tuple<part<Models>...>{part<Models>(detail::read_part<Models>(reader, part_name(Number)))...};
}

/// The parts of write_parts.
template <class... Models>
std::tuple<part<Models>...> read_parts(const detail::model_reader& reader) {
  return read_parts<Models...>(reader, std::index_sequence_for<Models...>());
}

}  // namespace akin::inline AKIN_ABI
