/// @file
/// The requirements of the library's templates on their arguments, and the sentences for arguments that miss one.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// A policy such as akin::execution::seq or akin::execution::par.
template <class T>
concept execution_policy = requires {
  typename backend_of<T>;
};

/// A compressed sparse matrix with Eigen's accessors: Eigen::SparseMatrix or an Eigen::Map of one.
template <class T>
concept sparse_matrix_like = requires(const T& x) {
  { T::IsRowMajor } -> std::convertible_to<bool>;
  x.rows();
  x.cols();
  x.outerIndexPtr();
  x.innerIndexPtr();
  x.valuePtr();
  x.isCompressed();
};

/// Users by items, row-major: the training data of models.
template <class T>
concept interaction_matrix = sparse_matrix_like<T> && bool(T::IsRowMajor);

/// A model that scores every item for a user.
template <class T>
concept scorer = requires(const T& model, typename T::index_type id, std::span<typename T::scalar_type> out) {
  { model.users() } -> std::convertible_to<std::int64_t>;
  { model.items() } -> std::convertible_to<std::int64_t>;
  { model.knows_user(id) } -> std::convertible_to<bool>;
  { model.knows_item(id) } -> std::convertible_to<bool>;
  { model.score(id, id) } -> std::convertible_to<typename T::scalar_type>;
  model.score_all(id, out);
};

/// A model whose scores are inner products of a user's and an item's factors.
template <class T>
concept factor_model_like = scorer<T> && requires(const T& model) {
  model.user_factors().data();
  model.item_factors().data();
};

namespace detail {

/// The options of a class, in a constructor template with a default, so that `x({})` means default options: `{}`
/// matches both the constructor from options and the move constructor (by the default constructor, which must not be
/// explicit), and overload resolution prefers the one that is not a template. If neither were a template, the call
/// would be ambiguous.
template <class T, class Options>
concept options_for = std::derived_from<T, Options>;

template <class Pointer>
using pointee = std::remove_cv_t<std::remove_pointer_t<Pointer>>;

/// One readable sentence for each requirement on a users-by-items matrix of a model.
template <class Matrix, class Scalar, class Index>
constexpr void assert_interactions() {
  static_assert(sparse_matrix_like<Matrix>,
                "akin: user_items must be a sparse matrix, Eigen::SparseMatrix or an Eigen::Map of one");
  if constexpr (sparse_matrix_like<Matrix>) {
    static_assert(bool(Matrix::IsRowMajor),
                  "akin: user_items must be row-major (one row a user), as akin::sparse_matrix is; "
                  "convert it once with akin::sparse_matrix<float>(your_matrix)");
    static_assert(std::is_same_v<pointee<decltype(std::declval<const Matrix&>().valuePtr())>, Scalar>,
                  "akin: user_items must hold the model's scalar type; convert it once with .cast<float>()");
    static_assert(std::is_same_v<pointee<decltype(std::declval<const Matrix&>().outerIndexPtr())>, Index>,
                  "akin: user_items must use the model's index type; choose it with the model's Index parameter");
  }
}

/// Whether fit was called, even on an empty matrix; a model without is_fitted() counts as fitted if it has users or
/// items.
template <class Model>
bool is_fitted(const Model& model) {
  if constexpr (requires {
                  { model.is_fitted() } -> std::convertible_to<bool>;
                })
    return model.is_fitted();
  else
    return model.users() > 0 || model.items() > 0;
}

/// Throws not_fitted unless the model is fitted and not empty.
template <class Model>
requires requires(const Model& model) { model.users(), model.items(); }
void require_fitted(const Model& model, std::string_view where) {
  if (model.users() > 0 || model.items() > 0) return;
  require_fitted(is_fitted(model), where);
  fail<not_fitted>(where, ": the model has learnt nothing, it was fitted on 0 users x 0 items");
}

/// One readable sentence if the policy is missing.
template <class Policy>
constexpr void assert_policy() {
  static_assert(execution_policy<Policy>,
                "akin: the first argument must be an execution policy, such as akin::execution::par");
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
