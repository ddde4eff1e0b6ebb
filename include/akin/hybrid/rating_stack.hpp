/// @file
/// Stacking: a weighted sum of several rating predictions, with weights learnt on ratings that the models have not
/// seen.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/finite.hpp>
#include <akin/hybrid/rating_stack_options.hpp>
#include <akin/matrix.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

/// A rating is predicted as intercept + the sum of each model's weight times its prediction.
template <std::size_t Models>
struct rating_weights {
  std::array<double, Models> weights = {};
  double intercept = 0;
};

namespace detail {

/// Sums over ratings of z and of zz', z = (each model's prediction, the rating), minus a constant that keeps both
/// small.
template <std::size_t Models>
struct rating_moments {
  std::int64_t count = 0;
  std::array<double, Models + 1> sums = {};
  std::array<std::array<double, Models + 1>, Models + 1> products = {};

  void add(const std::array<double, Models + 1>& z) {
    ++count;
    for (std::size_t i = 0; i <= Models; ++i) {
      sums[i] += z[i];
      for (std::size_t j = 0; j <= i; ++j) products[i][j] += z[i] * z[j];
    }
  }
  void merge(const rating_moments& other) {
    count += other.count;
    for (std::size_t i = 0; i <= Models; ++i) {
      sums[i] += other.sums[i];
      for (std::size_t j = 0; j <= i; ++j) products[i][j] += other.products[i][j];
    }
  }
  [[nodiscard]] double mean(std::size_t i) const { return sums[i] / static_cast<double>(count); }
  /// The sum of products of the deviations from the means, j <= i.
  [[nodiscard]] double centred(std::size_t i, std::size_t j) const { return products[i][j] - sums[i] * mean(j); }
};

/// Solves (C + regularization I) w = c, C the centred products of the predictions and c those with the rating.
template <std::size_t Models>
std::array<double, Models> solve_ridge(const rating_moments<Models>& moments, double regularization) {
  std::array<std::array<double, Models>, Models> lower = {};
  std::array<double, Models> w = {};
  for (std::size_t i = 0; i < Models; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double x = moments.centred(i, j);
      for (std::size_t k = 0; k < j; ++k) x -= lower[i][k] * lower[j][k];
      lower[i][j] = x / lower[j][j];
    }
    double pivot = moments.centred(i, i) + regularization;
    const double smallest = 1e-12 * pivot;
    for (std::size_t k = 0; k < i; ++k) pivot -= lower[i][k] * lower[i][k];
    if (!(pivot > smallest) || !is_finite(pivot))
      fail<numeric_error>("learn_rating_weights: with regularization ", regularization, " model number ", i,
                          " must predict what the models before it do not");
    lower[i][i] = std::sqrt(pivot);
    double x = moments.centred(Models, i);
    for (std::size_t k = 0; k < i; ++k) x -= lower[i][k] * w[k];
    w[i] = x / lower[i][i];
  }
  for (std::size_t i = Models; i-- > 0;) {
    for (std::size_t k = i + 1; k < Models; ++k) w[i] -= lower[k][i] * w[k];
    w[i] /= lower[i][i];
  }
  return w;
}

/// The moments of all ratings less `shift`.
template <class Scalar, class Index, class... Models>
rating_moments<sizeof...(Models)> moments_of(const host_policy& policy, const csr_view<Scalar, Index>& ratings,
                                             double shift, const Models&... models) {
  using moments_type = rating_moments<sizeof...(Models)>;
  const auto add_users = [&](std::int64_t begin, std::int64_t end, int) {
    moments_type block;
    std::tuple<row_predictions<Models>...> predictions;
    for (std::int64_t user = begin; user < end; ++user) {
      const auto row = ratings.row(user);
      std::apply([&](auto&... each) { (each.predict(models, static_cast<Index>(user), row.ids), ...); }, predictions);
      for (std::int64_t i = 0; i < row.size(); ++i) {
        const auto z = std::apply(
            [&](const auto&... each) {
              return std::array<double, sizeof...(Models) + 1>{(each[i] - shift)...,
                                                               static_cast<double>(row.values[i]) - shift};
            },
            predictions);
        for (std::size_t number = 0; number < sizeof...(Models); ++number)
          if (!is_finite(z[number]))
            fail<numeric_error>("learn_rating_weights: a predicted rating must be finite, got ", z[number],
                                " of model number ", number, " for user ", user, " and item ", row.ids[i]);
        block.add(z);
      }
    }
    return block;
  };
  return reduce_blocks(policy, ratings.rows, 64, moments_type(), add_users,
                       [](moments_type& all, const moments_type& block) { all.merge(block); });
}

}  // namespace detail

/// The weights w and the intercept b that predict the ratings of `held_out` best,
///   sum over ratings of (r - b - sum over models of w_p prediction_p)^2 + regularization sum of w_p^2
/// in closed form. The models should not have learnt from `held_out`; the weights then suit models of the same options
/// that learnt from all data. Weights may be negative if one model corrects another.
///
/// held_out: users x items, of the models' shape; a stored 0 is a rating of 0. Throws not_fitted, std::invalid_argument
/// for wrong shapes or options and if there are no ratings, numeric_error for predictions that are not finite, and,
/// without regularization, if the predictions of the models are linearly dependent. O(ratings) predictions of each
/// model; the same bits for any number of threads.
///
/// Source: L. Breiman, "Stacked Regressions", Machine Learning 24, 1996.
template <class Policy, class HeldOut, class... Models>
requires(rating_predictor<Models>&&...) rating_weights<sizeof...(Models)> learn_rating_weights(
    const Policy& policy, const HeldOut& held_out, const rating_stack_options& options, const Models&... models) {
  constexpr std::string_view where = "learn_rating_weights";
  detail::assert_policy<Policy>();
  static_assert(sizeof...(Models) > 0, "akin: learn_rating_weights needs models");
  static_assert(interaction_matrix<HeldOut>, "akin: held_out must be a row-major sparse matrix (one row a user)");
  assert_parts<Models...>();
  using index_type = typename std::tuple_element_t<0, std::tuple<Models...>>::index_type;
  detail::require(options.regularization >= 0 && detail::is_finite(options.regularization), where,
                  "regularization must be finite and not negative", options.regularization);
  require_same_shape(where, models...);
  const auto& first = std::get<0>(std::tie(models...));
  detail::require_fitted(first, where);
  using value_type = detail::pointee<decltype(held_out.valuePtr())>;
  const auto x = detail::checked_view<value_type, index_type>(policy, held_out, "learn_rating_weights: held_out");
  if (x.rows != first.users() || x.cols != first.items())
    detail::fail<std::invalid_argument>(where, ": held_out must have the models' shape, ", first.users(), " users x ",
                                        first.items(), " items, got ", x.rows, " x ", x.cols);
  detail::require(x.nonzeros() > 0, where, "held_out must have ratings, got none");

  double shift = 0;
  for (std::int64_t i = 0; i < x.nonzeros(); ++i) shift += static_cast<double>(x.values[i]);
  shift /= static_cast<double>(x.nonzeros());
  const auto moments = detail::moments_of(policy, x, shift, models...);
  rating_weights<sizeof...(Models)> result;
  result.weights = detail::solve_ridge(moments, options.regularization);
  result.intercept = shift + moments.mean(sizeof...(Models));
  for (std::size_t i = 0; i < result.weights.size(); ++i)
    result.intercept -= result.weights[i] * (shift + moments.mean(i));
  return result;
}

/// The same with the default options.
template <class Policy, class HeldOut, class... Models>
requires(rating_predictor<Models>&&...) rating_weights<sizeof...(Models)> learn_rating_weights(
    const Policy& policy, const HeldOut& held_out, const Models&... models) {
  return learn_rating_weights(policy, held_out, rating_stack_options{}, models...);
}

/// Predicts a rating as intercept + the sum of each model's weight times its prediction; items are ranked by it.
///
/// Made by stack(). Complexity: a prediction costs one of each model. Deterministic as its models are; const members
/// may be called from many threads if theirs may.
template <class... Models>
class stacked_model {
  using first_type = std::tuple_element_t<0, std::tuple<Models...>>;

 public:
  using scalar_type = typename first_type::scalar_type;
  using index_type = typename first_type::index_type;
  static constexpr std::string_view kind = "stack";

  /// See stack().
  stacked_model(const rating_weights<sizeof...(Models)>& weights, std::tuple<part<Models>...> parts)
      : weights_(weights), parts_(std::move(parts)) {
    assert_parts<Models...>();
    for (const double weight : weights.weights)
      detail::require(detail::is_finite(weight), "stack", "weights must be finite", weight);
    detail::require(detail::is_finite(weights.intercept), "stack", "intercept must be finite", weights.intercept);
    require_same_shape("stack", parts_);
  }

  const rating_weights<sizeof...(Models)>& weights() const noexcept { return weights_; }
  /// The model with this number, from 0 on.
  template <std::size_t Number>
  const auto& model() const noexcept {
    return *std::get<Number>(parts_);
  }

  bool is_fitted() const { return are_fitted(parts_); }
  std::int64_t users() const { return std::get<0>(parts_)->users(); }
  std::int64_t items() const { return std::get<0>(parts_)->items(); }
  bool knows_user(index_type user) const {
    return any_part(parts_, [&](const auto& model) { return model.knows_user(user); });
  }
  bool knows_item(index_type item) const {
    return any_part(parts_, [&](const auto& model) { return model.knows_item(item); });
  }

  /// The predicted rating; ids must be in range.
  scalar_type predict(index_type user, index_type item) const {
    double sum = weights_.intercept;
    for_each_part(parts_, [&](std::size_t number, const auto& model) {
      sum += weights_.weights[number] * static_cast<double>(model.predict(user, item));
    });
    return static_cast<scalar_type>(sum);
  }
  /// The predicted rating, 0 for an item that no model knows.
  scalar_type score(index_type user, index_type item) const {
    return knows_item(item) ? predict(user, item) : scalar_type{0};
  }
  /// Fills out[item] for all items, -infinity for those that no model knows.
  void score_all(index_type user, std::span<scalar_type> out) const {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto item = static_cast<index_type>(i);
      out[i] = knows_item(item) ? predict(user, item) : no_score<scalar_type>;
    }
  }

  void write_to(detail::model_writer& writer) const requires(detail::writable<Models>&&...) {
    writer.add_copy("weights", weights_.weights.data(), static_cast<std::int64_t>(sizeof...(Models)));
    writer.add_value("intercept", weights_.intercept);
    write_parts(writer, parts_);
  }
  /// The stack with its models, which it owns.
  static stacked_model read_from(const detail::model_reader& reader) requires(detail::storable<Models>&&...) {
    rating_weights<sizeof...(Models)> weights;
    const auto stored = reader.array<double>("weights", static_cast<std::int64_t>(sizeof...(Models)), 1);
    std::copy_n(stored.data, sizeof...(Models), weights.weights.begin());
    weights.intercept = reader.value<double>("intercept");
    return {weights, read_parts<Models...>(reader)};
  }

 private:
  rating_weights<sizeof...(Models)> weights_;
  std::tuple<part<Models>...> parts_;
};

/// One predictor of several, in the order of the weights: stack(learn_rating_weights(par, ratings, a, b), a, b). Refers
/// to lvalues, which must outlive it, and owns rvalues. Throws std::invalid_argument for weights that are not finite,
/// and for models of different users or items.
template <class... Models>
auto stack(const rating_weights<sizeof...(Models)>& weights, Models&&... models) {
  static_assert((rating_predictor<std::remove_cvref_t<Models>> && ...),
                "akin: stack needs models that predict ratings");
  return stacked_model<std::remove_cvref_t<Models>...>(weights, std::tuple(part_of(std::forward<Models>(models))...));
}

}  // namespace akin::inline AKIN_ABI
