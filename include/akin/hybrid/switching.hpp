/// @file
/// Selects one of several models for each user by the caller's rule.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/model/parts.hpp>

namespace akin::inline AKIN_ABI {

/// Uses, for each user, the model whose number the rule returns: scores, lists and evidence are those of that model.
/// The rule is called with users in range, from many threads and more than once a user, and must be deterministic. It
/// is code, so the model cannot be saved.
///
/// Made by switching(). Costs as much as the selected models. Deterministic if rule and models are.
template <class Rule, class... Models>
class switching_model {
  using first_type = std::tuple_element_t<0, std::tuple<Models...>>;

 public:
  using scalar_type = typename first_type::scalar_type;
  using index_type = typename first_type::index_type;

  /// See switching().
  switching_model(Rule rule, std::tuple<part<Models>...> parts) : rule_(std::move(rule)), parts_(std::move(parts)) {
    assert_parts<Models...>();
    require_same_shape("switching", parts_);
  }

  /// The model with this number, from 0 on.
  template <std::size_t Number>
  const auto& model() const noexcept {
    return *std::get<Number>(parts_);
  }

  bool is_fitted() const { return are_fitted(parts_); }
  std::int64_t users() const { return std::get<0>(parts_)->users(); }
  std::int64_t items() const { return std::get<0>(parts_)->items(); }
  /// Whether the user's model knows the user; false out of range.
  bool knows_user(index_type user) const {
    if (user < 0 || user >= users()) return false;
    bool known = false;
    with_part(parts_, source(user), [&](const auto& model) { known = model.knows_user(user); });
    return known;
  }
  /// Whether any model knows the item.
  bool knows_item(index_type item) const {
    return any_part(parts_, [&](const auto& model) { return model.knows_item(item); });
  }

  /// The number of the user's model, from 0 on. Throws std::invalid_argument for a user out of range, or if the rule
  /// returns a number without a model.
  std::size_t source(index_type user) const {
    detail::require_id(user, users(), "switching", "user");
    const auto number = static_cast<std::int64_t>(rule_(user));
    if (number < 0 || static_cast<std::size_t>(number) >= sizeof...(Models))
      detail::fail<std::invalid_argument>("switching: the rule must give the number of one of ", sizeof...(Models),
                                          " models, got ", number, " for user ", user);
    return static_cast<std::size_t>(number);
  }

  /// The score of the user's model; ids must be in range.
  scalar_type score(index_type user, index_type item) const {
    scalar_type result = 0;
    with_part(parts_, source(user), [&](const auto& model) { result = model.score(user, item); });
    return result;
  }
  /// Fills out[item] for all items, -infinity for those without evidence.
  void score_all(index_type user, std::span<scalar_type> out) const {
    with_part(parts_, source(user), [&](const auto& model) {
      if (model.items() != std::ssize(out))
        detail::fail<std::invalid_argument>("switching: a model must keep its number of items while it is part of ",
                                            "another, ", out.size(), ", got ", model.items());
      model.score_all(user, out);
    });
  }

 private:
  Rule rule_;
  std::tuple<part<Models>...> parts_;
};

/// The model that uses model number rule(user), from 0 on: switching([&](auto u) { return clicks_of(u) < 5; }, als,
/// popular), for true is 1. Refers to lvalues among the models, which must outlive it, and owns rvalues and the rule.
/// Throws std::invalid_argument for models of different users or items.
template <class Rule, class... Models>
auto switching(Rule rule, Models&&... models) {
  static_assert(sizeof...(Models) > 0, "akin: switching needs models");
  using index_type = typename std::remove_cvref_t<std::tuple_element_t<0, std::tuple<Models...>>>::index_type;
  static_assert(
      std::is_invocable_v<const Rule&, index_type> && std::is_integral_v<std::invoke_result_t<const Rule&, index_type>>,
      "akin: the rule of switching must give the number of a model, an integer, for a user's id");
  return switching_model<Rule, std::remove_cvref_t<Models>...>(std::move(rule),
                                                               std::tuple(part_of(std::forward<Models>(models))...));
}

}  // namespace akin::inline AKIN_ABI
