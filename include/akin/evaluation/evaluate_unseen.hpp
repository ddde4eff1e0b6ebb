/// @file
/// Evaluates recommendations for users who were not in the training: strong generalisation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A history_scorer as a scorer whose user r is row r of `histories`.
template <class Model>
class unseen_scorer {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  static constexpr std::int64_t block_users = scored_at_once<Model, history_of<Model>>();

  unseen_scorer(const Model& model, const csr_view<scalar_type, index_type>& histories)
      : model_(model), histories_(histories) {}

  std::int64_t users() const noexcept { return histories_.rows; }
  std::int64_t items() const noexcept { return model_.items(); }
  bool knows_user(index_type row) const { return is_known(model_, history(row)); }
  bool knows_item(index_type item) const noexcept { return model_.knows_item(item); }
  scalar_type score(index_type row, index_type item) const {
    std::vector<scalar_type> scores(static_cast<std::size_t>(items()));
    score_all(row, scores);
    return at(scores, item);
  }
  void score_all(index_type row, std::span<scalar_type> out) const { akin::score_one(model_, history(row), out); }
  void score_block(std::span<const index_type> rows, const rows_view<scalar_type>& out) const
      requires(block_users > 1) {
    std::vector<history_of<Model>> block;
    for (const index_type row : rows) block.push_back(history(row));
    model_.score_block(std::span<const history_of<Model>>(block), out);
  }

 private:
  history_of<Model> history(index_type row) const { return histories_.row(row); }

  const Model& model_;
  csr_view<scalar_type, index_type> histories_;
};

}  // namespace detail

/// Ranks all items for each row of `known`, by the model's scores of that history without a refit (as recommend_for),
/// and averages the metrics over the rows with a relevant item in `held_out`. Rows are any users, in any number, and
/// the same in both; columns are the model's items. The rules are those of evaluate, with `known` in the place of
/// train: known items are neither recommended nor relevant, and an empty history gets the list of recommend_for; if
/// that is empty, it counts in `unknown_users`. split_unseen_users makes such data. Throws not_fitted,
/// std::invalid_argument, numeric_error as evaluate. Cost: that of recommend_for; the same bits for any number of
/// threads.
template <class Policy, class Model, class Known, class HeldOut, class... Metrics>
evaluation<sizeof...(Metrics)> evaluate_unseen(const Policy& policy, const Model& model, const Known& known,
                                               const HeldOut& held_out, const evaluation_options& options,
                                               const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  static_assert(history_scorer<Model>, "akin: evaluate_unseen needs a model that can score a history");
  constexpr std::string_view where = "evaluate_unseen";
  using index_type = typename Model::index_type;
  detail::require_fitted(model, where);
  const auto histories =
      detail::checked_view<typename Model::scalar_type, index_type>(policy, known, "evaluate_unseen: known");
  detail::require_columns(histories.cols, model.items(), where);
  if (held_out.rows() != known.rows() || held_out.cols() != known.cols())
    detail::fail<std::invalid_argument>(where, ": held_out must have the shape of known, ", histories.rows, " x ",
                                        histories.cols, ", got ", held_out.rows(), " x ", held_out.cols());
  // evaluate would call it test.
  static_cast<void>(
      detail::checked_view<typename Model::scalar_type, index_type>(policy, held_out, "evaluate_unseen: held_out"));
  const detail::unseen_scorer<Model> unseen(model, histories);
  return evaluate(policy, unseen, known, held_out, options, metrics...);
}

/// The same with the default options.
template <class Policy, class Model, class Known, class HeldOut, class... Metrics>
requires(!std::is_same_v<Metrics, evaluation_options> && ...) evaluation<sizeof...(Metrics)> evaluate_unseen(
    const Policy& policy, const Model& model, const Known& known, const HeldOut& held_out, const Metrics&... metrics) {
  return evaluate_unseen(policy, model, known, held_out, evaluation_options{}, metrics...);
}

}  // namespace akin::inline AKIN_ABI
