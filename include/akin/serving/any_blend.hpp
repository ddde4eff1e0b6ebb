/// @file
/// A blend of a list of models that is known at run time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/hybrid/normal_form.hpp>
#include <akin/io/parts.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A model of any type and its weight in an any_blend.
template <class Scalar = float, class Index = std::int32_t>
struct weighted_recommender {
  double weight;
  any_recommender<Scalar, Index> model;
};

/// The weighted sum of normalised scores of a list of models that a setting or a file chooses: the same scores and
/// lists as blend() of these models, to the bit.
///   std::vector<akin::weighted_recommender<float>> parts = {{0.7, als}, {0.3, knn}};
///   const akin::any_blend<float> mixed(akin::normalization::z_score, parts);
///
/// It scores histories if all models with a weight do, else throws with the kind of the one that does not.
/// similar_items and explain leave out models that cannot answer, and throw std::invalid_argument if none can.
///
/// Refers to models that were lvalues, which must outlive it; copies share the models. Complexity: a user costs what
/// the models cost, O(items) for each, O(items log items) with `rank`, and a virtual call for a block of users; a model
/// of weight 0 is kept and never asked. Deterministic if its models are. Const members may be called from many threads
/// if those of its models may.
template <class Scalar = float, class Index = std::int32_t>
class any_blend : public detail::combined_scores<any_blend<Scalar, Index>, Scalar, Index, true> {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  using part_type = weighted_recommender<Scalar, Index>;
  static constexpr std::string_view kind = "any_blend";

  /// Throws std::invalid_argument without a model, for weights that are negative, not finite or all 0, and for models
  /// of different users or items.
  any_blend(akin::normalization how, std::vector<part_type> parts);

  akin::normalization normalization() const noexcept { return normalization_; }
  /// The models and their weights, in the order of the constructor.
  const std::vector<part_type>& parts() const noexcept { return parts_; }

  bool is_fitted() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const part_type& part) { return part.model.is_fitted(); });
  }
  std::int64_t users() const { return parts_.front().model.users(); }
  std::int64_t items() const { return parts_.front().model.items(); }
  /// Whether a model with a weight knows the user.
  bool knows_user(Index user) const {
    return any_asked([&](const auto& model) { return model.knows_user(user); });
  }
  bool knows_item(Index item) const {
    return any_asked([&](const auto& model) { return model.knows_item(item); });
  }
  /// Whether a model with a weight has a list for an unknown visitor.
  bool answers_without_history() const {
    return any_asked([](const auto& model) { return model.answers_without_history(); });
  }

  /// Whether all models with a weight score histories.
  bool scores_histories() const {
    return !any_asked([](const auto& model) { return !model.scores_histories(); });
  }
  /// Whether a model with a weight compares items.
  bool compares_items() const {
    return any_asked([](const auto& model) { return model.compares_items(); });
  }
  /// Whether a model with a weight explains its scores of histories, which are not blended by their ranks.
  bool explains() const {
    return normalization_ != akin::normalization::rank && any_asked([](const auto& model) { return can_share(model); });
  }

  /// The contribution of each model to the score of the user and the item, in their order: they sum to the score, up to
  /// rounding. All are 0 without evidence; a model that scores other items but not this one adds the value of its worst
  /// item. Throws std::invalid_argument for ids out of range. Costs as much as score_all.
  std::vector<Scalar> shares(Index user, Index item) const;

  /// Fills out[other] with the weighted sum of the similarities of the item to each other by the models that compare
  /// items, normalised as scores are; -infinity if none has one. Throws std::invalid_argument if no model compares
  /// items.
  void similarity_all(Index item, std::span<Scalar> out) const;

  /// See akin::explain: the sum of the contributions of the models that explain, each times its weight and the slope of
  /// its normalisation for this history. What a normalisation subtracts is the same for all items and belongs to none;
  /// models that cannot explain are left out. So the contributions sum to the score only up to a constant of the
  /// history, and only if all models explain. Throws std::invalid_argument if no model explains, and if ranks are
  /// blended, which are not linear and cannot be split.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  /// The blend with its models, each read by read_model(reader).
  template <class ReadModel>
  static any_blend read_from(const detail::model_reader& reader, const ReadModel& read_model);
  /// The same for models of akin, which akin/serving/all_models.hpp knows.
  template <class Model = any_recommender<Scalar, Index>>
  static any_blend read_from(const detail::model_reader& reader) {
    return read_from(reader, [](const detail::model_reader& model) { return detail::read_model<Model>(model); });
  }

 private:
  static Scalar weight_of(const part_type& part) noexcept { return static_cast<Scalar>(part.weight); }
  /// Whether its share of an explanation is defined: the slope is that of its scores of the history.
  static bool can_share(const any_recommender<Scalar, Index>& model) {
    return model.explains() && model.scores_histories();
  }

  template <class Predicate>
  bool any_asked(const Predicate& predicate) const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [&](const part_type& part) { return weight_of(part) > 0 && predicate(part.model); });
  }

  /// Calls body(number of the model, position, normalised scores, value of an item without a score) for each model and
  /// each request that it knows.
  template <class Request, class Body>
  void for_each_normal(std::span<const Request> requests, const Body& body) const;

  akin::normalization normalization_;
  std::vector<part_type> parts_;
};

template <class Scalar, class Index>
any_blend<Scalar, Index>::any_blend(akin::normalization how, std::vector<part_type> parts)
    : normalization_(how), parts_(std::move(parts)) {
  detail::require(!parts_.empty(), "any_blend", "models must be at least one", parts_.size());
  bool any = false;
  for (const part_type& part : parts_) {
    const Scalar weight = weight_of(part);
    detail::require(part.weight >= 0 && detail::is_finite(weight), "any_blend",
                    "weights must be finite and not negative", part.weight);
    any |= weight > 0;
    require_same_shape("any_blend", parts_.front().model, part.model);
  }
  detail::require(any, "any_blend", "a weight must be positive, got 0 for all");
}

template <class Scalar, class Index>
template <class Request, class Body>
void any_blend<Scalar, Index>::for_each_normal(std::span<const Request> requests, const Body& body) const {
  const std::int64_t all_items = items();
  for (std::size_t number = 0; number < parts_.size(); ++number) {
    if (!(weight_of(parts_[number]) > 0)) continue;
    detail::for_each_scored(parts_[number].model, requests, all_items,
                            [&](std::size_t position, std::span<Scalar> scores) {
                              const Scalar unscored = detail::normalize(normalization_, scores);
                              body(number, position, std::span<const Scalar>(scores), unscored);
                            });
  }
}

template <class Scalar, class Index>
template <class Request>
void any_blend<Scalar, Index>::score_rows(std::span<const Request> requests, rows_view<Scalar> out) const {
  std::fill_n(out.data, out.rows * out.cols, Scalar{0});
  detail::numbers<std::uint8_t> known(out.rows * out.cols);
  const auto known_row = [&](std::size_t row) {
    return detail::row_of(rows_view<std::uint8_t>{known.data(), out.rows, out.cols}, row);
  };
  for_each_normal(requests, [&](std::size_t number, std::size_t row, std::span<const Scalar> scores, Scalar unscored) {
    detail::add_weighted<Scalar>(weight_of(parts_[number]), scores, unscored, detail::row_of(out, row), known_row(row));
  });
  for (std::size_t row = 0; row < requests.size(); ++row)
    detail::drop_unknown<Scalar>(known_row(row), detail::row_of(out, row));
}

template <class Scalar, class Index>
std::vector<Scalar> any_blend<Scalar, Index>::shares(Index user, Index item) const {
  detail::require_id(user, users(), "any_blend::shares", "user");
  detail::require_id(item, items(), "any_blend::shares", "item");
  std::vector<Scalar> result(parts_.size());
  bool is_scored = false;
  for_each_normal(std::span<const Index>(&user, 1),
                  [&](std::size_t number, std::size_t, std::span<const Scalar> row, Scalar unscored) {
                    const Scalar score = detail::at(row, item);
                    const bool has = score > no_score<Scalar>;
                    is_scored |= has;
                    result[number] = weight_of(parts_[number]) * (has ? score : unscored);
                  });
  if (!is_scored) std::fill(result.begin(), result.end(), Scalar{0});
  return result;
}

template <class Scalar, class Index>
void any_blend<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const {
  detail::require(compares_items(), "any_blend", "none of its models can compare items");
  detail::numbers<Scalar> row(std::ssize(out));
  detail::numbers<std::uint8_t> known(std::ssize(out));
  std::fill(out.begin(), out.end(), Scalar{0});
  for (const part_type& part : parts_) {
    if (!(weight_of(part) > 0) || !part.model.compares_items() || !part.model.knows_item(item)) continue;
    part.model.similarity_all(item, std::span(row));
    row[item] = no_score<Scalar>;  // would be by far the best
    const Scalar unscored = detail::normalize(normalization_, std::span(row));
    detail::add_weighted<Scalar>(weight_of(part), row, unscored, out, known);
  }
  detail::drop_unknown<Scalar>(known, out);
}

template <class Scalar, class Index>
void any_blend<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                             std::span<Scalar> out) const {
  detail::require(normalization_ != akin::normalization::rank, "any_blend::contributions",
                  "ranks cannot be split over the items of a history");
  detail::require(explains(), "any_blend", "none of its models can explain a score");
  detail::numbers<Scalar> row(items()), mine(std::ssize(out));
  std::fill(out.begin(), out.end(), Scalar{0});
  if (history.empty()) return;
  for (const part_type& part : parts_) {
    if (!(weight_of(part) > 0) || !can_share(part.model)) continue;
    part.model.score_history(history, std::span(row));
    if (!(row[item] > no_score<Scalar>)) continue;
    const double slope = part.weight * detail::form_of<Scalar>(normalization_, row).factor;
    part.model.contributions(history, item, std::span(mine));
    for (std::int64_t i = 0; i < mine.size(); ++i)
      detail::at(out, i) += static_cast<Scalar>(slope * static_cast<double>(mine[i]));
  }
}

template <class Scalar, class Index>
void any_blend<Scalar, Index>::write_to(detail::model_writer& writer) const {
  std::vector<double> weights;
  for (const part_type& part : parts_) weights.push_back(part.weight);
  writer.add_value("normalization", normalization_);
  writer.add_copy("weights", weights.data(), std::ssize(weights));
  for (std::size_t number = 0; number < parts_.size(); ++number)
    detail::write_part(writer, part_name(number), parts_[number].model);
}

template <class Scalar, class Index>
template <class ReadModel>
any_blend<Scalar, Index> any_blend<Scalar, Index>::read_from(const detail::model_reader& reader,
                                                             const ReadModel& read_model) {
  const auto weights = reader.array<double>("weights", detail::model_reader::any, 1);
  std::vector<part_type> parts;
  for (std::int64_t i = 0; i < weights.rows; ++i)
    parts.push_back({weights.data[i], read_model(reader.scope(part_name(static_cast<std::size_t>(i))))});
  return {reader.value("normalization", akin::normalization::none, akin::normalization::rank), std::move(parts)};
}

AKIN_COMPILE_ONCE(serving, class any_blend<float>)
AKIN_COMPILE_ONCE(serving, class any_blend<double>)

}  // namespace akin::inline AKIN_ABI
