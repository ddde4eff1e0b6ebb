/// @file
/// What explicit_als has learnt.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// With a flag for each user and item: 1 if there were ratings. A row of zeros may be known.
template <class Scalar>
struct explicit_als_table : factor_table<Scalar> {
  detail::storage<std::uint8_t> known_users, known_items;

  bool knows_user(std::int64_t user) const noexcept { return known_users[user] != 0; }
  bool knows_item(std::int64_t item) const noexcept { return known_items[item] != 0; }

  explicit_als_table resized(std::int64_t users, std::int64_t items) const {
    return {factor_table<Scalar>::resized(users, items), detail::with_rows(known_users, users),
            detail::with_rows(known_items, items)};
  }
  template <class Index>
  void set_users(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
                 const csr_view<Scalar, Index>& x) {
    factor_table<Scalar>::set_users(ids, rows, x);
    mark(ids, x, known_users);
  }
  template <class Index>
  void set_items(const detail::numbers<Index>& ids, const detail::dense_storage<Scalar>& rows,
                 const csr_view<Scalar, Index>& x) {
    factor_table<Scalar>::set_items(ids, rows, x);
    mark(ids, x, known_items);
  }

  void write_to(detail::model_writer& writer) const {
    factor_table<Scalar>::write_to(writer);
    writer.add("known_users", known_users.data(), known_users.size());
    writer.add("known_items", known_items.data(), known_items.size());
  }
  static explicit_als_table read_from(const detail::model_reader& reader, std::int64_t factors) {
    const auto flags = [&](std::string_view name, std::int64_t size) {
      const auto known = reader.array<std::uint8_t>(name, size, 1);
      return detail::storage<std::uint8_t>(known.data, size, reader.owner());
    };
    explicit_als_table table;
    static_cast<factor_table<Scalar>&>(table) = factor_table<Scalar>::read_from(reader, factors, true);
    table.known_users = flags("known_users", table.users());
    table.known_items = flags("known_items", table.items());
    return table;
  }

 private:
  template <class Index>
  static void mark(const detail::numbers<Index>& ids, const csr_view<Scalar, Index>& x,
                   detail::storage<std::uint8_t>& known) {
    std::int64_t row = 0;
    for (const Index id : ids) known.mutable_data()[id] = x.row_size(row++) > 0;
  }
};

}  // namespace akin::inline AKIN_ABI
