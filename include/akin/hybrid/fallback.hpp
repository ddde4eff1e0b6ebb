/// @file
/// A chain of models: the first one that knows the user or the item answers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/hybrid/fill_below.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

namespace akin::inline AKIN_ABI {

/// Scores a user's items by the first model that scores any; items that it does not score are below all of these, by
/// the next model that scores them, and so on. So a list is short only if the last model has no more items, and with
/// popularity at the end every user gets a full list.
///
/// Models have different scales. The first answer keeps its scores; those of the next models are mapped, linearly and
/// in their order, below all earlier scores: onto [lowest - width, lowest - width / 2] with width = max(1, |lowest|).
/// Scores of a list descend, but only those of one source are comparable. A `minimum_score` of a query is on the scale
/// of the first model that answers.
///
/// Models that cannot score a history or compare items are left out of recommend_for and similar_items.
///
/// Made by fallback(). Complexity: a user costs as much as the models that are used; later ones are skipped if all
/// items have scores. Deterministic as its models are; const members may be called from many threads if theirs may.
template <class... Models>
class fallback_model
    : public detail::combined_scores<
          fallback_model<Models...>, typename std::tuple_element_t<0, std::tuple<Models...>>::scalar_type,
          typename std::tuple_element_t<0, std::tuple<Models...>>::index_type, (history_scorer<Models> || ...)> {
  using first_type = std::tuple_element_t<0, std::tuple<Models...>>;

 public:
  using scalar_type = typename first_type::scalar_type;
  using index_type = typename first_type::index_type;
  static constexpr std::string_view kind = "fallback";

  /// See fallback().
  explicit fallback_model(std::tuple<part<Models>...> parts) : parts_(std::move(parts)) {
    assert_parts<Models...>();
    require_same_shape("fallback", parts_);
  }

  /// The model with this number, from 0 on.
  template <std::size_t Number>
  const auto& model() const noexcept {
    return *std::get<Number>(parts_);
  }

  bool is_fitted() const { return are_fitted(parts_); }
  std::int64_t users() const { return std::get<0>(parts_)->users(); }
  std::int64_t items() const { return std::get<0>(parts_)->items(); }
  bool knows_user(index_type user) const { return source(user).has_value(); }
  bool knows_item(index_type item) const {
    return any_part(parts_, [&](const auto& model) { return model.knows_item(item); });
  }

  /// Whether an unknown visitor gets a list: if one of the models has one for everybody.
  bool answers_without_history() const {
    return any_part(parts_, [](const auto& model) { return akin::answers_without_history(model); });
  }

  /// The number of the first model that knows the user, from 0 on; nullopt if none does.
  std::optional<std::size_t> source(index_type user) const {
    return first_part(parts_, [&](const auto& model) { return model.knows_user(user); });
  }
  /// The number of the model that the user's score of the item comes from; nullopt without evidence. Costs as much as
  /// score_all. Throws std::invalid_argument for ids out of range.
  std::optional<std::size_t> source(index_type user, index_type item) const {
    detail::require_id(user, users(), "fallback::source", "user");
    detail::require_id(item, items(), "fallback::source", "item");
    std::optional<std::size_t> found;
    for_each_part(parts_, [&](std::size_t number, const auto& model) {
      if (found) return;
      detail::for_each_scored(model, std::span<const index_type>(&user, 1), items(),
                              [&](std::size_t, std::span<const scalar_type> scores) {
                                if (detail::at(scores, item) > no_score<scalar_type>) found = number;
                              });
    });
    return found;
  }

  /// Fills out[other] with the similarity of the item and each other, by the first model that has one and below by the
  /// next, as for scores; -infinity if none has one.
  void similarity_all(index_type item, std::span<scalar_type> out) const requires(item_similarity<Models> || ...) {
    std::fill(out.begin(), out.end(), no_score<scalar_type>);
    std::vector<scalar_type> row(out.size());
    for_each_part(parts_, [&](std::size_t, const auto& model) {
      if constexpr (item_similarity<std::decay_t<decltype(model)>>) {
        if (!model.knows_item(item)) return;
        model.similarity_all(item, std::span(row));
        detail::at(row, item) = no_score<scalar_type>;
        detail::fill_below<scalar_type>(row, out);
      }
    });
  }

  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<scalar_type> out) const {
    std::fill_n(out.data, out.rows * out.cols, no_score<scalar_type>);
    for_each_part(parts_, [&](std::size_t, const auto& model) {
      using model_type = std::decay_t<decltype(model)>;
      if constexpr (std::is_same_v<Request, index_type> || history_scorer<model_type>) {
        std::array<Request, detail::combined_users> open = {};
        std::array<std::size_t, detail::combined_users> rows = {};
        std::size_t count = 0;
        for (std::size_t row = 0; row < requests.size(); ++row)
          if (detail::can_fill<model_type>(model, detail::row_of(out, row))) {
            open[count] = requests[row];
            rows[count++] = row;
          }
        detail::for_each_scored(model, std::span<const Request>(open).first(count), out.cols,
                                [&](std::size_t position, std::span<const scalar_type> scores) {
                                  detail::fill_below(scores, detail::row_of(out, rows[position]));
                                });
      }
    });
  }

  void write_to(detail::model_writer& writer) const requires(detail::writable<Models>&&...) {
    write_parts(writer, parts_);
  }
  /// The chain with its models, which it owns.
  static fallback_model read_from(const detail::model_reader& reader) requires(detail::storable<Models>&&...) {
    return fallback_model(read_parts<Models...>(reader));
  }

 private:
  std::tuple<part<Models>...> parts_;
};

/// The chain of these models, of which the first is asked first: fallback(als, content, popular). Refers to lvalues,
/// which must outlive it, and owns rvalues. Throws std::invalid_argument for models of different users or items.
template <class First, class... Rest>
auto fallback(First&& first, Rest&&... rest) {
  return fallback_model<std::remove_cvref_t<First>, std::remove_cvref_t<Rest>...>(
      std::tuple(part_of(std::forward<First>(first)), part_of(std::forward<Rest>(rest))...));
}

}  // namespace akin::inline AKIN_ABI
