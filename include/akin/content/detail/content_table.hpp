/// @file
/// Features of items and profiles of users, and how content_model answers from them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/content/detail/profiles.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The features f_i / |f_i| of the items and the profiles p_u / |p_u| of the users.
template <class Scalar, class Index>
class content_table {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  content_table() = default;
  /// features: items x features; profiles: users x features; rows of length 1, or empty.
  content_table(csr_storage<Scalar, Index> features, csr_storage<Scalar, Index> profiles)
      : features_(std::move(features)),
        items_by_feature_(transpose(features_.view())),
        profiles_(std::move(profiles)) {}

  /// Whether fit was called, even with no users and no items.
  bool is_fitted() const noexcept { return profiles_.is_set(); }
  std::int64_t users() const noexcept { return profiles_.rows(); }
  std::int64_t items() const noexcept { return features_.rows(); }
  /// Whether the user has a profile; false out of range.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < users() && profiles_.view().row_size(user) > 0;
  }
  /// Whether the item has features; false out of range.
  bool knows_item(Index item) const noexcept {
    return item >= 0 && item < items() && features_.view().row_size(item) > 0;
  }

  /// Whether the item shares a feature with the user's profile; ids must be in range.
  bool has_evidence(Index user, Index item) const noexcept;

  /// Items x features, rows of length 1; refers to the model.
  auto item_features() const { return features_.map(); }
  /// Users x features, rows of length 1, or empty; refers to the model.
  auto user_profiles() const { return profiles_.map(); }

  /// The cosine of profile and features, 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept { return product(profiles_.view().row(user), item); }
  /// Fills out[item] for all items, -infinity for those that share no feature with the profile.
  void score_all(Index user, std::span<Scalar> out) const noexcept { score_profile(profiles_.view().row(user), out); }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// Fills out[other] with the cosine of the features of the item and each other, -infinity if they share none.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept {
    score_profile(features_.view().row(item), out);
  }

  /// See akin::explain: the inner products of the features of each item of a history with those of `item`.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

 protected:
  csr_storage<Scalar, Index> features_;          // items x features
  csr_storage<Scalar, Index> items_by_feature_;  // its transpose
  csr_storage<Scalar, Index> profiles_;          // users x features

 private:
  /// The product of a row of features and an item's, added in the order of the row: to the bit as in score_profile.
  Scalar product(const row_view<Scalar, Index>& weights, Index item) const noexcept;

  void score_profile(const row_view<Scalar, Index>& profile, std::span<Scalar> out) const noexcept;

  /// |p| of a history whose profile was scaled to length 1: p'(p / |p|).
  double unscaled_length(const row_view<Scalar, Index>& history,
                         const sparse_row<Scalar, Index>& profile) const noexcept;
};

template <class Scalar, class Index>
bool content_table<Scalar, Index>::has_evidence(Index user, Index item) const noexcept {
  const auto columns = profiles_.view().row(user).ids;
  return std::any_of(columns.begin(), columns.end(),
                     [&](Index feature) { return find_value(features_.view(), item, feature) != nullptr; });
}

template <class Scalar, class Index>
void content_table<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  const auto profile = row_adder<Scalar, Index>(features_.cols()).unit_sum(features_.view(), history);
  score_profile(profile.view(), out);
}

template <class Scalar, class Index>
void content_table<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                 std::span<Scalar> out) const {
  const auto f = features_.view();
  const auto profile = row_adder<Scalar, Index>(f.cols).unit_sum(f, history);
  const double length = unscaled_length(history, profile);
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const auto shared = static_cast<double>(product(f.row(history.ids[i]), item));
    at(out, i) = length > 0 ? static_cast<Scalar>(static_cast<double>(history.values[i]) * shared / length) : Scalar{0};
  }
}

template <class Scalar, class Index>
Scalar content_table<Scalar, Index>::product(const row_view<Scalar, Index>& weights, Index item) const noexcept {
  constexpr std::int64_t block_size = 64;  // features that are processed together
  Scalar sum = 0, found[block_size];
  for (std::int64_t begin = 0; begin < weights.size(); begin += block_size) {
    const std::int64_t size = std::min(block_size, weights.size() - begin);
    for (std::int64_t i = 0; i < size; ++i) found[i] = value_at(features_.view(), item, weights.ids[begin + i]);
    sum = kernels::add_in_order(weights.values.data + begin, found, size, sum);
  }
  return sum;
}

template <class Scalar, class Index>
void content_table<Scalar, Index>::score_profile(const row_view<Scalar, Index>& profile,
                                                 std::span<Scalar> out) const noexcept {
  const auto by_feature = items_by_feature_.view();
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (const Index feature : profile.ids)
    for (const Index item : by_feature.row(feature).ids) at(out, item) = 0;
  for (std::int64_t i = 0; i < profile.size(); ++i) {
    const auto items = by_feature.row(profile.ids[i]);
    kernels::scatter_axpy(profile.values[i], items.ids.data, items.values.data, items.size(), out.data());
  }
}

template <class Scalar, class Index>
double content_table<Scalar, Index>::unscaled_length(const row_view<Scalar, Index>& history,
                                                     const sparse_row<Scalar, Index>& profile) const noexcept {
  double length = 0;
  for (std::int64_t i = 0; i < history.size(); ++i)
    length += static_cast<double>(history.values[i]) * static_cast<double>(product(profile.view(), history.ids[i]));
  return length;
}

AKIN_COMPILE_ONCE(content, class content_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(content, class content_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
