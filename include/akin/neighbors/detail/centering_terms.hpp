/// @file
/// The centering terms of users and items: subtracted from values, added to predicted ratings.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/damped_mean.hpp>
#include <akin/neighbors/similarity.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A value r of a user and an item is (r - user.offset - item's offset) / user.scale when centred.
template <class Scalar>
struct user_terms {
  Scalar offset = 0, scale = 1;
};

/// The sums of an item's neighbours: their centred values times their similarities, the similarities' magnitudes, and
/// the rating that follows.
template <class Scalar>
struct prediction {
  Scalar sum = 0, weight = 0, rating = 0;
};

/// The terms of all users and items of a training.
template <class Scalar, class Index>
class centering_terms {
 public:
  centering_terms() = default;
  centering_terms(centering kind, const csr_view<Scalar, Index>& x) : kind_(kind) {
    if (kind == centering::none) return;
    learn_items(x);
    users_ = storage<Scalar>(2 * x.rows);
    for (std::int64_t u = 0; u < x.rows; ++u) {
      const user_terms<Scalar> terms = of_history(x.row(u));
      users_.mutable_data()[2 * u] = terms.offset;
      users_.mutable_data()[2 * u + 1] = terms.scale;
    }
  }

  /// Whether there are centering terms.
  bool centres() const noexcept { return kind_ != centering::none; }

  user_terms<Scalar> user(Index u) const noexcept {
    return users_.size() == 0 ? user_terms<Scalar>() : user_terms<Scalar>{users_[2 * u], users_[2 * u + 1]};
  }
  Scalar item(Index i) const noexcept { return items_.size() == 0 ? Scalar{0} : items_[i]; }
  /// 0 if the value differs from the subtracted terms only by rounding: users and items with equal values have no
  /// direction.
  Scalar centred(Scalar value, const user_terms<Scalar>& user, Index i) const noexcept {
    const Scalar rest = value - user.offset - item(i);
    return std::abs(rest) <= 8 * std::numeric_limits<Scalar>::epsilon() * std::abs(value) ? Scalar{0}
                                                                                          : rest / user.scale;
  }
  /// The rating of a centred value.
  Scalar rating(Scalar centred_value, const user_terms<Scalar>& user, Index i) const noexcept {
    return user.offset + item(i) + user.scale * centred_value;
  }

  prediction<Scalar> predict(Scalar sum, Scalar weight, const user_terms<Scalar>& user, Index i) const noexcept {
    return {sum, weight, rating(weight > 0 ? sum / weight : Scalar{0}, user, i)};
  }
  /// Turns the sums of all items with a weight into ratings.
  void rate(const user_terms<Scalar>& user, std::span<const Scalar> weights, std::span<Scalar> sums) const noexcept {
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (weights[i] > 0) sums[i] = rating(sums[i] / weights[i], user, static_cast<Index>(i));
  }

  /// The terms of a user with this history; for an empty history, the global defaults.
  user_terms<Scalar> of_history(const row_view<Scalar, Index>& history) const noexcept {
    damped_mean rest;
    const double off = kind_ == centering::baseline ? mean_ : 0;
    for (std::int64_t i = 0; i < history.size(); ++i)
      rest.add(static_cast<double>(history.values[i]) - off -
               (off == 0 ? 0 : static_cast<double>(item(history.ids[i]))));
    if (kind_ == centering::baseline) return {static_cast<Scalar>(mean_ + rest.value(default_user_damping)), 1};
    if (kind_ != centering::user_mean && kind_ != centering::z_score) return {};
    const double mean = history.empty() ? mean_ : rest.value();
    if (kind_ == centering::user_mean) return {static_cast<Scalar>(mean), 1};
    double squares = 0;
    for (const Scalar value : history.values) squares += std::pow(static_cast<double>(value) - mean, 2);
    const double deviation = std::sqrt(squares / std::max(static_cast<double>(history.size()), 1.0));
    return {static_cast<Scalar>(mean), static_cast<Scalar>(deviation > 1e-6 * std::abs(mean) ? deviation : 1)};
  }

  /// A copy of x with its values centred.
  csr_storage<Scalar, Index> centre(const csr_view<Scalar, Index>& x) const {
    csr_storage<Scalar, Index> result(x);
    if (kind_ == centering::none) return result;
    for (std::int64_t u = 0; u < x.rows; ++u) {
      const user_terms<Scalar> terms = user(static_cast<Index>(u));
      for (std::int64_t i = x.offsets[u]; i < x.offsets[u + 1]; ++i)
        result.mutable_values()[i] = centred(x.values[i], terms, x.columns[i]);
    }
    return result;
  }

  void write_to(model_writer& writer) const {
    writer.add_value("centering.mean", mean_);
    writer.add("centering.items", items_.data(), items_.size());
    writer.add("centering.users", users_.data(), users_.size());
  }
  void read_from(const model_reader& reader, centering kind, std::int64_t users, std::int64_t items) {
    kind_ = kind;
    mean_ = reader.value<double>("centering.mean");
    items_ = map_array<Scalar>(reader, "centering.items");
    users_ = map_array<Scalar>(reader, "centering.users");
    const bool has_items = kind == centering::item_mean || kind == centering::baseline;
    reader.require(is_finite(mean_) && items_.size() == (has_items ? items : 0) &&
                       users_.size() == (kind == centering::none ? 0 : 2 * users),
                   "the terms of centering must be one for each item and two for each user");
  }

 private:
  void learn_items(const csr_view<Scalar, Index>& x) {
    double sum = 0;
    for (std::int64_t i = 0; i < x.nonzeros(); ++i) sum += static_cast<double>(x.values[i]);
    mean_ = x.nonzeros() == 0 ? 0 : sum / static_cast<double>(x.nonzeros());
    if (kind_ != centering::item_mean && kind_ != centering::baseline) return;
    std::vector<damped_mean> rests(static_cast<std::size_t>(x.cols));
    for (std::int64_t i = 0; i < x.nonzeros(); ++i)
      rests[static_cast<std::size_t>(x.columns[i])].add(static_cast<double>(x.values[i]) - mean_);
    items_ = storage<Scalar>(x.cols);
    for (std::size_t i = 0; i < rests.size(); ++i)
      items_.mutable_data()[i] = static_cast<Scalar>(kind_ == centering::baseline ? rests[i].value(default_item_damping)
                                                                                  : mean_ + rests[i].value());
  }

  centering kind_ = centering::none;
  double mean_ = 0;        // of all values
  storage<Scalar> items_;  // an offset each, if kind has them
  storage<Scalar> users_;  // offset and scale each, unless kind is none
};

}  // namespace akin::inline AKIN_ABI::detail
