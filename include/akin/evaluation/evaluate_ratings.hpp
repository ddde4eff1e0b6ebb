/// @file
/// Evaluates a model's predicted ratings.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/moments.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

namespace detail {

/// A model that predicts many ratings of a user faster than one by one.
template <class T>
concept row_predictor = rating_predictor<T> &&
    requires(const T& model, typename T::index_type user, slice<const typename T::index_type> items,
             std::span<typename T::scalar_type> out, typename T::prediction_scratch& scratch) {
  model.predict_row(user, items, out, scratch);
};

/// One worker's predictions of a user's ratings.
template <class Model>
class row_predictions {
 public:
  using index_type = typename Model::index_type;

  void predict(const Model& model, index_type user, slice<const index_type> items) {
    ratings_.resize(items.size);
    for (std::int64_t i = 0; i < items.size; ++i) ratings_[i] = static_cast<double>(model.predict(user, items[i]));
  }
  double operator[](std::int64_t i) const noexcept { return ratings_[i]; }

 private:
  numbers<double> ratings_;
};
template <row_predictor Model>
class row_predictions<Model> {
 public:
  using index_type = typename Model::index_type;

  void predict(const Model& model, index_type user, slice<const index_type> items) {
    ratings_.resize(items.size);
    model.predict_row(user, items, ratings_, scratch_);
  }
  double operator[](std::int64_t i) const noexcept { return static_cast<double>(ratings_[i]); }

 private:
  numbers<typename Model::scalar_type> ratings_;
  typename Model::prediction_scratch scratch_;
};

/// One user's ratings, predicted and given.
template <class Index>
struct rated_row {
  std::int64_t user = 0;
  slice<const Index> items;
  std::span<const double> predicted, actual;

  /// Checks the prediction x of item number i; throws unless it is finite.
  double checked(double x, const char* what, std::size_t i) const {
    if (!is_finite(x))
      fail<numeric_error>("evaluate_ratings: ", what, " must be finite, got ", x, " for user ", user, " and item ",
                          items[static_cast<std::int64_t>(i)]);
    return x;
  }
};

/// One worker's memory for rows.
template <class Model>
class rated_rows {
 public:
  using index_type = typename Model::index_type;

  template <class Scalar>
  rated_row<index_type> read(const Model& model, const csr_view<Scalar, index_type>& test, std::int64_t user) {
    const auto [items, ratings] = test.row(user);
    const auto size = static_cast<std::size_t>(items.size);
    predicted_.resize(size);
    actual_.resize(size);
    predictions_.predict(model, static_cast<index_type>(user), items);
    const rated_row<index_type> row{user, items, predicted_, actual_};
    for (std::size_t i = 0; i < size; ++i) {
      predicted_[i] = row.checked(predictions_[static_cast<std::int64_t>(i)], "a predicted rating", i);
      actual_[i] = static_cast<double>(ratings[static_cast<std::int64_t>(i)]);
    }
    return row;
  }

 private:
  row_predictions<Model> predictions_;
  std::vector<double> predicted_, actual_;
};

/// The accumulated moments of a metric's losses. If the metric does not report their mean, the standard error is that
/// of the mean times the slope (the delta method).
template <class Metric>
class rating_tally {
 public:
  explicit rating_tally(const Metric& metric) : metric_(&metric) {}
  template <class Index>
  void add(const rated_row<Index>& row) {
    for (std::size_t i = 0; i < row.predicted.size(); ++i)
      losses_.add(row.checked((*metric_)(row.predicted[i], row.actual[i]), "a metric", i));
  }
  void merge(const rating_tally& other) { losses_.merge(other.losses_); }
  [[nodiscard]] metric_result result() const {
    metric_result result = losses_.result();
    if constexpr (requires { metric_->value(result.mean), metric_->slope(result.mean); }) {
      result.standard_error *= metric_->slope(result.mean);
      result.mean = metric_->value(result.mean);
    }
    return result;
  }

 private:
  const Metric* metric_;
  moments losses_;
};

/// The metric's own state.
template <metrics::user_rating_metric Metric>
class rating_tally<Metric> {
 public:
  explicit rating_tally(const Metric& metric) : state_(metric.accumulate()) {}
  template <class Index>
  void add(const rated_row<Index>& row) {
    state_.add(row.predicted, row.actual);
  }
  void merge(const rating_tally& other) { state_.merge(other.state_); }
  [[nodiscard]] metric_result result() const { return {state_.value(), state_.standard_error(), state_.count()}; }

 private:
  std::remove_cvref_t<decltype(std::declval<const Metric&>().accumulate())> state_;
};

template <class... Tallies, std::size_t... Number>
void merge_tallies(std::tuple<Tallies...>& sum, const std::tuple<Tallies...>& block, std::index_sequence<Number...>) {
  (std::get<Number>(sum).merge(std::get<Number>(block)), ...);
}

}  // namespace detail

/// Predicts every stored rating of `test` (users x items, of the model's shape; a stored 0 is a rating of 0) and
/// averages the metrics over the ratings: a metric_result for each metric, in their order, for structured bindings,
/// and by name; `count` is the number of ratings, and all is 0 without any. For users and items that were not in the
/// training the model predicts what it can, such as mean and biases, and they count like all others. metrics::fcp
/// compares pairs of a user's ratings instead, and counts the pairs.
///
/// The standard error of a mean of losses treats ratings as independent, which those of one user are not: it is a lower
/// bound of the variation between test sets.
///
/// Any type that is callable on (predicted, actual) doubles is a metric; see akin/metrics/rating.hpp. Throws
/// not_fitted, std::invalid_argument if the shape is wrong or the matrix is malformed, numeric_error with user and item
/// if a prediction is NaN or infinite. O(ratings) predictions, by the model's predict_row(user, items, out, scratch) if
/// it has one; the same bits for any number of threads.
template <class Policy, class Model, class Test, class... Metrics>
metric_results<sizeof...(Metrics)> evaluate_ratings(const Policy& policy, const Model& model, const Test& test,
                                                    const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  static_assert(sizeof...(Metrics) > 0, "akin: evaluate_ratings needs at least one metric, such as metrics::rmse{}");
  static_assert(
      ((metrics::rating_metric<Metrics> || metrics::user_rating_metric<Metrics>)&&...),
      "akin: a metric of evaluate_ratings must be callable on two doubles, (predicted, actual), or of the form of "
      "metrics::fcp");
  static_assert(rating_predictor<Model>, "akin: evaluate_ratings needs a model that predicts ratings");
  static_assert(interaction_matrix<Test>,
                "akin: test must be a row-major sparse matrix (one row a user), as akin::sparse_matrix is");
  using scalar_type = detail::pointee<decltype(test.valuePtr())>;
  using index_type = typename Model::index_type;
  detail::require_fitted(model, "evaluate_ratings");
  const auto x = detail::checked_view<scalar_type, index_type>(policy, test, "evaluate_ratings: test");
  if (x.rows != model.users() || x.cols != model.items())
    detail::fail<std::invalid_argument>("evaluate_ratings: test must have the model's shape, ", model.users(),
                                        " users x ", model.items(), " items, got ", x.rows, " x ", x.cols);

  const std::tuple<detail::rating_tally<Metrics>...> nothing{detail::rating_tally<Metrics>(metrics)...};
  constexpr std::int64_t block_size = 64;
  detail::per_worker<detail::rated_rows<Model>> rows(
      detail::worker_count(policy, (x.rows + block_size - 1) / block_size));
  const auto add_block = [&](std::int64_t begin, std::int64_t end, int worker) {
    auto block = nothing;
    for (std::int64_t user = begin; user < end; ++user) {
      const auto row = rows[worker].read(model, x, user);
      std::apply([&](auto&... tally) { (tally.add(row), ...); }, block);
    }
    return block;
  };
  const auto all = detail::reduce_blocks(
      policy, x.rows, block_size, nothing, add_block,
      [](auto& sum, const auto& block) { detail::merge_tallies(sum, block, std::index_sequence_for<Metrics...>()); });
  return std::apply(
      [&](const auto&... tally) {
        return metric_results<sizeof...(Metrics)>{{tally.result()...}, detail::names_of(metrics...)};
      },
      all);
}

}  // namespace akin::inline AKIN_ABI
