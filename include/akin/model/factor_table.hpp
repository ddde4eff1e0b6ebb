/// @file
/// The learnt state of factor models, and their answers from it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A writable copy with rows of zeros appended.
template <class Scalar>
dense_storage<Scalar> with_rows(const dense_storage<Scalar>& x, std::int64_t rows) {
  dense_storage<Scalar> resized(rows, x.cols());
  std::copy_n(x.view().data, x.rows() * x.cols(), resized.mutable_view().data);
  return resized;
}
template <class Element>
storage<Element> with_rows(const storage<Element>& x, std::int64_t rows) {
  storage<Element> resized(rows);
  std::copy_n(x.data(), x.size(), resized.mutable_data());
  return resized;
}

/// Sets the rows `ids` of x to those of `rows`; further columns of `rows` are left out.
template <class Scalar, class Index>
void set_rows(const detail::numbers<Index>& ids, const dense_storage<Scalar>& rows, dense_storage<Scalar>& x) {
  std::int64_t i = 0;
  for (const Index id : ids) std::copy_n(rows.view().row(i++), x.cols(), x.mutable_view().row(id));
}

}  // namespace detail

/// A row of k factors for each user and each item and, if `has_biases`, a bias each and a mean:
///   score(u, i) = p_u'q_i, or mean + b_u + b_i + p_u'q_i.
/// A user or an item without evidence has factors and a bias of 0.
template <class Scalar>
struct factor_table {
  detail::dense_storage<Scalar> user_factors, item_factors;  // users x k, items x k
  bool has_biases = false;
  detail::storage<Scalar> user_biases, item_biases;
  Scalar mean = 0;

  std::int64_t users() const noexcept { return user_factors.rows(); }
  std::int64_t items() const noexcept { return item_factors.rows(); }
  std::int64_t factors() const noexcept { return item_factors.cols(); }
  /// Whether there is evidence: a factor that is not 0. Ids must be in range.
  bool knows_user(std::int64_t user) const noexcept { return is_known(user_factors, user); }
  bool knows_item(std::int64_t item) const noexcept { return is_known(item_factors, item); }
  Scalar user_bias(std::int64_t user) const noexcept { return has_biases ? user_biases[user] : Scalar{0}; }

  /// The score of a row of factors and a bias, of a user of the table or of a fold-in.
  Scalar score(const Scalar* user, Scalar bias, std::int64_t item) const noexcept {
    const Scalar product = kernels::dot(user, item_factors.view().row(item), factors());
    return has_biases ? mean + bias + item_biases[item] + product : product;
  }
  Scalar score(std::int64_t user, std::int64_t item) const noexcept {
    return score(user_factors.view().row(user), user_bias(user), item);
  }
  /// out[i] = score(user, bias, first + i), to the bit.
  void score_range(const Scalar* user, Scalar bias, std::int64_t first, std::span<Scalar> out) const noexcept;
  /// Fills out[other] with the cosine of the items' factors, -infinity if one of them is 0.
  void similarity_all(std::int64_t item, std::span<Scalar> out) const noexcept;

  inner_products<Scalar> as_inner_products() const noexcept {
    return {user_factors.view(), item_factors.view(), user_biases.data(), item_biases.data(), mean};
  }

  /// A copy with rows of zeros for additional users and items.
  factor_table resized(std::int64_t user_count, std::int64_t item_count) const;

  /// Sets the rows of these users, or items, to `rows`: k factors and, if there are biases, the bias. `x` are their
  /// histories.
  template <class Index>
  void set_users(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
                 const csr_view<Scalar, Index>& /*x*/) {
    set(ids, rows, user_factors, user_biases);
  }
  template <class Index>
  void set_items(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
                 const csr_view<Scalar, Index>& /*x*/) {
    set(ids, rows, item_factors, item_biases);
  }

  void write_to(detail::model_writer& writer) const;
  /// `factors`: columns, -1 for any number.
  static factor_table read_from(const detail::model_reader& reader, std::int64_t factors, bool has_biases);

 protected:
  static bool is_known(const detail::dense_storage<Scalar>& rows, std::int64_t id) noexcept {
    const Scalar* const row = rows.view().row(id);
    return std::any_of(row, row + rows.cols(), [](Scalar x) { return x != 0; });
  }

 private:
  template <class Index>
  void set(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
           detail::dense_storage<Scalar>& factors_of, detail::storage<Scalar>& biases_of) const {
    detail::set_rows(ids, rows, factors_of);
    std::int64_t i = 0;
    if (has_biases)
      for (const Index id : ids) biases_of.mutable_data()[id] = rows.view().row(i++)[factors()];
  }
};

/// The answers of a model that has learnt a Table: a factor_table, or a type derived from one. A model inherits it.
template <class Scalar, class Index, class Table = factor_table<Scalar>>
class factor_scores {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  /// Whether fit was called, even with no users and no items.
  bool is_fitted() const noexcept { return learnt_.user_factors.is_set(); }
  std::int64_t users() const noexcept { return learnt_.users(); }
  std::int64_t items() const noexcept { return learnt_.items(); }
  /// Whether there is evidence; false out of range.
  bool knows_user(Index user) const noexcept { return user >= 0 && user < users() && learnt_.knows_user(user); }
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && learnt_.knows_item(item); }

  /// Users x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> user_factors() const { return learnt_.user_factors.map(); }
  /// Items x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> item_factors() const { return learnt_.item_factors.map(); }

  /// p_u'q_i and, in a model with them, mean and biases; terms that are not known are 0. Ids must be in range.
  Scalar score(Index user, Index item) const noexcept { return learnt_.score(user, item); }
  /// Fills out[item] for all items, -infinity for those without evidence.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    score_row(learnt_.user_factors.view().row(user), learnt_.user_bias(user), out);
  }
  /// The same for a row of fold_in: k factors and, in a model with biases, the bias.
  void scores_of(const Scalar* row, std::span<Scalar> out) const noexcept {
    score_row(row, learnt_.has_biases ? row[learnt_.factors()] : Scalar{0}, out);
  }
  /// out[i] = score(user, first + i), whether there is evidence or not.
  void score_range(Index user, Index first, std::span<Scalar> out) const noexcept {
    learnt_.score_range(learnt_.user_factors.view().row(user), learnt_.user_bias(user), first, out);
  }
  inner_products<Scalar> as_inner_products() const noexcept { return learnt_.as_inner_products(); }

  /// Fills out[other] with the cosine of the items' factors, -infinity if there is no evidence.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept { learnt_.similarity_all(item, out); }

 protected:
  factor_scores() = default;
  explicit factor_scores(Table learnt) noexcept : learnt_(std::move(learnt)) {}

  Table learnt_;

 private:
  void score_row(const Scalar* user, Scalar bias, std::span<Scalar> out) const noexcept;
};

template <class Scalar>
void factor_table<Scalar>::score_range(const Scalar* user, Scalar bias, std::int64_t first,
                                       std::span<Scalar> out) const noexcept {
  kernels::dot_rows(user, item_factors.view().row(first), static_cast<std::int64_t>(out.size()), factors(), out.data());
  if (!has_biases) return;
  const Scalar offset = mean + bias;
  const Scalar* item_bias = item_biases.data() + first;
  for (Scalar& score : out) score = offset + *item_bias++ + score;
}

template <class Scalar>
void factor_table<Scalar>::similarity_all(std::int64_t item, std::span<Scalar> out) const noexcept {
  const rows_view<const Scalar> q = item_factors.view();
  const auto length = [&](std::int64_t i) { return std::sqrt(kernels::dot(q.row(i), q.row(i), q.cols)); };
  const Scalar own = length(item);
  std::int64_t other = 0;
  for (Scalar& similarity : out) {
    const Scalar scale = own * length(other);
    similarity = scale > 0 ? kernels::dot(q.row(item), q.row(other), q.cols) / scale : no_score<Scalar>;
    ++other;
  }
}

template <class Scalar>
factor_table<Scalar> factor_table<Scalar>::resized(std::int64_t user_count, std::int64_t item_count) const {
  factor_table result;
  result.user_factors = detail::with_rows(user_factors, user_count);
  result.item_factors = detail::with_rows(item_factors, item_count);
  result.has_biases = has_biases;
  result.mean = mean;
  if (!has_biases) return result;
  result.user_biases = detail::with_rows(user_biases, user_count);
  result.item_biases = detail::with_rows(item_biases, item_count);
  return result;
}

template <class Scalar>
void factor_table<Scalar>::write_to(detail::model_writer& writer) const {
  if (has_biases) writer.add_value("mean", mean);
  writer.add("user_factors", user_factors.view());
  writer.add("item_factors", item_factors.view());
  if (!has_biases) return;
  writer.add("user_biases", user_biases.data(), user_biases.size());
  writer.add("item_biases", item_biases.data(), item_biases.size());
}

template <class Scalar>
factor_table<Scalar> factor_table<Scalar>::read_from(const detail::model_reader& reader, std::int64_t factors,
                                                     bool has_biases) {
  factor_table result;
  if (has_biases) {
    result.mean = reader.value<Scalar>("mean");
    reader.require(detail::is_finite(result.mean), "mean must be finite");
  }
  result.user_factors = detail::map_dense<Scalar>(reader, "user_factors", detail::model_reader::any, factors);
  result.item_factors = detail::map_dense<Scalar>(reader, "item_factors", detail::model_reader::any, factors);
  result.has_biases = has_biases;
  if (!has_biases) return result;
  result.user_biases = detail::map_array<Scalar>(reader, "user_biases", result.users());
  result.item_biases = detail::map_array<Scalar>(reader, "item_biases", result.items());
  return result;
}

template <class Scalar, class Index, class Table>
void factor_scores<Scalar, Index, Table>::score_row(const Scalar* user, Scalar bias,
                                                    std::span<Scalar> out) const noexcept {
  constexpr std::int64_t block_rows = 256;  // rows that stay in the cache between the two passes over them
  const slice<Scalar> scores{out.data(), static_cast<std::int64_t>(out.size())};
  for (std::int64_t first = 0; first < scores.size; first += block_rows) {
    const std::int64_t last = std::min(first + block_rows, scores.size);
    learnt_.score_range(user, bias, first, {scores.data + first, scores.data + last});
    for (std::int64_t item = first; item < last; ++item)
      if (!learnt_.knows_item(item)) scores[item] = no_score<Scalar>;
  }
}

AKIN_COMPILE_ONCE(model, struct factor_table<float>)
AKIN_COMPILE_ONCE(model, struct factor_table<double>)
AKIN_COMPILE_ONCE(model, class factor_scores<float, std::int32_t>)
AKIN_COMPILE_ONCE(model, class factor_scores<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
