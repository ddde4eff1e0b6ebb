/// @file
/// A model of factors that were learnt elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A dense matrix or expression as an array of a model: a copy, unless a dense_matrix is moved in. Throws
/// std::invalid_argument with the place of the first element that is not finite.
template <class Scalar, class Matrix>
dense_storage<Scalar> own_factors(Matrix&& matrix, std::string_view name) {
  using matrix_type = std::remove_cvref_t<Matrix>;
  static_assert(std::is_same_v<typename matrix_type::Scalar, Scalar>,
                "akin: factors must have the model's scalar type; convert them once with .cast<float>()");
  const std::int64_t rows = matrix.rows(), cols = matrix.cols();
  dense_storage<Scalar> factors;
  if constexpr (std::is_same_v<Matrix, dense_matrix<Scalar>>) {
    const auto owner = std::make_shared<const dense_matrix<Scalar>>(std::move(matrix));
    factors = {rows, cols, storage<Scalar>(owner->data(), rows * cols, owner)};
  } else {
    factors = {rows, cols};
    Eigen::Map<dense_matrix<Scalar>>(factors.mutable_view().data, rows, cols) = matrix;
  }
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t col = 0; col < cols; ++col)
      if (const Scalar x = factors.view().row(row)[col]; !is_finite(x))
        fail<std::invalid_argument>("factor_model: ", name, " must be finite, got ", x, " in row ", row, ", column ",
                                    col);
  return factors;
}

}  // namespace detail

/// Users x k and items x k factors from anywhere; the score of a user and an item is the inner product of their rows.
/// With it the factors of another library, of a neural network or of a file can be searched, ranked, evaluated and
/// saved like those of any model of akin. A user or an item with all factors 0 is not known.
///
/// Memory: the factors. Deterministic: it computes only inner products. Const members may be called from many threads.
template <class Scalar = float, class Index = std::int32_t>
class factor_model : public factor_scores<Scalar, Index> {
 public:
  static constexpr std::string_view kind = "factor_model";

  /// An empty model, to be assigned to.
  factor_model() = default;

  /// From two dense matrices of Eigen's, or expressions of them, one row a user or an item: copies, unless a
  /// dense_matrix is moved in. Throws std::invalid_argument unless both have the same number of columns, one at least,
  /// and all elements are finite.
  template <class Users, class Items>
  requires detail::dense_matrix_like<std::remove_cvref_t<Users>> &&
      detail::dense_matrix_like<std::remove_cvref_t<Items>>
      factor_model(Users&& user_factors, Items&& item_factors) {
    if (user_factors.cols() != item_factors.cols() || user_factors.cols() < 1)
      detail::fail<std::invalid_argument>(
          "factor_model: user_factors and item_factors must have equally many columns, one at least, got ",
          user_factors.cols(), " and ", item_factors.cols());
    this->learnt_.user_factors = detail::own_factors<Scalar>(std::forward<Users>(user_factors), "user_factors");
    this->learnt_.item_factors = detail::own_factors<Scalar>(std::forward<Items>(item_factors), "item_factors");
  }

  void write_to(detail::model_writer& writer) const;
  static factor_model read_from(const detail::model_reader& reader);
};

template <class Scalar, class Index>
void factor_model<Scalar, Index>::write_to(detail::model_writer& writer) const {
  this->learnt_.write_to(writer);
}

template <class Scalar, class Index>
factor_model<Scalar, Index> factor_model<Scalar, Index>::read_from(const detail::model_reader& reader) {
  factor_model model;
  model.learnt_ = factor_table<Scalar>::read_from(reader, detail::model_reader::any, false);
  const factor_table<Scalar>& learnt = model.learnt_;
  reader.require(learnt.user_factors.cols() == learnt.factors() && learnt.factors() >= 1,
                 "users and items must have equally many factors, one at least");
  return model;
}

AKIN_COMPILE_ONCE(factorization, class factor_model<float>)
AKIN_COMPILE_ONCE(factorization, class factor_model<double>)

}  // namespace akin::inline AKIN_ABI
