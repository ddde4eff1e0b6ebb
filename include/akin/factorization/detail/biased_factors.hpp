/// @file
/// Factors with biases: what the models that are trained by gradient steps learn, and what they answer in the same way.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/cosines.hpp>
#include <akin/factorization/detail/kept_interactions.hpp>
#include <akin/factorization/detail/row_edits.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// rows x cols numbers with mean 0, from a uniform distribution.
template <class Scalar>
dense_storage<Scalar> random_factors(std::int64_t rows, std::int64_t cols, double deviation,
                                     const random_stream& random) {
  dense_storage<Scalar> factors(rows, cols);
  Scalar* const numbers = factors.mutable_view().data;
  const double width = deviation * std::sqrt(12.0);
  for (std::int64_t i = 0; i < rows * cols; ++i)
    numbers[i] = static_cast<Scalar>(width * (random.uniform(static_cast<std::uint64_t>(i)) - 0.5));
  return factors;
}

template <class Scalar>
bool all_finite(const host_policy& policy, const Scalar* numbers, std::int64_t size) {
  constexpr std::int64_t block = std::int64_t{1} << 16;
  return reduce_blocks(
      policy, size, block, true,
      [&](std::int64_t begin, std::int64_t end, int) {
        return std::all_of(numbers + begin, numbers + end, [](Scalar x) { return is_finite(x); });
      },
      [](bool& all, bool part) { all = all && part; });
}

/// Whether the row is not all zero, which stands for "nothing known".
template <class Scalar>
bool is_known_row(const dense_storage<Scalar>& factors, std::int64_t id) noexcept {
  const Scalar* const row = factors.view().row(id);
  return std::any_of(row, row + factors.cols(), [](Scalar x) { return x != 0; });
}

/// What is learnt: a mean, and for each user and item k factors and a bias.
template <class Scalar>
struct biased_parameters {
  Scalar mean = 0;
  dense_storage<Scalar> user_factors, item_factors;
  storage<Scalar> user_biases, item_biases;

  biased_parameters() = default;
  /// Small random factors, no biases.
  biased_parameters(std::int64_t users, std::int64_t items, int factors, double deviation, std::uint64_t seed)
      : user_factors(random_factors<Scalar>(users, factors, deviation, random_stream(seed, 0))),
        item_factors(random_factors<Scalar>(items, factors, deviation, random_stream(seed, 1))),
        user_biases(users),
        item_biases(items) {}

  kernels::sgd_parameters<Scalar> mutable_pointers() noexcept {
    return {user_factors.mutable_view().data,
            item_factors.mutable_view().data,
            user_biases.mutable_data(),
            item_biases.mutable_data(),
            item_factors.cols(),
            mean};
  }

  bool is_finite(const host_policy& policy) const {
    const auto check = [&](const Scalar* numbers, std::int64_t size) { return all_finite(policy, numbers, size); };
    return check(user_factors.view().data, user_factors.rows() * user_factors.cols()) &&
           check(item_factors.view().data, item_factors.rows() * item_factors.cols()) &&
           check(user_biases.data(), user_biases.size()) && check(item_biases.data(), item_biases.size());
  }

  Scalar predict(std::int64_t user, std::int64_t item) const noexcept {
    return predict_row(user_factors.view().row(user), user_biases[user], item);
  }
  /// The same for a user who is not among those of the model.
  Scalar predict_row(const Scalar* factors, Scalar bias, std::int64_t item) const noexcept {
    return mean + bias + item_biases[item] + kernels::dot(factors, item_factors.view().row(item), item_factors.cols());
  }

  /// out[i] = predict_row(factors, bias, first + i).
  void predict_range(const Scalar* factors, Scalar bias, std::int64_t first, std::span<Scalar> out) const noexcept {
    kernels::dot_rows(factors, item_factors.view().row(first), static_cast<std::int64_t>(out.size()),
                      item_factors.cols(), out.data());
    const Scalar offset = mean + bias;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = offset + item_biases[first + static_cast<std::int64_t>(i)] + out[i];
  }

  /// Sets the factors and the bias of the users and items without evidence to 0, which stands for "nothing known".
  void forget_unseen(const std::vector<char>& is_user_seen, const std::vector<char>& is_item_seen) {
    const auto forget = [](const std::vector<char>& is_seen, dense_storage<Scalar>& factors, storage<Scalar>& biases) {
      for (std::int64_t row = 0; row < factors.rows(); ++row) {
        if (is_seen[static_cast<std::size_t>(row)]) continue;
        std::fill_n(factors.mutable_view().row(row), factors.cols(), Scalar{0});
        biases.mutable_data()[row] = 0;
      }
    };
    forget(is_user_seen, user_factors, user_biases);
    forget(is_item_seen, item_factors, item_biases);
  }

  /// Takes the mean of the elements of x for which keep(position), and forgets users and items without such elements.
  template <class Index, class Keep>
  void start_from_ratings(const csr_view<Scalar, Index>& x, const Keep& keep) {
    std::vector<char> is_user_seen(static_cast<std::size_t>(x.rows)), is_item_seen(static_cast<std::size_t>(x.cols));
    double sum = 0;
    std::int64_t count = 0;
    for (std::int64_t user = 0; user < x.rows; ++user)
      for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at) {
        if (!keep(at)) continue;
        sum += static_cast<double>(x.values[at]);
        ++count;
        is_user_seen[static_cast<std::size_t>(user)] = 1;
        is_item_seen[static_cast<std::size_t>(x.columns[at])] = 1;
      }
    if (count > 0) mean = static_cast<Scalar>(sum / static_cast<double>(count));
    forget_unseen(is_user_seen, is_item_seen);
  }

  /// A copy with users and items of zeros added.
  biased_parameters grown(std::int64_t users, std::int64_t items) const {
    biased_parameters result;
    result.mean = mean;
    result.user_factors = with_rows(user_factors, users);
    result.item_factors = with_rows(item_factors, items);
    result.user_biases = with_rows(user_biases, users);
    result.item_biases = with_rows(item_biases, items);
    return result;
  }

  /// Sets what is learnt of these users or items to the rows: k factors, then the bias.
  template <class Index>
  void put_users(const std::vector<Index>& ids, const dense_storage<Scalar>& rows) {
    put(ids, rows, user_factors, user_biases);
  }
  template <class Index>
  void put_items(const std::vector<Index>& ids, const dense_storage<Scalar>& rows) {
    put(ids, rows, item_factors, item_biases);
  }

  void write_to(model_writer& writer) const {
    writer.add_value("mean", mean);
    writer.add("user_factors", user_factors.view());
    writer.add("item_factors", item_factors.view());
    writer.add("user_biases", user_biases.data(), user_biases.size());
    writer.add("item_biases", item_biases.data(), item_biases.size());
  }
  static biased_parameters read_from(const model_reader& reader, int factors) {
    biased_parameters result;
    result.mean = reader.value<Scalar>("mean");
    reader.require(detail::is_finite(result.mean), "mean must be finite");
    result.user_factors = map_dense<Scalar>(reader, "user_factors", model_reader::any, factors);
    result.item_factors = map_dense<Scalar>(reader, "item_factors", model_reader::any, factors);
    result.user_biases = map_array<Scalar>(reader, "user_biases", result.user_factors.rows());
    result.item_biases = map_array<Scalar>(reader, "item_biases", result.item_factors.rows());
    return result;
  }

 private:
  template <class Index>
  static void put(const std::vector<Index>& ids, const dense_storage<Scalar>& rows, dense_storage<Scalar>& factors,
                  storage<Scalar>& biases) {
    for (std::size_t i = 0; i < ids.size(); ++i)
      biases.mutable_data()[ids[i]] = rows.view().row(static_cast<std::int64_t>(i))[factors.cols()];
    put_rows(ids, rows, factors);
  }
};

/// The score is mean + b_u + b_i + p_u'q_i. A user or an item whose factors are all zero is one that the model knows
/// nothing of; its bias is 0.
template <class Scalar, class Index>
class biased_factors {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  /// Whether fit was called, be it with no users and no items.
  bool is_fitted() const noexcept { return learnt_.user_factors.is_set(); }
  std::int64_t users() const noexcept { return learnt_.user_factors.rows(); }
  std::int64_t items() const noexcept { return learnt_.item_factors.rows(); }
  /// Whether there is evidence; false out of range.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < users() && is_known_row(learnt_.user_factors, user);
  }
  bool knows_item(Index item) const noexcept {
    return item >= 0 && item < items() && is_known_row(learnt_.item_factors, item);
  }

  /// Users x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> user_factors() const { return learnt_.user_factors.map(); }
  /// Items x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> item_factors() const { return learnt_.item_factors.map(); }
  std::span<const Scalar> item_biases() const noexcept {
    return {learnt_.item_biases.begin(), learnt_.item_biases.end()};
  }

  /// mean + b_u + b_i + p_u'q_i, without what is not known of a user or an item; ids must be in range.
  Scalar score(Index user, Index item) const noexcept { return learnt_.predict(user, item); }
  /// Fills out[item] for all items, -infinity for those without evidence.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    score_row(learnt_.user_factors.view().row(user), learnt_.user_biases[user], out);
  }
  /// The same for a row of fold_in: k factors, then the bias.
  void scores_of(const Scalar* row, std::span<Scalar> out) const noexcept {
    score_row(row, row[learnt_.item_factors.cols()], out);
  }

  /// out[i] = score(user, first + i), whether there is evidence or not.
  void score_range(Index user, Index first, std::span<Scalar> out) const noexcept;
  inner_products<Scalar> as_inner_products() const noexcept {
    return {learnt_.user_factors.view(), learnt_.item_factors.view(), learnt_.user_biases.data(),
            learnt_.item_biases.data(), learnt_.mean};
  }

  /// Fills out[other] with the cosine of the items' factors, -infinity where there is no evidence.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept;

 protected:
  biased_parameters<Scalar> learnt_;

 private:
  void score_row(const Scalar* factors, Scalar bias, std::span<Scalar> out) const noexcept;
};

template <class Scalar, class Index>
void biased_factors<Scalar, Index>::score_range(Index user, Index first, std::span<Scalar> out) const noexcept {
  learnt_.predict_range(learnt_.user_factors.view().row(user), learnt_.user_biases[user], first, out);
}

template <class Scalar, class Index>
void biased_factors<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const noexcept {
  cosines_with(learnt_.item_factors.view(), item, out);
}

template <class Scalar, class Index>
void biased_factors<Scalar, Index>::score_row(const Scalar* factors, Scalar bias,
                                              std::span<Scalar> out) const noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto item = static_cast<Index>(i);
    out[i] = is_known_row(learnt_.item_factors, item) ? learnt_.predict_row(factors, bias, item) : no_score<Scalar>;
  }
}

AKIN_COMPILE_ONCE(factorization, class biased_factors<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class biased_factors<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
