/// @file
/// Several models as one: weighted sums of their normalised scores.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/hybrid/normal_form.hpp>
#include <akin/matrix.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/similar_items.hpp>

namespace akin::inline AKIN_ABI {

/// A model and its weight in a blend.
template <class Model>
struct weighted_model {
  double weight;
  part<Model> model;
};

/// A model with its weight, for blend: refers to an lvalue, which must outlive the blend, and owns an rvalue.
template <class Model>
auto weighted(double weight, Model&& model) {
  return weighted_model<std::remove_cvref_t<Model>>{weight, part_of(std::forward<Model>(model))};
}

/// Scores an item for a user by
///   s_ui = sum over the models p that know the user of w_p n_p(i)
/// where n_p is the model's score, normalised over the items that it scores for this user. An item that a model does
/// not score counts as its worst item (see normalization); an item that no model scores is left out. A model of weight
/// 0 is ignored.
///
/// Made by blend(). Complexity: a user costs what the models cost, and O(items) for each of them, O(items log items)
/// with `rank`. Deterministic if its models are. Const members may be called from many threads if those of its models
/// may.
template <class... Models>
class blended_model
    : public detail::combined_scores<
          blended_model<Models...>, typename std::tuple_element_t<0, std::tuple<Models...>>::scalar_type,
          typename std::tuple_element_t<0, std::tuple<Models...>>::index_type, (history_scorer<Models> && ...)> {
  using first_type = std::tuple_element_t<0, std::tuple<Models...>>;

 public:
  using scalar_type = typename first_type::scalar_type;
  using index_type = typename first_type::index_type;
  static constexpr std::string_view kind = "blend";

  /// See blend().
  blended_model(akin::normalization how, const std::array<double, sizeof...(Models)>& weights,
                std::tuple<part<Models>...> parts)
      : normalization_(how), weights_(weights), parts_(std::move(parts)) {
    assert_parts<Models...>();
    bool any = false;
    for (const double weight : weights) {
      const auto as_scalar = static_cast<scalar_type>(weight);
      detail::require(weight >= 0 && detail::is_finite(as_scalar), "blend", "weights must be finite and not negative",
                      weight);
      any |= as_scalar > 0;
    }
    detail::require(any, "blend", "a weight must be positive, got 0 for all");
    require_same_shape("blend", parts_);
  }

  akin::normalization normalization() const noexcept { return normalization_; }
  const std::array<double, sizeof...(Models)>& weights() const noexcept { return weights_; }
  /// The model with this number, from 0 on.
  template <std::size_t Number>
  const auto& model() const noexcept {
    return *std::get<Number>(parts_);
  }

  bool is_fitted() const { return are_fitted(parts_); }
  std::int64_t users() const { return std::get<0>(parts_)->users(); }
  std::int64_t items() const { return std::get<0>(parts_)->items(); }
  /// Whether a model with a weight knows the user.
  bool knows_user(index_type user) const {
    return any_asked([&](const auto& model) { return model.knows_user(user); });
  }
  bool knows_item(index_type item) const {
    return any_asked([&](const auto& model) { return model.knows_item(item); });
  }

  /// Whether a model with a weight has a list for an unknown visitor.
  bool answers_without_history() const {
    return any_asked([](const auto& model) { return akin::answers_without_history(model); });
  }

  /// The contribution of each model to the score of the user and the item: their sum is the score, up to rounding. All
  /// are 0 without evidence; a model that scores other items but not this one adds the value of its worst item. Throws
  /// std::invalid_argument for ids out of range. Costs as much as score_all.
  std::array<scalar_type, sizeof...(Models)> shares(index_type user, index_type item) const {
    detail::require_id(user, users(), "blend::shares", "user");
    detail::require_id(item, items(), "blend::shares", "item");
    std::array<scalar_type, sizeof...(Models)> result = {};
    bool is_scored = false;
    for_each_normal(std::span<const index_type>(&user, 1),
                    [&](std::size_t number, std::size_t, std::span<const scalar_type> row, scalar_type unscored) {
                      const scalar_type score = detail::at(row, item);
                      const bool has = score > no_score<scalar_type>;
                      is_scored |= has;
                      result[number] = weight_of(number) * (has ? score : unscored);
                    });
    if (!is_scored) result = {};
    return result;
  }

  /// Fills out[other] with the weighted sum of the models' similarities of the item to each other, normalised as scores
  /// are; -infinity if no model has one.
  void similarity_all(index_type item, std::span<scalar_type> out) const requires(item_similarity<Models>&&...) {
    detail::numbers<scalar_type> row(std::ssize(out));
    detail::numbers<std::uint8_t> known(std::ssize(out));
    std::fill(out.begin(), out.end(), scalar_type{0});
    for_each_part(parts_, [&](std::size_t number, const auto& model) {
      if (!(weight_of(number) > 0) || !model.knows_item(item)) return;
      model.similarity_all(item, std::span(row));
      row[item] = no_score<scalar_type>;  // would be by far the best
      const scalar_type unscored = detail::normalize(normalization_, std::span(row));
      detail::add_weighted<scalar_type>(weight_of(number), row, unscored, out, known);
    });
    detail::drop_unknown<scalar_type>(known, out);
  }

  /// See akin::explain: the sum of the models' contributions, each times its weight and the slope of its normalisation.
  /// They sum to the score up to the constants of the normalisations, which are the same for all items. Throws
  /// std::invalid_argument if ranks are blended, which cannot be split over a history.
  void contributions(const row_view<scalar_type, index_type>& history, index_type item,
                     std::span<scalar_type> out) const requires((history_scorer<Models> && explainable<Models>)&&...) {
    detail::require(normalization_ != akin::normalization::rank, "blend::contributions",
                    "ranks cannot be split over the items of a history");
    detail::numbers<scalar_type> row(items()), mine(std::ssize(out));
    std::fill(out.begin(), out.end(), scalar_type{0});
    if (history.empty()) return;
    for_each_part(parts_, [&](std::size_t number, const auto& model) {
      if (!(weight_of(number) > 0)) return;
      model.score_history(history, std::span(row));
      if (!(row[item] > no_score<scalar_type>)) return;
      const double slope = weights_[number] * detail::form_of<scalar_type>(normalization_, row).factor;
      model.contributions(history, item, std::span(mine));
      for (std::int64_t i = 0; i < mine.size(); ++i)
        detail::at(out, i) += static_cast<scalar_type>(slope * static_cast<double>(mine[i]));
    });
  }

  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<scalar_type> out) const {
    std::fill_n(out.data, out.rows * out.cols, scalar_type{0});
    detail::numbers<std::uint8_t> known(out.rows * out.cols);
    const auto known_row = [&](std::size_t row) {
      return detail::row_of(rows_view<std::uint8_t>{known.data(), out.rows, out.cols}, row);
    };
    for_each_normal(requests, [&](std::size_t number, std::size_t row, std::span<const scalar_type> scores,
                                  scalar_type unscored) {
      detail::add_weighted<scalar_type>(weight_of(number), scores, unscored, detail::row_of(out, row), known_row(row));
    });
    for (std::size_t row = 0; row < requests.size(); ++row)
      detail::drop_unknown<scalar_type>(known_row(row), detail::row_of(out, row));
  }

  void write_to(detail::model_writer& writer) const requires(detail::writable<Models>&&...) {
    writer.add_value("normalization", normalization_);
    writer.add_copy("weights", weights_.data(), std::ssize(weights_));
    write_parts(writer, parts_);
  }
  /// The blend with its models, which it owns.
  static blended_model read_from(const detail::model_reader& reader) requires(detail::storable<Models>&&...) {
    std::array<double, sizeof...(Models)> weights;
    const auto stored = reader.array<double>("weights", static_cast<std::int64_t>(weights.size()), 1);
    std::copy_n(stored.data, weights.size(), weights.begin());
    const auto how = reader.value("normalization", akin::normalization::none, akin::normalization::rank);
    return {how, weights, read_parts<Models...>(reader)};
  }

 private:
  scalar_type weight_of(std::size_t number) const noexcept { return static_cast<scalar_type>(weights_[number]); }

  template <class Predicate>
  bool any_asked(const Predicate& predicate) const {
    std::size_t number = 0;
    return any_part(parts_, [&](const auto& model) { return weight_of(number++) > 0 && predicate(model); });
  }

  /// Calls body(number of the model, position, normalised scores, value of an item without a score) for each model and
  /// each request that it knows.
  template <class Request, class Body>
  void for_each_normal(std::span<const Request> requests, const Body& body) const {
    const std::int64_t all_items = items();
    for_each_part(parts_, [&](std::size_t number, const auto& model) {
      if (!(weight_of(number) > 0)) return;
      detail::for_each_scored(model, requests, all_items, [&](std::size_t position, std::span<scalar_type> scores) {
        const scalar_type unscored = detail::normalize(normalization_, scores);
        body(number, position, std::span<const scalar_type>(scores), unscored);
      });
    });
  }

  akin::normalization normalization_;
  std::array<double, sizeof...(Models)> weights_;
  std::tuple<part<Models>...> parts_;
};

/// One model of several: blend(normalization::z_score, weighted(0.7, als), weighted(0.3, knn)). Throws
/// std::invalid_argument for weights that are negative, not finite or all 0, and for models of different users or
/// items.
template <class... Models>
auto blend(normalization how, const weighted_model<Models>&... parts) {
  static_assert(sizeof...(Models) > 0, "akin: blend needs at least one model, such as akin::weighted(1.0, model)");
  if constexpr (sizeof...(Models) > 0)
    return blended_model<Models...>(how, {parts.weight...}, std::tuple(parts.model...));
}

}  // namespace akin::inline AKIN_ABI
