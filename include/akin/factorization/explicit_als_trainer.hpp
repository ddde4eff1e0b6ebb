/// @file
/// The training of explicit_als on the host.
#pragma once

#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/explicit_als_engine.hpp>
#include <akin/factorization/detail/row_layout.hpp>
#include <akin/factorization/explicit_als_task.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/train/trainer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Alternating least squares: all items for fixed users, then all users for these items. A bias is solved as one more
/// coordinate of its row; see detail::row_layout.
template <class Scalar, class Index>
class trainer<backend::host, explicit_als_task<Scalar, Index>> {
 public:
  using task_type = explicit_als_task<Scalar, Index>;
  using table_type = explicit_als_table<Scalar>;
  using ratings_type = detail::weighted_ratings<Scalar, Index>;

  /// `transposed_weights` are those of the transpose, if there are weights. All must outlive the training.
  trainer(const task_type& task, const detail::host_policy& policy, const ratings_type& x,
          const Scalar* transposed_weights = nullptr);
  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x)
      : trainer(task, policy, ratings_type{x}) {}

  const task_type& task() const noexcept { return task_; }
  std::uint64_t data_checksum() const noexcept {
    const std::uint64_t ratings = detail::checksum_of(x_.ratings);
    if (x_.weights == nullptr) return ratings;
    csr_view<Scalar, Index> weights = x_.ratings;
    weights.values = x_.weights;
    return detail::checksum_of(weights, ratings);
  }

  void iterate(int /*number*/, bool /*with_loss*/);
  double loss();
  table_type take();

  template <class Visit>
  void state(const Visit& visit) {
    visit("users", users_);
    visit("items", items_);
    visit("user_biases", user_biases_);
    visit("item_biases", item_biases_);
  }

 private:
  using rows = detail::dense_storage<Scalar>;

  /// The sum of lambda_i (|y_i|^2 + b_i^2) of rows that have just been solved.
  double penalty(const ratings_type& x, const rows_view<const Scalar>& solved) const;
  static detail::storage<std::uint8_t> has_ratings(const ratings_type& x);

  const task_type& task_;
  detail::host_policy policy_;
  detail::row_layout<Scalar> layout_;
  ratings_type x_;
  detail::csr_storage<Scalar, Index> transposed_;
  ratings_type x_items_;
  detail::numbers<Index> user_schedule_, item_schedule_;
  Scalar mean_;
  rows users_, items_;  // factors, and ones for the biases
  detail::storage<Scalar> user_biases_, item_biases_;
};

template <class Scalar, class Index>
trainer<backend::host, explicit_als_task<Scalar, Index>>::trainer(const task_type& task,
                                                                  const detail::host_policy& policy,
                                                                  const ratings_type& x,
                                                                  const Scalar* transposed_weights)
    : task_(task),
      policy_(policy),
      layout_(task.layout()),
      x_(x),
      transposed_(detail::transpose(x.ratings)),
      x_items_{transposed_.view(), transposed_weights},
      user_schedule_(detail::longest_first(x.ratings)),
      item_schedule_(detail::longest_first(x_items_.ratings)),
      mean_(detail::mean_rating(policy, x)),
      users_(layout_.initial(x.ratings.rows, task.options)),
      items_(x.ratings.cols, layout_.width()),
      user_biases_(x.ratings.rows),
      item_biases_(x.ratings.cols) {}

template <class Scalar, class Index>
void trainer<backend::host, explicit_als_task<Scalar, Index>>::iterate(int, bool) {
  task_.engine_on(mean_, users_.view(), user_biases_)
      .solve_rows(policy_, x_items_, item_schedule_, items_.mutable_view());
  layout_.take_biases(items_, item_biases_);
  task_.engine_on(mean_, items_.view(), item_biases_).solve_rows(policy_, x_, user_schedule_, users_.mutable_view());
  layout_.take_biases(users_, user_biases_);
}

template <class Scalar, class Index>
double trainer<backend::host, explicit_als_task<Scalar, Index>>::loss() {
  // Both sums are over rows as they are just after they were solved, with their biases.
  layout_.exchange_biases(items_, item_biases_);
  double sum = penalty(x_items_, items_.view());
  layout_.exchange_biases(items_, item_biases_);
  layout_.exchange_biases(users_, user_biases_);
  sum += task_.engine_on(mean_, items_.view(), item_biases_).loss(policy_, x_, users_.view());
  layout_.exchange_biases(users_, user_biases_);
  return sum;
}

template <class Scalar, class Index>
explicit_als_table<Scalar> trainer<backend::host, explicit_als_task<Scalar, Index>>::take() {
  table_type learnt;
  learnt.has_biases = true;
  learnt.mean = mean_;
  learnt.user_biases = std::move(user_biases_);
  learnt.item_biases = std::move(item_biases_);
  learnt.user_factors = layout_.narrowed(std::move(users_));
  learnt.item_factors = layout_.narrowed(std::move(items_));
  learnt.known_users = has_ratings(x_);
  learnt.known_items = has_ratings(x_items_);
  return learnt;
}

template <class Scalar, class Index>
double trainer<backend::host, explicit_als_task<Scalar, Index>>::penalty(const ratings_type& x,
                                                                         const rows_view<const Scalar>& solved) const {
  double sum = 0;
  for (std::int64_t row = 0; row < solved.rows; ++row)
    sum += detail::row_regularization(task_.options, x.count(row)) *
           static_cast<double>(kernels::dot(solved.row(row), solved.row(row), solved.cols));
  return sum;
}

template <class Scalar, class Index>
detail::storage<std::uint8_t> trainer<backend::host, explicit_als_task<Scalar, Index>>::has_ratings(
    const ratings_type& x) {
  detail::storage<std::uint8_t> known(x.ratings.rows);
  for (std::int64_t row = 0; row < x.ratings.rows; ++row) known.mutable_data()[row] = x.count(row) > 0;
  return known;
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, explicit_als_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, explicit_als_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
