/// @file
/// Predicted ratings that stay within the range of the ratings.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The lowest and the highest rating that users give: {1, 5}.
struct rating_range {
  double lowest, highest;

  friend bool operator==(const rating_range&, const rating_range&) = default;
};

/// The least and the largest stored value of a matrix of ratings. Throws std::invalid_argument without ratings and for
/// values that are not finite. O(ratings).
template <interaction_matrix Matrix>
rating_range range_of(const Matrix& ratings) {
  const auto view = detail::view_of(ratings, "range_of");
  detail::require(view.nonzeros() > 0, "range_of", "ratings must have a value, got none");
  rating_range range{static_cast<double>(view.values[0]), static_cast<double>(view.values[0])};
  for (std::int64_t i = 0; i < view.nonzeros(); ++i) {
    const auto rating = static_cast<double>(view.values[i]);
    detail::require(detail::is_finite(rating), "range_of", "ratings must be finite", rating);
    range = {std::min(range.lowest, rating), std::max(range.highest, rating)};
  }
  return range;
}

namespace detail {

/// The memory of a model that predicts rows.
template <class Model>
struct clipped_scratch {};
template <class Model>
requires requires { typename Model::prediction_scratch; }
struct clipped_scratch<Model> {
  using prediction_scratch = typename Model::prediction_scratch;
};

}  // namespace detail

/// A model whose predicted ratings are cut to a range. `predict`, which evaluate_ratings measures, is cut; scores, and
/// with them all lists, similar items and reasons, are those of the model, so that items whose predictions are cut to
/// the same rating keep their order. Can do what its model can.
///
/// Made by clipped(). Costs a comparison for each prediction. Deterministic as its model is; const members may be
/// called from many threads if those of its model may.
template <class Model>
class clipped_model : public detail::clipped_scratch<Model> {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  static constexpr std::string_view kind = "clipped";

  /// See clipped().
  clipped_model(part<Model> model, const rating_range& range) : model_(std::move(model)), range_(range) {
    const auto are_finite = detail::is_finite(range.lowest) && detail::is_finite(range.highest);
    if (!are_finite || !(range.lowest <= range.highest))
      detail::fail<std::invalid_argument>("clipped: range must be finite and ascend, got ", range.lowest, " to ",
                                          range.highest);
  }

  const Model& model() const noexcept { return *model_; }
  const rating_range& range() const noexcept { return range_; }

  bool is_fitted() const { return detail::is_fitted(*model_); }
  std::int64_t users() const { return model_->users(); }
  std::int64_t items() const { return model_->items(); }
  bool knows_user(index_type user) const { return model_->knows_user(user); }
  bool knows_item(index_type item) const { return model_->knows_item(item); }
  bool answers_without_history() const { return akin::answers_without_history(*model_); }

  /// The predicted rating, within the range; ids must be in range.
  scalar_type predict(index_type user, index_type item) const { return cut(model_->predict(user, item)); }
  /// The same for many items of a user, if the model has it: see evaluate_ratings.
  template <class Scratch>
  void predict_row(index_type user, slice<const index_type> row, std::span<scalar_type> out,
                   Scratch& scratch) const requires requires(const Model& model) {
    model.predict_row(user, row, out, scratch);
  }
  {
    model_->predict_row(user, row, out, scratch);
    for (scalar_type& rating : out) rating = cut(rating);
  }

  /// The model's own, which may be beyond the range.
  scalar_type score(index_type user, index_type item) const { return model_->score(user, item); }
  void score_all(index_type user, std::span<scalar_type> out) const
      noexcept(noexcept(std::declval<const Model&>().score_all(user, out))) {
    model_->score_all(user, out);
  }
  void score_history(const row_view<scalar_type, index_type>& history,
                     std::span<scalar_type> out) const requires history_scorer<Model> {
    model_->score_history(history, out);
  }
  void similarity_all(index_type item, std::span<scalar_type> out) const requires item_similarity<Model> {
    model_->similarity_all(item, out);
  }
  void contributions(const row_view<scalar_type, index_type>& history, index_type item,
                     std::span<scalar_type> out) const requires explainable<Model> {
    model_->contributions(history, item, out);
  }
  inner_products<scalar_type> as_inner_products() const requires requires(const Model& model) {
    model.as_inner_products();
  }
  { return model_->as_inner_products(); }

  void write_to(detail::model_writer& writer) const requires detail::writable<Model> {
    writer.add_value("lowest", range_.lowest);
    writer.add_value("highest", range_.highest);
    detail::write_part(writer, part_name(0), *model_);
  }
  /// The same with its model, which it owns.
  static clipped_model read_from(const detail::model_reader& reader) requires detail::storable<Model> {
    return {part<Model>(detail::read_part<Model>(reader, part_name(0))),
            {reader.value<double>("lowest"), reader.value<double>("highest")}};
  }

 private:
  scalar_type cut(scalar_type rating) const noexcept {
    return std::clamp(rating, static_cast<scalar_type>(range_.lowest), static_cast<scalar_type>(range_.highest));
  }

  part<Model> model_;
  rating_range range_;
};

/// The model with predictions within the range: clipped(model, range_of(train)), or clipped(model, {1, 5}). Refers to
/// an lvalue, which must outlive it, and owns an rvalue. Throws std::invalid_argument for a range that is not finite or
/// does not ascend.
template <class Model>
auto clipped(Model&& model, const rating_range& range) {
  using model_type = std::remove_cvref_t<Model>;
  static_assert(rating_predictor<model_type>, "akin: clipped needs a model that predicts ratings");
  return clipped_model<model_type>(part_of(std::forward<Model>(model)), range);
}

}  // namespace akin::inline AKIN_ABI
