/// @file
/// What implicit_als has learnt.
#pragma once

#include <algorithm>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Factors in the eigenbasis of the items' Gramian, and the weights of features.
template <class Scalar, class Index>
struct implicit_als_table : factor_table<Scalar> {
  detail::storage<Scalar> item_eigenvalues;                  // of the Gramian of the trained items, which is diagonal
  detail::dense_storage<Scalar> user_weights, item_weights;  // B of the features, features x k
  detail::storage<Index> untrained_users;                    // that have nothing but features

  bool has_features() const noexcept { return user_weights.rows() > 0 || item_weights.rows() > 0; }
  implicit_als_table resized(std::int64_t users, std::int64_t items) const {
    return {factor_table<Scalar>::resized(users, items), item_eigenvalues, user_weights, item_weights, untrained_users};
  }
  void write_to(detail::model_writer& writer) const;
  static implicit_als_table read_from(const detail::model_reader& reader, std::int64_t factors);
};

template <class Scalar, class Index>
void implicit_als_table<Scalar, Index>::write_to(detail::model_writer& writer) const {
  factor_table<Scalar>::write_to(writer);
  writer.add("item_eigenvalues", item_eigenvalues.data(), item_eigenvalues.size());
  writer.add("user_feature_weights", user_weights.view());
  writer.add("item_feature_weights", item_weights.view());
  writer.add("untrained_users", untrained_users.data(), untrained_users.size());
}

template <class Scalar, class Index>
implicit_als_table<Scalar, Index> implicit_als_table<Scalar, Index>::read_from(const detail::model_reader& reader,
                                                                               std::int64_t factors) {
  const auto any = detail::model_reader::any;
  implicit_als_table table;
  static_cast<factor_table<Scalar>&>(table) = factor_table<Scalar>::read_from(reader, factors, false);
  table.item_eigenvalues = detail::map_array<Scalar>(reader, "item_eigenvalues", factors);
  reader.require(
      std::is_sorted(table.item_eigenvalues.begin(), table.item_eigenvalues.end()) && table.item_eigenvalues[0] >= 0,
      "eigenvalues must ascend from 0 or more");
  table.user_weights = detail::map_dense<Scalar>(reader, "user_feature_weights", any, factors);
  table.item_weights = detail::map_dense<Scalar>(reader, "item_feature_weights", any, factors);
  const auto untrained = reader.array<Index>("untrained_users", any, 1);
  detail::check_ids(reader, "untrained_users", untrained.data, untrained.rows, table.users());
  table.untrained_users = {untrained.data, untrained.rows, reader.owner()};
  return table;
}

AKIN_COMPILE_ONCE(factorization, struct implicit_als_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct implicit_als_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
