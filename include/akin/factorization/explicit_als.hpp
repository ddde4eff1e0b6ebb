/// @file
/// Matrix factorisation of ratings by alternating least squares.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/explicit_als_engine.hpp>
#include <akin/factorization/detail/factor_scores.hpp>
#include <akin/factorization/detail/kept_interactions.hpp>
#include <akin/factorization/detail/row_layout.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises over factors x_u, y_i and biases b_u, b_i, with r_ui the stored ratings (a stored 0 is a rating), w_ui
/// their weights (1 unless they are given) and mu the weighted mean of all ratings,
///   sum over stored r_ui of w_ui (r_ui - mu - b_u - b_i - x_u'y_i)^2
///   + sum of lambda_u (|x_u|^2 + b_u^2) + sum of lambda_i (|y_i|^2 + b_i^2),   x_u, y_i >= 0 with `nonnegative`,
/// where lambda_u = lambda n_u^nu for a user with n_u ratings and lambda_i likewise; nu = 1 is ALS-WR. A bias is solved
/// together with its factors, as one more coordinate. A user or an item without ratings has a bias and factors of 0.
///
/// Complexity: an iteration takes 2 nonzeros k^2 + (users + items) k^3 / 3 flops at most, less for rows with fewer
/// ratings than factors, and holds (users + items) (k + 1) numbers and a transposed copy of the matrix. Deterministic:
/// the same bits for any number of threads. With the solver `exact` the loss never rises but for rounding. Const
/// members may be called from many threads. Source: Y. Zhou, D. Wilkinson, R. Schreiber, R. Pan, "Large-Scale Parallel
/// Collaborative Filtering for the Netflix Prize", AAIM 2008; biases: Y. Koren, R. Bell, C. Volinsky, "Matrix
/// Factorization Techniques for Recommender Systems", IEEE Computer 42(8), 2009.
template <class Scalar = float, class Index = std::int32_t>
class explicit_als : public detail::factor_scores<Scalar, Index> {
  using base = detail::factor_scores<Scalar, Index>;
  using ratings_type = detail::weighted_ratings<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "explicit_als";

  explicit_als() : explicit_als(explicit_als_options{}) {}
  template <detail::options_for<explicit_als_options> Options = explicit_als_options>
  explicit explicit_als(const Options& options) : options_(checked<explicit_als_options>(options, kind)) {
    const auto regularization = static_cast<Scalar>(options.regularization);
    detail::require(regularization > 0 && detail::is_finite(regularization), kind,
                    "regularization must be finite and positive", options.regularization);
  }

  /// Learns from a users x items matrix of ratings. The observer is told of each iteration; if it returns false, the
  /// training ends there and what was learnt is kept. Throws std::invalid_argument for values that are not finite,
  /// numeric_error where a row cannot be solved; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!sparse_matrix_like<std::remove_cvref_t<Observer>>) void fit(const Policy& policy, const Matrix& user_items,
                                                                        Observer&& observer = {}) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "explicit_als::fit");
    train(on_host(policy), {x}, nullptr, detail::observer_ref(observer));
  }
  /// The same with a weight for each rating: a matrix with the same cells, not negative. A rating of weight 0 counts as
  /// absent. Refused with keep_interactions, which would keep no weights.
  template <class Policy, class Matrix, class Weights, class Observer = no_observer>
  requires sparse_matrix_like<Weights>
  void fit(const Policy& policy, const Matrix& user_items, const Weights& weights, Observer&& observer = {}) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "explicit_als::fit");
    const auto w = checked_weights(policy, x, weights, "explicit_als::fit");
    train_weighted(on_host(policy), x, w, detail::observer_ref(observer));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const explicit_als_options& options() const noexcept { return options_; }
  /// The (weighted) mean of all ratings, 0 without any.
  Scalar mean() const noexcept { return mean_; }
  std::span<const Scalar> user_biases() const noexcept { return {user_biases_.begin(), user_biases_.end()}; }
  std::span<const Scalar> item_biases() const noexcept { return {item_biases_.begin(), item_biases_.end()}; }
  /// Whether there were ratings; false out of range.
  bool knows_user(Index user) const noexcept { return user >= 0 && user < this->users() && known_users_[user] != 0; }
  bool knows_item(Index item) const noexcept { return item >= 0 && item < this->items() && known_items_[item] != 0; }

  /// The rating that the user is expected to give: mu + b_u + b_i + x_u'y_i, where what had no ratings adds 0; ids must
  /// be in range.
  Scalar predict(Index user, Index item) const noexcept {
    return rating(user_biases_[user], this->user_factors_.view().row(user), item);
  }
  Scalar score(Index user, Index item) const noexcept { return predict(user, item); }
  /// Fills out[item] for all items, -infinity for those without ratings.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    rate_all(user_biases_[user], this->user_factors_.view().row(user), out);
  }

  /// out[i] = score(user, first + i), whether there is evidence or not.
  void score_range(Index user, Index first, std::span<Scalar> out) const noexcept;
  inner_products<Scalar> as_inner_products() const noexcept {
    return {this->user_factors_.view(), this->item_factors_.view(), user_biases_.data(), item_biases_.data(), mean_};
  }

  /// The factors and, in the last column, the bias (0 in a model without) of users with these histories (rows x items):
  /// rows x (k + 1), each the minimum of the objective with the items as they are. For the matrix of the training it
  /// gives user_factors() and user_biases() to the bit.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories) const {
    return fold_users(policy, {checked_histories(policy, histories)});
  }
  /// The same with a weight for each rating.
  template <class Policy, class Matrix, class Weights>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories, const Weights& weights) const {
    const auto x = checked_histories(policy, histories);
    return fold_users(policy, {x, checked_weights(policy, x, weights, "explicit_als::fold_in").values});
  }
  /// The factors and, in the last column, the bias of items with these ratings (rows x users): each the minimum of the
  /// objective with the users as they are. For the items of the training it gives nearly what the training gave, after
  /// which the users were solved once more.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in_items(const Policy& policy, const Matrix& item_users) const {
    detail::require_fitted(*this, "explicit_als::fold_in_items");
    const auto x = detail::checked_view<Scalar, Index>(policy, item_users, "explicit_als::fold_in_items");
    detail::require_user_columns(x.cols, this->users(), "explicit_als::fold_in_items");
    return fold(on_host(policy), {x}, this->user_factors_, user_biases_);
  }

  /// The ratings that the model has learnt from, users x items; refers to the model. Throws std::invalid_argument
  /// without keep_interactions.
  auto histories() const {
    detail::require_kept(*this, "explicit_als::histories");
    return histories_.map();
  }

  /// Learns from new ratings: a matrix that holds only these, of at least the model's shape; further rows and columns
  /// are new users and items, and a rating of a cell that was there already replaces the old one. Users and items with
  /// new ratings are solved once, users first, then all users; the mean stays. Throws std::invalid_argument without
  /// keep_interactions; the model is then as it was.
  template <class Policy, class Matrix>
  void partial_fit(const Policy& policy, const Matrix& new_ratings) {
    detail::require_kept(*this, "explicit_als::partial_fit");
    const auto added = detail::checked_addition(policy, new_ratings, histories_.view(), "explicit_als::partial_fit");
    learn_also(on_host(policy), added);
  }
  template <class Matrix>
  void partial_fit(const Matrix& new_ratings) {
    partial_fit(execution::seq, new_ratings);
  }

  /// Drops a user's ratings, solves the items that were among them anew, then all users. The user's factors and bias
  /// are 0 and no other id moves. What other rows have learnt from the user by way of third ones, and the mean, fade
  /// only with the next fit. Throws as partial_fit does.
  template <class Policy>
  void forget(const Policy& policy, Index user) {
    drop(on_host(policy), user);
  }
  void forget(Index user) { forget(execution::seq, user); }

  /// predict and score_all for row `row` of what fold_in gave.
  Scalar predict(const dense_matrix<Scalar>& folded, std::int64_t row, Index item) const noexcept {
    return rating(folded(row, options_.factors), folded.data() + row * folded.cols(), item);
  }
  void score_all(const dense_matrix<Scalar>& folded, std::int64_t row, std::span<Scalar> out) const noexcept {
    rate_all(folded(row, options_.factors), folded.data() + row * folded.cols(), out);
  }

  /// Fills out[item] with the rating that a user with this history is expected to give to each item, -infinity for
  /// items without ratings: the fold-in of the history, which reads the items of the history only.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain. The contributions of a history sum to the score less mean and item bias, which are no user's.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  static explicit_als read_from(const detail::model_reader& reader);

 private:
  /// The checked view of weights, which must have the cells of x.
  template <class Policy, class Weights>
  static csr_view<Scalar, Index> checked_weights(const Policy& policy, const csr_view<Scalar, Index>& x,
                                                 const Weights& weights, std::string_view where) {
    const auto w = detail::checked_view<Scalar, Index>(policy, weights, where);
    check_weights(x, w, where);
    return w;
  }
  static void check_weights(const csr_view<Scalar, Index>& x, const csr_view<Scalar, Index>& w, std::string_view where);

  template <class Policy, class Matrix>
  csr_view<Scalar, Index> checked_histories(const Policy& policy, const Matrix& histories) const {
    detail::require_fitted(*this, "explicit_als::fold_in");
    const auto x = detail::checked_view<Scalar, Index>(policy, histories, "explicit_als::fold_in");
    detail::require_columns(x.cols, this->items(), "explicit_als::fold_in");
    return x;
  }

  using layout_type = detail::row_layout<Scalar>;
  layout_type layout() const noexcept { return layout_type(options_); }

  void train_weighted(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                      const csr_view<Scalar, Index>& weights, const detail::observer_ref& observer);
  void train(const detail::host_policy& policy, const ratings_type& x, const Scalar* transposed_weights,
             const detail::observer_ref& observer);

  void learn_also(const detail::host_policy& policy, const csr_view<Scalar, Index>& added);
  void drop(const detail::host_policy& policy, Index user);

  /// Solves the touched users, the touched items and then all users for these histories, which become the model's.
  void update(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories,
              std::vector<Index> touched_users, std::vector<Index> touched_items);

  /// Makes what has been learnt the model's; what could throw comes first.
  void adopt(const ratings_type& x, const ratings_type& x_items, detail::dense_storage<Scalar> users,
             detail::dense_storage<Scalar> items, detail::storage<Scalar> user_biases,
             detail::storage<Scalar> item_biases);

  static detail::storage<std::uint8_t> evidence(const ratings_type& x);

  static detail::storage<std::uint8_t> map_evidence(const detail::model_reader& reader, std::string_view name,
                                                    std::int64_t size);

  /// The policy of a caller, which must be one that there is an engine for.
  template <class Policy>
  static detail::host_policy on_host(const Policy& policy) {
    static_assert(sizeof(detail::explicit_als_engine<backend_of<Policy>, Scalar, Index>) > 0);
    return policy;
  }
  auto engine_on(Scalar mean, const rows_view<const Scalar>& fixed, const detail::storage<Scalar>& biases) const {
    return detail::explicit_als_engine<backend::host, Scalar, Index>(options_, mean, fixed, biases.data());
  }

  /// The sum of lambda_i (|y_i|^2 + b_i^2) of rows that have just been solved.
  double penalty(const ratings_type& x, const rows_view<const Scalar>& solved) const;

  dense_matrix<Scalar> fold_users(const detail::host_policy& policy, const ratings_type& x) const {
    return fold(policy, x, this->item_factors_, item_biases_);
  }
  /// Rows of ratings against the other side's factors and biases.
  dense_matrix<Scalar> fold(const detail::host_policy& policy, const ratings_type& x,
                            const detail::dense_storage<Scalar>& factors, const detail::storage<Scalar>& biases) const;

  Scalar rating(Scalar user_bias, const Scalar* factors, std::int64_t item) const noexcept {
    return mean_ + user_bias + item_biases_[item] +
           kernels::dot(factors, this->item_factors_.view().row(item), this->factor_count());
  }
  void rate_all(Scalar user_bias, const Scalar* factors, std::span<Scalar> out) const noexcept;

  explicit_als_options options_;
  Scalar mean_ = 0;
  detail::storage<Scalar> user_biases_, item_biases_;
  detail::storage<std::uint8_t> known_users_, known_items_;  // 1 where there were ratings
  detail::csr_storage<Scalar, Index> histories_;             // where they are kept
};

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::score_range(Index user, Index first, std::span<Scalar> out) const noexcept {
  detail::factor_scores<Scalar, Index>::score_range(user, first, out);
  const Scalar offset = mean_ + user_biases_[user];
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = offset + item_biases_[first + static_cast<std::int64_t>(i)] + out[i];
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  detail::dense_storage<Scalar> fixed(history.size(), layout().width()), solved(1, layout().width());
  detail::storage<Scalar> biases(history.size());
  std::vector<Index> ids(static_cast<std::size_t>(history.size()));
  for (std::int64_t i = 0; i < history.size(); ++i) {
    layout().widen(this->item_factors_.view().row(history.ids[i]), fixed.mutable_view().row(i));
    biases.mutable_data()[i] = item_biases_[history.ids[i]];
    ids[static_cast<std::size_t>(i)] = static_cast<Index>(i);
  }
  const Index offsets[] = {0, static_cast<Index>(history.size())};
  engine_on(mean_, fixed.view(), biases)
      .solve_rows(execution::seq, {{1, history.size(), offsets, ids.data(), history.values.data}}, {Index{0}},
                  solved.mutable_view());
  const Scalar* const user = solved.view().row(0);
  rate_all(options_.biases ? user[options_.factors] : Scalar{0}, user, out);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  detail::dense_storage<Scalar> wide;
  engine_on(mean_, layout().fixed(this->item_factors_, wide), item_biases_).contributions(history, item, out.data());
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  writer.add_value("mean", mean_);
  writer.add("user_factors", this->user_factors_.view());
  writer.add("item_factors", this->item_factors_.view());
  writer.add("user_biases", user_biases_.data(), user_biases_.size());
  writer.add("item_biases", item_biases_.data(), item_biases_.size());
  writer.add("known_users", known_users_.data(), known_users_.size());
  writer.add("known_items", known_items_.data(), known_items_.size());
  if (options_.keep_interactions) detail::write_csr(writer, "histories", histories_.view());
}

template <class Scalar, class Index>
explicit_als<Scalar, Index> explicit_als<Scalar, Index>::read_from(const detail::model_reader& reader) {
  explicit_als model(reader.options<explicit_als_options>());
  model.mean_ = reader.value<Scalar>("mean");
  reader.require(detail::is_finite(model.mean_), "mean must be finite");
  const int k = model.options_.factors;
  model.user_factors_ = detail::map_dense<Scalar>(reader, "user_factors", detail::model_reader::any, k);
  model.item_factors_ = detail::map_dense<Scalar>(reader, "item_factors", detail::model_reader::any, k);
  model.user_biases_ = detail::map_array<Scalar>(reader, "user_biases", model.users());
  model.item_biases_ = detail::map_array<Scalar>(reader, "item_biases", model.items());
  model.known_users_ = map_evidence(reader, "known_users", model.users());
  model.known_items_ = map_evidence(reader, "known_items", model.items());
  model.histories_ = detail::read_kept<Scalar, Index>(reader, model.users(), model.items());
  return model;
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::check_weights(const csr_view<Scalar, Index>& x, const csr_view<Scalar, Index>& w,
                                                std::string_view where) {
  const bool same_cells = w.rows == x.rows && w.cols == x.cols && w.nonzeros() == x.nonzeros() &&
                          (x.rows == 0 || std::equal(x.offsets, x.offsets + x.rows, w.offsets)) &&
                          std::equal(x.columns, x.columns + x.nonzeros(), w.columns);
  detail::require(same_cells, where, "weights must have the shape and the cells of the ratings");
  const Scalar* const end = w.values + w.nonzeros();
  const Scalar* const negative = std::find_if(w.values, end, [](Scalar weight) { return weight < 0; });
  if (negative != end) detail::require(false, where, "weights must not be negative", *negative);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::train_weighted(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                                 const csr_view<Scalar, Index>& weights,
                                                 const detail::observer_ref& observer) {
  detail::require(!options_.keep_interactions, "explicit_als::fit",
                  "keep_interactions must be false where ratings have weights, which the model does not keep");
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(weights);
  train(policy, {x, weights.values}, transposed.view().values, observer);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::train(const detail::host_policy& policy, const ratings_type& x,
                                        const Scalar* transposed_weights, const detail::observer_ref& observer) {
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x.ratings);
  const ratings_type x_items{transposed.view(), transposed_weights};
  const std::vector<Index> user_schedule = detail::longest_first(x.ratings);
  const std::vector<Index> item_schedule = detail::longest_first(x_items.ratings);
  const Scalar mean = detail::mean_rating(policy, x);
  detail::dense_storage<Scalar> users = layout().initial(x.ratings.rows, options_),
                                items(x.ratings.cols, layout().width());
  detail::storage<Scalar> user_biases(x.ratings.rows), item_biases(x.ratings.cols);

  const auto start = std::chrono::steady_clock::now();
  for (int iteration = 1; iteration <= options_.iterations; ++iteration) {
    engine_on(mean, users.view(), user_biases).solve_rows(policy, x_items, item_schedule, items.mutable_view());
    progress state{iteration, options_.iterations};
    if (observer.is_present()) state.loss = penalty(x_items, items.view());
    layout().take_biases(items, item_biases);
    const auto engine = engine_on(mean, items.view(), item_biases);
    engine.solve_rows(policy, x, user_schedule, users.mutable_view());

    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (observer.is_present()) state.loss += engine.loss(policy, x, users.view());
    layout().take_biases(users, user_biases);
    if (!observer(state)) break;
  }
  detail::csr_storage<Scalar, Index> kept;
  if (options_.keep_interactions) kept = detail::csr_storage<Scalar, Index>(x.ratings);
  adopt(x, x_items, std::move(users), std::move(items), std::move(user_biases), std::move(item_biases));
  mean_ = mean;
  histories_ = std::move(kept);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::learn_also(const detail::host_policy& policy, const csr_view<Scalar, Index>& added) {
  update(policy, detail::merge_interactions(histories_.view(), added, when_both::replace), detail::touched_rows(added),
         detail::touched_columns(added));
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::drop(const detail::host_policy& policy, Index user) {
  detail::require_kept(*this, "explicit_als::forget");
  detail::require_id(user, this->users(), "explicit_als::forget", "user");
  const auto items = histories_.view().row(user).ids;
  update(policy, detail::without_row(histories_.view(), user), {user}, {items.begin(), items.end()});
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::update(const detail::host_policy& policy,
                                         detail::csr_storage<Scalar, Index> histories, std::vector<Index> touched_users,
                                         std::vector<Index> touched_items) {
  const ratings_type x{histories.view()};
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x.ratings);
  const ratings_type x_items{transposed.view()};
  auto users = layout().widened(this->user_factors_, x.ratings.rows),
       items = layout().widened(this->item_factors_, x.ratings.cols);
  auto user_biases = detail::with_rows(user_biases_, x.ratings.rows),
       item_biases = detail::with_rows(item_biases_, x.ratings.cols);
  layout().exchange_biases(users, user_biases);
  engine_on(mean_, items.view(), item_biases)
      .solve_rows(policy, x, detail::longest_first(x.ratings, std::move(touched_users)), users.mutable_view());
  layout().exchange_biases(users, user_biases);
  layout().exchange_biases(items, item_biases);
  engine_on(mean_, users.view(), user_biases)
      .solve_rows(policy, x_items, detail::longest_first(x_items.ratings, std::move(touched_items)),
                  items.mutable_view());
  layout().exchange_biases(items, item_biases);
  engine_on(mean_, items.view(), item_biases)
      .solve_rows(policy, x, detail::longest_first(x.ratings), users.mutable_view());
  layout().take_biases(users, user_biases);
  adopt(x, x_items, std::move(users), std::move(items), std::move(user_biases), std::move(item_biases));
  histories_ = std::move(histories);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::adopt(const ratings_type& x, const ratings_type& x_items,
                                        detail::dense_storage<Scalar> users, detail::dense_storage<Scalar> items,
                                        detail::storage<Scalar> user_biases, detail::storage<Scalar> item_biases) {
  auto user_factors = layout().narrowed(std::move(users)), item_factors = layout().narrowed(std::move(items));
  auto known_users = evidence(x), known_items = evidence(x_items);
  this->user_factors_ = std::move(user_factors);
  this->item_factors_ = std::move(item_factors);
  user_biases_ = std::move(user_biases);
  item_biases_ = std::move(item_biases);
  known_users_ = std::move(known_users);
  known_items_ = std::move(known_items);
}

template <class Scalar, class Index>
detail::storage<std::uint8_t> explicit_als<Scalar, Index>::evidence(const ratings_type& x) {
  detail::storage<std::uint8_t> known(x.ratings.rows);
  for (std::int64_t row = 0; row < x.ratings.rows; ++row) known.mutable_data()[row] = x.count(row) > 0;
  return known;
}

template <class Scalar, class Index>
detail::storage<std::uint8_t> explicit_als<Scalar, Index>::map_evidence(const detail::model_reader& reader,
                                                                        std::string_view name, std::int64_t size) {
  const auto known = reader.array<std::uint8_t>(name, size, 1);
  return {known.data, size, reader.owner()};
}

template <class Scalar, class Index>
double explicit_als<Scalar, Index>::penalty(const ratings_type& x, const rows_view<const Scalar>& solved) const {
  double sum = 0;
  for (std::int64_t row = 0; row < solved.rows; ++row)
    sum += detail::row_regularization(options_, x.count(row)) *
           static_cast<double>(kernels::dot(solved.row(row), solved.row(row), solved.cols));
  return sum;
}

template <class Scalar, class Index>
dense_matrix<Scalar> explicit_als<Scalar, Index>::fold(const detail::host_policy& policy, const ratings_type& x,
                                                       const detail::dense_storage<Scalar>& factors,
                                                       const detail::storage<Scalar>& biases) const {
  detail::dense_storage<Scalar> wide, solved(x.ratings.rows, layout().width());
  engine_on(mean_, layout().fixed(factors, wide), biases)
      .solve_rows(policy, x, detail::longest_first(x.ratings), solved.mutable_view());
  dense_matrix<Scalar> folded = dense_matrix<Scalar>::Zero(x.ratings.rows, options_.factors + 1);
  const Eigen::Index used = options_.factors + (options_.biases ? 1 : 0);
  folded.leftCols(used) = solved.map().leftCols(used);
  return folded;
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::rate_all(Scalar user_bias, const Scalar* factors,
                                           std::span<Scalar> out) const noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto item = static_cast<std::int64_t>(i);
    out[i] = known_items_[item] != 0 ? rating(user_bias, factors, item) : no_score<Scalar>;
  }
}

AKIN_COMPILE_ONCE(factorization, class explicit_als<float>)
AKIN_COMPILE_ONCE(factorization, class explicit_als<double>)

}  // namespace akin::inline AKIN_ABI
