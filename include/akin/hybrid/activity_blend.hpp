/// @file
/// A blend whose weights depend on a user's activity.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/relevant_items.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/hybrid/learn_weights.hpp>
#include <akin/matrix.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Weights for groups of users: a user whose history has n items is of group g, the number of boundaries that are not
/// above n.
template <std::size_t Models>
struct activity_weights {
  std::vector<std::int64_t> boundaries;              ///< items of a history, ascending; {5, 20}: 0-4, 5-19, 20 or more
  std::vector<std::array<double, Models>> of_group;  ///< one more than boundaries
};

namespace detail {

/// Throws unless the boundaries ascend from 1 or more.
inline void check_boundaries(std::span<const std::int64_t> boundaries, std::string_view where) {
  std::int64_t last = 0;
  for (const std::int64_t boundary : boundaries) {
    if (boundary <= last)
      fail<std::invalid_argument>(where, ": boundaries must ascend from 1, got ", boundary, " after ", last);
    last = boundary;
  }
}

inline std::size_t group_of(std::span<const std::int64_t> boundaries, std::int64_t items) noexcept {
  return static_cast<std::size_t>(std::upper_bound(boundaries.begin(), boundaries.end(), items) - boundaries.begin());
}

/// The rows of x with keeps(row), the others empty.
template <class Scalar, class Index, class Keeps>
sparse_matrix<Scalar, Index> rows_where(const csr_view<Scalar, Index>& x, const Keeps& keeps) {
  sparse_matrix<Scalar, Index> result(static_cast<Eigen::Index>(x.rows), static_cast<Eigen::Index>(x.cols));
  for (std::int64_t row = 0; row < x.rows; ++row) {
    result.startVec(row);
    if (!keeps(row)) continue;
    const auto [ids, values] = x.row(row);
    for (std::int64_t i = 0; i < ids.size; ++i) result.insertBack(row, ids[i]) = values[i];
  }
  result.finalize();
  return result;
}

}  // namespace detail

/// The blend of a user's group: new users may get other models than regular ones, as in feature-weighted linear
/// stacking (J. Sill, G. Takacs, L. Mackey, D. Lin, "Feature-Weighted Linear Stacking", 2009) with the activity as the
/// feature, in steps. A user's activity is the user's number of items in the matrix that is given to activity_blend;
/// that of a history is its own length.
///
/// Made by activity_blend(). Costs what blend costs, and 4 bytes a user. Deterministic as its models are. Similarities
/// of items do not depend on a user: use a blend for them.
template <class... Models>
class activity_blended_model
    : public detail::combined_scores<
          activity_blended_model<Models...>, typename std::tuple_element_t<0, std::tuple<Models...>>::scalar_type,
          typename std::tuple_element_t<0, std::tuple<Models...>>::index_type, (history_scorer<Models> && ...)> {
  using first_type = std::tuple_element_t<0, std::tuple<Models...>>;

 public:
  using scalar_type = typename first_type::scalar_type;
  using index_type = typename first_type::index_type;
  using blend_type = blended_model<Models...>;
  static constexpr std::string_view kind = "activity_blend";

  /// See activity_blend(); group_of_user has a group for each user.
  activity_blended_model(akin::normalization how, const activity_weights<sizeof...(Models)>& weights,
                         std::vector<std::int32_t> group_of_user, const std::tuple<part<Models>...>& parts)
      : boundaries_(weights.boundaries), group_of_user_(std::move(group_of_user)), parts_(parts) {
    constexpr std::string_view where = "activity_blend";
    detail::check_boundaries(boundaries_, where);
    if (weights.of_group.size() != boundaries_.size() + 1)
      detail::fail<std::invalid_argument>(where, ": there must be weights for ", boundaries_.size() + 1,
                                          " groups, one more than boundaries, got ", weights.of_group.size());
    for (const auto& of_group : weights.of_group) groups_.emplace_back(how, of_group, parts);
    if (std::ssize(group_of_user_) != users())
      detail::fail<std::invalid_argument>(where, ": there must be histories of the models' ", users(), " users, got ",
                                          group_of_user_.size());
    for (const std::int32_t group : group_of_user_)
      detail::require(group >= 0 && static_cast<std::size_t>(group) < groups_.size(), where,
                      "the groups of users must be those of the weights", group);
  }

  /// The blend of a group.
  const blend_type& group(std::size_t number) const { return groups_.at(number); }
  std::size_t groups() const noexcept { return groups_.size(); }
  /// The number of the user's group. Throws std::invalid_argument for a user out of range.
  std::size_t group_of(index_type user) const {
    detail::require_id(user, users(), "activity_blend", "user");
    return static_cast<std::size_t>(detail::at(group_of_user_, user));
  }

  bool is_fitted() const { return are_fitted(parts_); }
  std::int64_t users() const { return groups_.front().users(); }
  std::int64_t items() const { return groups_.front().items(); }
  bool knows_user(index_type user) const {
    return user >= 0 && user < users() && groups_[group_of(user)].knows_user(user);
  }
  /// Whether the blend of any group knows the item.
  bool knows_item(index_type item) const {
    return std::any_of(groups_.begin(), groups_.end(), [&](const blend_type& g) { return g.knows_item(item); });
  }

  /// Whether the blend of the group without items has a list for an unknown visitor.
  bool answers_without_history() const { return groups_.front().answers_without_history(); }

  /// The contribution of each model to the score; see blended_model::shares.
  std::array<scalar_type, sizeof...(Models)> shares(index_type user, index_type item) const {
    return groups_[group_of(user)].shares(user, item);
  }

  /// See blended_model::contributions.
  void contributions(const row_view<scalar_type, index_type>& history, index_type item,
                     std::span<scalar_type> out) const requires((history_scorer<Models> && explainable<Models>)&&...) {
    groups_[detail::group_of(boundaries_, history.size())].contributions(history, item, out);
  }

  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<scalar_type> out) const {
    for (std::size_t begin = 0; begin < requests.size();) {
      const std::size_t group = group_of_request(requests[begin]);
      std::size_t end = begin + 1;
      while (end < requests.size() && group_of_request(requests[end]) == group) ++end;
      const auto first = static_cast<std::int64_t>(begin), count = static_cast<std::int64_t>(end - begin);
      groups_[group].score_rows(requests.subspan(begin, end - begin),
                                rows_view<scalar_type>{out.row(first), count, out.cols});
      begin = end;
    }
  }

  void write_to(detail::model_writer& writer) const requires(detail::writable<Models>&&...) {
    writer.add_value("normalization", groups_.front().normalization());
    writer.add_copy("boundaries", boundaries_.data(), std::ssize(boundaries_));
    std::vector<double> weights;
    for (const blend_type& group : groups_)
      weights.insert(weights.end(), group.weights().begin(), group.weights().end());
    writer.add_copy("weights", weights.data(), std::ssize(groups_), static_cast<std::int64_t>(sizeof...(Models)));
    writer.add_copy("groups", group_of_user_.data(), std::ssize(group_of_user_));
    write_parts(writer, parts_);
  }
  /// The blend with its models, which it owns.
  static activity_blended_model read_from(const detail::model_reader& reader) requires(detail::storable<Models>&&...) {
    constexpr std::size_t count = sizeof...(Models);
    activity_weights<count> weights;
    const auto boundaries = reader.array<std::int64_t>("boundaries");
    weights.boundaries.assign(boundaries.data, boundaries.data + boundaries.rows);
    const auto stored = reader.array<double>("weights", boundaries.rows + 1, static_cast<std::int64_t>(count));
    weights.of_group.resize(static_cast<std::size_t>(stored.rows));
    for (std::size_t group = 0; group < weights.of_group.size(); ++group)
      std::copy_n(stored.row(static_cast<std::int64_t>(group)), count, weights.of_group[group].begin());
    const auto groups = reader.array<std::int32_t>("groups");
    const auto how = reader.value("normalization", akin::normalization::none, akin::normalization::rank);
    return {how, weights, std::vector<std::int32_t>(groups.data, groups.data + groups.rows),
            read_parts<Models...>(reader)};
  }

 private:
  std::size_t group_of_request(index_type user) const noexcept {
    return static_cast<std::size_t>(detail::at(group_of_user_, user));
  }
  std::size_t group_of_request(const row_view<scalar_type, index_type>& of) const noexcept {
    return detail::group_of(boundaries_, of.size());
  }

  std::vector<std::int64_t> boundaries_;
  std::vector<std::int32_t> group_of_user_;
  std::tuple<part<Models>...> parts_;
  std::vector<blend_type> groups_;  // share the parts
};

/// Weights for activity_blend: those of learn_weights for the users of each group, by the items that they have in
/// `history`. A group without relevant items in `held_out` gets the weights that are learnt from all users. Arguments,
/// errors and cost as learn_weights, `options` for each group; boundaries must ascend from 1.
template <class Policy, class History, class HeldOut, class Metric, class... Models>
requires(scorer<Models>&&...) activity_weights<sizeof...(Models)> learn_activity_weights(
    const Policy& policy, normalization how, const History& history, const HeldOut& held_out, const Metric& metric,
    std::vector<std::int64_t> boundaries, const learn_weights_options& options, const Models&... models) {
  constexpr std::string_view where = "learn_activity_weights";
  detail::assert_policy<Policy>();
  static_assert(sizeof...(Models) > 0, "akin: learn_activity_weights needs models");
  detail::check_boundaries(boundaries, where);
  using index_type = typename std::tuple_element_t<0, std::tuple<Models...>>::index_type;
  const auto& first = std::get<0>(std::tie(models...));
  const auto seen = detail::shaped_view<index_type>(policy, history, first.users(), first.items(), where, "history");
  const auto relevant_cells =
      detail::shaped_view<index_type>(policy, held_out, first.users(), first.items(), where, "held_out");
  activity_weights<sizeof...(Models)> result;
  const auto everybody = learn_weights(policy, how, history, held_out, metric, options, models...);
  for (std::size_t group = 0; group <= boundaries.size(); ++group) {
    std::vector<index_type> relevant;
    bool anybody = false;
    const auto of_group = detail::rows_where(relevant_cells, [&](std::int64_t user) {
      if (detail::group_of(boundaries, seen.row_size(user)) != group) return false;
      detail::find_relevant(relevant_cells.row(user), seen.row(user).ids, true, relevant);
      anybody |= !relevant.empty();
      return true;
    });
    result.of_group.push_back(anybody ? learn_weights(policy, how, history, of_group, metric, options, models...)
                                      : everybody);
  }
  result.boundaries = std::move(boundaries);
  return result;
}

/// One model of several, which selects each user's blend by the user's number of items in `histories` (users x items,
/// the training data of the models): activity_blend(normalization::z_score, learnt, clicks, als, knn). Refers to
/// lvalues among the models, which must outlive it, and owns rvalues. Throws std::invalid_argument for weights that
/// blend refuses, boundaries that do not ascend from 1, and models or histories of different users or items.
template <class Histories, class... Models>
requires sparse_matrix_like<Histories>
auto activity_blend(normalization how, const activity_weights<sizeof...(Models)>& weights, const Histories& histories,
                    Models&&... models) {
  static_assert(sizeof...(Models) > 0, "akin: activity_blend needs models");
  using model_type = activity_blended_model<std::remove_cvref_t<Models>...>;
  const std::tuple parts(part_of(std::forward<Models>(models))...);
  detail::check_boundaries(weights.boundaries, "activity_blend");
  if (histories.cols() != std::get<0>(parts)->items())
    detail::fail<std::invalid_argument>("activity_blend: histories must have the models' ", std::get<0>(parts)->items(),
                                        " items, got ", histories.cols());
  std::vector<std::int32_t> groups;
  groups.reserve(static_cast<std::size_t>(histories.rows()));
  const auto* const offsets = histories.outerIndexPtr();
  detail::require(histories.isCompressed(), "activity_blend", "histories must be compressed");
  for (Eigen::Index user = 0; user < histories.rows(); ++user)
    groups.push_back(
        static_cast<std::int32_t>(detail::group_of(weights.boundaries, offsets[user + 1] - offsets[user])));
  return model_type(how, weights, std::move(groups), parts);
}

}  // namespace akin::inline AKIN_ABI
