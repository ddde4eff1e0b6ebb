/// @file
/// The training of nmf on the host.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/nmf_task.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/train/trainer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Alternating non-negative least squares: some sweeps over all items for fixed users, then over all users for these
/// items. At the end the users are solved to the accuracy of a fold-in.
template <class Scalar, class Index>
class trainer<backend::host, nmf_task<Scalar, Index>> {
 public:
  using task_type = nmf_task<Scalar, Index>;
  using table_type = nmf_table<Scalar>;

  /// All must outlive the training.
  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x)
      : task_(task),
        policy_(policy),
        x_(x),
        transposed_(detail::transpose(x)),
        user_schedule_(detail::longest_first(x)),
        item_schedule_(detail::longest_first(transposed_.view())),
        users_(initial_factors()),
        items_(x.cols, task.options.factors) {}

  const task_type& task() const noexcept { return task_; }
  std::uint64_t data_checksum() const noexcept { return detail::checksum_of(x_); }

  void iterate(int /*number*/, bool /*with_loss*/) {
    improve(transposed_.view(), item_schedule_, users_, items_);
    improve(x_, user_schedule_, items_, users_);
  }
  double loss() const {
    const auto gram = task_.gram_of(policy_, items_.view());
    return task_type::engine_on(items_, gram).loss(policy_, x_, users_.view()) + penalty();
  }
  table_type take();

  template <class Visit>
  void state(const Visit& visit) {
    visit("users", users_);
    visit("items", items_);
  }

 private:
  using rows = detail::dense_storage<Scalar>;

  /// Some sweeps over all rows of x for a fixed other side.
  void improve(const csr_view<Scalar, Index>& x, const detail::numbers<Index>& schedule, const rows& fixed,
               rows& solved) const {
    const auto gram = task_.gram_of(policy_, fixed.view());
    task_type::engine_on(fixed, gram)
        .solve_rows(policy_, x, schedule, task_.options.sweeps, Scalar{0}, solved.mutable_view());
  }

  /// Positive, and such that inner products are about the mean of all cells.
  rows initial_factors() const;
  /// lambda times the sum of |y_i|^2.
  double penalty() const;

  const task_type& task_;
  detail::host_policy policy_;
  csr_view<Scalar, Index> x_;
  detail::csr_storage<Scalar, Index> transposed_;
  detail::numbers<Index> user_schedule_, item_schedule_;
  rows users_, items_;
};

template <class Scalar, class Index>
nmf_table<Scalar> trainer<backend::host, nmf_task<Scalar, Index>>::take() {
  table_type learnt;
  learnt.item_gram = task_.gram_of(policy_, items_.view());
  learnt.user_factors = task_.solved(policy_, x_, items_, learnt.item_gram);
  learnt.item_factors = std::move(items_);
  return learnt;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> trainer<backend::host, nmf_task<Scalar, Index>>::initial_factors() const {
  const auto add_block = [&](std::int64_t begin, std::int64_t end, int) {
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += static_cast<double>(x_.values[i]);
    return sum;
  };
  const double sum = detail::reduce_blocks(policy_, x_.nonzeros(), 65536, 0.0, add_block,
                                           [](double& total, double part) { total += part; });
  const nmf_options& options = task_.options;
  const double cells = static_cast<double>(x_.rows) * static_cast<double>(x_.cols);
  const double size = cells > 0 ? std::sqrt(sum / cells / options.factors) : 0;
  rows factors(x_.rows, options.factors);
  const random_stream random(options.seed);
  Scalar* const numbers = factors.mutable_view().data;
  for (std::int64_t i = 0; i < x_.rows * options.factors; ++i)
    numbers[i] = static_cast<Scalar>(size * std::abs(random.normal(static_cast<std::uint64_t>(i))));
  return factors;
}

template <class Scalar, class Index>
double trainer<backend::host, nmf_task<Scalar, Index>>::penalty() const {
  const rows_view<const Scalar> items = items_.view();
  double sum = 0;
  for (std::int64_t i = 0; i < items.rows; ++i)
    sum += static_cast<double>(kernels::dot(items.row(i), items.row(i), items.cols));
  return task_.options.regularization * sum;
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, nmf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, nmf_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
