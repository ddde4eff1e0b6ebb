/// @file
/// The inner products of a few columns of a sparse matrix with each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One worker's memory. Sorts the elements of the columns by user, and adds up what each user contributes: the time is
/// that of the nonzero products, whatever the number of users that the columns do not share.
template <class Scalar, class Index>
class set_products {
 public:
  set_products(const csr_view<Scalar, Index>& item_users, std::int64_t users) : item_users_(item_users), ends_(users) {}

  /// Row-major, ids.size() x ids.size(), with the part below the diagonal filled; valid until the next call.
  const double* multiply(const numbers<Index>& ids) {
    sums_.assign(ids.size() * ids.size(), 0.0);
    sort_by_user(ids);
    std::int64_t begin = 0;
    for (const Index user : users_) {
      const std::int64_t end = ends_[user];
      for (std::int64_t a = begin + 1; a < end; ++a) {
        double* const row = sums_.data() + cells_[a].place * ids.size();
        for (std::int64_t b = begin; b < a; ++b) row[cells_[b].place] += cells_[a].value * cells_[b].value;
      }
      begin = end;
      ends_[user] = 0;
    }
    users_.clear();
    return sums_.data();
  }

 private:
  struct cell {
    std::int64_t place;
    double value;
  };

  /// cells_: user by user as in users_, places ascending; ends_: the end of each user's cells.
  void sort_by_user(const numbers<Index>& ids) {
    std::int64_t total = 0;
    for (const Index id : ids)
      for (const Index user : item_users_.row(id).ids) {
        if (ends_[user]++ == 0) users_.push_back(user);
        ++total;
      }
    cells_.resize(total);
    std::int64_t begin = 0;
    for (const Index user : users_) {
      const std::int64_t count = ends_[user];
      ends_[user] = begin;
      begin += count;
    }
    for (std::int64_t place = 0; place < ids.size(); ++place) {
      const auto [users, values] = item_users_.row(ids[place]);
      for (std::int64_t e = 0; e < users.size; ++e) cells_[ends_[users[e]]++] = {place, static_cast<double>(values[e])};
    }
  }

  csr_view<Scalar, Index> item_users_;
  numbers<std::int64_t> ends_;
  numbers<Index> users_;
  numbers<cell> cells_;
  numbers<double> sums_;
};

}  // namespace akin::inline AKIN_ABI::detail
