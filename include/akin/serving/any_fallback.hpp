/// @file
/// A chain of a list of models that is known at run time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/hybrid/fill_below.hpp>
#include <akin/io/parts.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The first model that scores an item answers, in a list of models that a setting or a file chooses: the same scores
/// and lists as fallback() of these models, to the bit; see there.
///   std::vector<akin::any_recommender<float>> models = {als, content, popular};
///   const akin::any_fallback<float> chain(models);
///
/// Models that cannot score a history or compare items are left out of recommend_for and similar_items, which throw
/// std::invalid_argument if none can. Refers to models that were lvalues, which must outlive it; copies share the
/// models. Complexity: a user costs as much as the models that are used, and virtual calls; later ones are skipped if
/// all items have scores. Deterministic as its models are; const members may be called from many threads if theirs may.
template <class Scalar = float, class Index = std::int32_t>
class any_fallback : public detail::combined_scores<any_fallback<Scalar, Index>, Scalar, Index, true> {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  using part_type = any_recommender<Scalar, Index>;
  static constexpr std::string_view kind = "any_fallback";

  /// The first of the models is asked first. Throws std::invalid_argument without a model, and for models of different
  /// users or items.
  explicit any_fallback(std::vector<part_type> parts) : parts_(std::move(parts)) {
    detail::require(!parts_.empty(), "any_fallback", "models must be at least one", parts_.size());
    for (const part_type& model : parts_) require_same_shape("any_fallback", parts_.front(), model);
  }

  /// The models, in the order of the constructor.
  const std::vector<part_type>& parts() const noexcept { return parts_; }

  bool is_fitted() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const part_type& model) { return model.is_fitted(); });
  }
  std::int64_t users() const { return parts_.front().users(); }
  std::int64_t items() const { return parts_.front().items(); }
  bool knows_user(Index user) const { return source(user).has_value(); }
  bool knows_item(Index item) const {
    return std::any_of(parts_.begin(), parts_.end(), [&](const part_type& model) { return model.knows_item(item); });
  }
  /// Whether an unknown visitor gets a list: if one of the models has one for everybody.
  bool answers_without_history() const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const part_type& model) { return model.answers_without_history(); });
  }

  /// Whether a model scores histories, compares items, explains its scores.
  bool scores_histories() const {
    return std::any_of(parts_.begin(), parts_.end(), [](const part_type& model) { return model.scores_histories(); });
  }
  bool compares_items() const {
    return std::any_of(parts_.begin(), parts_.end(), [](const part_type& model) { return model.compares_items(); });
  }
  bool explains() const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const part_type& model) { return model.explains() && model.scores_histories(); });
  }

  /// The number of the first model that knows the user, from 0 on; nullopt if none does.
  std::optional<std::size_t> source(Index user) const {
    for (std::size_t number = 0; number < parts_.size(); ++number)
      if (parts_[number].knows_user(user)) return number;
    return std::nullopt;
  }
  /// The number of the model that the user's score of the item comes from; nullopt without evidence. Costs as much as
  /// score_all. Throws std::invalid_argument for ids out of range.
  std::optional<std::size_t> source(Index user, Index item) const {
    detail::require_id(user, users(), "any_fallback::source", "user");
    detail::require_id(item, items(), "any_fallback::source", "item");
    return source_of(user, item);
  }

  /// Fills out[other] with the similarity of the item and each other, by the first model that has one and below by the
  /// next, as for scores; -infinity if none has one. Throws std::invalid_argument if no model compares items.
  void similarity_all(Index item, std::span<Scalar> out) const;

  /// See akin::explain: the contributions of the model that the history's score of the item comes from, on the scale of
  /// that model; 0 if no model scores the item. Throws std::invalid_argument with its kind if that model cannot
  /// explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<Scalar> out) const;

  void write_to(detail::model_writer& writer) const {
    writer.add_value("models", std::ssize(parts_));
    for (std::size_t number = 0; number < parts_.size(); ++number)
      detail::write_part(writer, part_name(number), parts_[number]);
  }
  /// The chain with its models, each read by read_model(reader).
  template <class ReadModel>
  static any_fallback read_from(const detail::model_reader& reader, const ReadModel& read_model) {
    // Each model has sections of its own: a number that is too large ends at the first that is missing.
    const auto count = reader.value<std::size_t>("models");
    std::vector<part_type> parts;
    for (std::size_t number = 0; number < count; ++number) parts.push_back(read_model(reader.scope(part_name(number))));
    return any_fallback(std::move(parts));
  }
  /// The same for models of akin, which akin/serving/all_models.hpp knows.
  template <class Model = any_recommender<Scalar, Index>>
  static any_fallback read_from(const detail::model_reader& reader) {
    return read_from(reader, [](const detail::model_reader& model) { return detail::read_model<Model>(model); });
  }

 private:
  /// Whether the model is asked for such requests: a user always, a history if it scores histories.
  template <class Request>
  static bool is_asked(const part_type& model) {
    return std::is_same_v<Request, Index> || model.scores_histories();
  }

  /// The number of the first model that scores the item for the request.
  template <class Request>
  std::optional<std::size_t> source_of(const Request& request, Index item) const;

  std::vector<part_type> parts_;
};

template <class Scalar, class Index>
template <class Request>
std::optional<std::size_t> any_fallback<Scalar, Index>::source_of(const Request& request, Index item) const {
  for (std::size_t number = 0; number < parts_.size(); ++number) {
    if (!is_asked<Request>(parts_[number])) continue;
    bool found = false;
    detail::for_each_scored(
        parts_[number], std::span<const Request>(&request, 1), items(),
        [&](std::size_t, std::span<const Scalar> scores) { found = detail::at(scores, item) > no_score<Scalar>; });
    if (found) return number;
  }
  return std::nullopt;
}

template <class Scalar, class Index>
template <class Request>
void any_fallback<Scalar, Index>::score_rows(std::span<const Request> requests, rows_view<Scalar> out) const {
  if constexpr (!std::is_same_v<Request, Index>)
    detail::require(scores_histories(), "any_fallback", "none of its models can score a history");
  std::fill_n(out.data, out.rows * out.cols, no_score<Scalar>);
  for (const part_type& model : parts_) {
    if (!is_asked<Request>(model)) continue;
    std::array<Request, detail::combined_users> open = {};
    std::array<std::size_t, detail::combined_users> rows = {};
    std::size_t count = 0;
    for (std::size_t row = 0; row < requests.size(); ++row)
      if (detail::can_fill<part_type>(model, detail::row_of(out, row))) {
        open[count] = requests[row];
        rows[count++] = row;
      }
    detail::for_each_scored(model, std::span<const Request>(open).first(count), out.cols,
                            [&](std::size_t position, std::span<const Scalar> scores) {
                              detail::fill_below(scores, detail::row_of(out, rows[position]));
                            });
  }
}

template <class Scalar, class Index>
void any_fallback<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const {
  detail::require(compares_items(), "any_fallback", "none of its models can compare items");
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  std::vector<Scalar> row(out.size());
  for (const part_type& model : parts_) {
    if (!model.compares_items() || !model.knows_item(item)) continue;
    model.similarity_all(item, std::span(row));
    detail::at(row, item) = no_score<Scalar>;
    detail::fill_below<Scalar>(row, out);
  }
}

template <class Scalar, class Index>
void any_fallback<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  detail::require(scores_histories(), "any_fallback", "none of its models can score a history");
  std::fill(out.begin(), out.end(), Scalar{0});
  const auto number = source_of(history, item);
  if (!number) return;
  const part_type& model = parts_[*number];
  if (!model.explains())
    detail::fail<std::invalid_argument>("any_fallback: the score of the item comes from ", model.kind(),
                                        ", which cannot explain it");
  model.contributions(history, item, out);
}

AKIN_COMPILE_ONCE(serving, class any_fallback<float>)
AKIN_COMPILE_ONCE(serving, class any_fallback<double>)

}  // namespace akin::inline AKIN_ABI
