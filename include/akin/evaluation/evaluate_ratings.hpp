/// @file
/// How near a model's predicted ratings are to those that users gave.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/moments.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A model that predicts the rating that a user gives to an item.
template <class T>
concept rating_predictor = requires(const T& model, typename T::index_type id) {
  { model.users() } -> std::convertible_to<std::int64_t>;
  { model.items() } -> std::convertible_to<std::int64_t>;
  { model.predict(id, id) } -> std::convertible_to<double>;
};

namespace detail {

/// A model that predicts many ratings of a user faster than one after the other.
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
    ratings_.resize(static_cast<std::size_t>(items.size));
    for (std::size_t i = 0; i < ratings_.size(); ++i)
      ratings_[i] = static_cast<double>(model.predict(user, items[static_cast<std::int64_t>(i)]));
  }
  double operator[](std::int64_t i) const noexcept { return ratings_[static_cast<std::size_t>(i)]; }

 private:
  std::vector<double> ratings_;
};
template <row_predictor Model>
class row_predictions<Model> {
 public:
  using index_type = typename Model::index_type;

  void predict(const Model& model, index_type user, slice<const index_type> items) {
    ratings_.resize(static_cast<std::size_t>(items.size));
    model.predict_row(user, items, ratings_, scratch_);
  }
  double operator[](std::int64_t i) const noexcept {
    return static_cast<double>(ratings_[static_cast<std::size_t>(i)]);
  }

 private:
  std::vector<typename Model::scalar_type> ratings_;
  typename Model::prediction_scratch scratch_;
};

/// Adds the losses of a user's ratings to the moments, one for each metric.
template <class Model, class Scalar, class Metrics, std::size_t Count, std::size_t... Number>
void add_losses(const Model& model, const csr_view<Scalar, typename Model::index_type>& test, std::int64_t user,
                const Metrics& metrics, row_predictions<Model>& predictions, std::array<moments, Count>& losses,
                std::index_sequence<Number...>) {
  const auto items = test.row_columns(user);
  const auto ratings = test.row_values(user);
  const auto checked = [&](double x, const char* what, std::int64_t i) {
    if (!is_finite(x))
      fail<numeric_error>("evaluate_ratings: ", what, " must be finite, got ", x, " for user ", user, " and item ",
                          items[i]);
    return x;
  };
  predictions.predict(model, static_cast<typename Model::index_type>(user), items);
  for (std::int64_t i = 0; i < items.size; ++i) {
    const double predicted = checked(predictions[i], "a predicted rating", i);
    const auto actual = static_cast<double>(ratings[i]);
    (losses[Number].add(checked(std::get<Number>(metrics)(predicted, actual), "a metric", i)), ...);
  }
}

/// What the metric reports of its losses. Where that is not their mean, the standard error is that of the mean times
/// the slope (the delta method).
template <class Metric>
metric_result rating_result(const Metric& metric, const moments& losses) {
  metric_result result = losses.result();
  if constexpr (requires { metric.value(result.mean), metric.slope(result.mean); }) {
    result.standard_error *= metric.slope(result.mean);
    result.mean = metric.value(result.mean);
  }
  return result;
}

}  // namespace detail

/// Predicts every stored rating of `test` (users x items, of the model's shape; a stored 0 is a rating of 0) and
/// averages the metrics over the ratings: a metric_result for each metric, in their order, for structured bindings;
/// `count` is the number of ratings, and all is 0 without any. Users and items that the training did not have are
/// predicted by what the model has for them, such as mean and biases, and count like all others.
///
/// The standard error takes ratings as independent of each other, which those of one user are not quite: it is a lower
/// bound of what another test set would change.
///
/// Any type that is callable on (predicted, actual) doubles is a metric; see akin/metrics/rating.hpp. Throws
/// not_fitted, std::invalid_argument where the shape is wrong or the matrix is malformed, numeric_error with user and
/// item where a prediction is NaN or infinite. O(ratings) predictions, by the model's predict_row(user, items, out,
/// scratch) where it has one; the same bits for any number of threads.
template <class Policy, class Model, class Test, class... Metrics>
std::array<metric_result, sizeof...(Metrics)> evaluate_ratings(const Policy& policy, const Model& model,
                                                               const Test& test, const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  static_assert(sizeof...(Metrics) > 0, "akin: evaluate_ratings needs at least one metric, such as metrics::rmse{}");
  static_assert((metrics::rating_metric<Metrics> && ...),
                "akin: a metric of evaluate_ratings must be callable on two doubles, (predicted, actual)");
  static_assert(rating_predictor<Model>, "akin: evaluate_ratings needs a model that predicts ratings");
  static_assert(interaction_matrix<Test>,
                "akin: test must be a row-major sparse matrix (one row a user), as akin::sparse_matrix is");
  using scalar_type = detail::pointee<decltype(test.valuePtr())>;
  using index_type = typename Model::index_type;
  constexpr std::size_t count = sizeof...(Metrics);
  detail::require_fitted(model.items() > 0 || model.users() > 0, "evaluate_ratings");
  const auto x = detail::checked_view<scalar_type, index_type>(policy, test, "evaluate_ratings: test");
  if (x.rows != model.users() || x.cols != model.items())
    detail::fail<std::invalid_argument>("evaluate_ratings: test must have the model's shape, ", model.users(),
                                        " users x ", model.items(), " items, got ", x.rows, " x ", x.cols);

  const std::tuple<const Metrics&...> list(metrics...);
  constexpr std::int64_t block_size = 64;
  std::vector<detail::row_predictions<Model>> predictions(
      static_cast<std::size_t>(detail::worker_count(policy, (x.rows + block_size - 1) / block_size)));
  const auto add_block = [&](std::int64_t begin, std::int64_t end, int worker) {
    std::array<detail::moments, count> losses;
    for (std::int64_t user = begin; user < end; ++user)
      detail::add_losses(model, x, user, list, predictions[static_cast<std::size_t>(worker)], losses,
                         std::index_sequence_for<Metrics...>());
    return losses;
  };
  const auto losses = detail::reduce_blocks(policy, x.rows, block_size, std::array<detail::moments, count>(), add_block,
                                            [](auto& all, const auto& block) {
                                              for (std::size_t m = 0; m < count; ++m) all[m].merge(block[m]);
                                            });
  return [&]<std::size_t... Number>(std::index_sequence<Number...>) {
    return std::array<metric_result, count>{detail::rating_result(std::get<Number>(list), losses[Number])...};
  }
  (std::index_sequence_for<Metrics...>());
}

}  // namespace akin::inline AKIN_ABI
