/// @file
/// Popularity within a user's segments, for users without a history.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/detail/profiles.hpp>
#include <akin/content/segment_popularity_options.hpp>
#include <akin/error.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Scores an item for a user by its share of the interactions of the user's segments: an age and a country, a community
/// joined, or friends. With t_ai the interactions of segment a with item i, t_a their sum, p_i the item's share of all
/// interactions and m_ua the memberships,
///   s_ui = sum over the user's segments a of m_ua (t_ai + damping p_i) / (t_a + damping) / sum over a of m_ua,
/// and p_i for a user without segments, so that every user has scores. For recent tastes, decay old interactions first
/// (weighting::time_decay).
///
/// Complexity: fit O(sum over memberships of the user's items); a user is scored in O(sum over the user's segments of
/// their items + items). Holds memberships and the segments' sums. Deterministic: the same bits for any number of
/// threads. Const members may be called from many threads.
/// Source: damped means as in S. Funk, "Netflix Update: Try This at Home", 2006; demographic neighbours as in
/// M. J. Pazzani, "A Framework for Collaborative, Content-Based and Demographic Filtering", 1999.
template <class Scalar = float, class Index = std::int32_t>
class segment_popularity {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "segment_popularity";

  segment_popularity() : segment_popularity(segment_popularity_options{}) {}
  /// Throws std::invalid_argument unless damping is finite and not negative.
  template <detail::options_for<segment_popularity_options> Options = segment_popularity_options>
  explicit segment_popularity(const Options& options)
      : options_(akin::checked<segment_popularity_options>(options, kind)) {}

  /// Learns from memberships (users x segments) and interactions (users x items), both of values that are not negative.
  /// Throws std::invalid_argument if they have different users or bad values; the model is then as it was.
  template <class Policy, class Segments, class Matrix>
  void fit(const Policy& policy, const Segments& user_segments, const Matrix& user_items) {
    const detail::host_policy host = detail::on_host(policy);
    const auto [m, x] = checked(host, user_segments, user_items);
    const auto members = detail::transpose(m);
    learn(host, m, x, members.view());
  }
  /// The same where each user is a segment: `user_graph` (users x users) has the weight of each user's taste for each
  /// other user.
  template <class Policy, class Graph, class Matrix>
  void fit_graph(const Policy& policy, const Graph& user_graph, const Matrix& user_items) {
    const detail::host_policy host = detail::on_host(policy);
    const auto [m, x] = checked(host, user_graph, user_items);
    if (m.cols != x.rows)
      detail::fail<std::invalid_argument>("segment_popularity::fit_graph: user_graph must be users x users, got ",
                                          m.rows, " x ", m.cols);
    learn(host, m, x, detail::identity<Scalar, Index>(x.rows).view());
  }

  /// The same model for other users, given by their memberships (users x segments): list u of recommend is then that of
  /// row u. Throws std::invalid_argument if the segments are not those of the model.
  template <class Policy, class Segments>
  segment_popularity for_users(const Policy& policy, const Segments& user_segments) const {
    constexpr std::string_view where = "segment_popularity::for_users";
    detail::require_fitted(*this, where);
    const auto m = checked_memberships(detail::on_host(policy), user_segments, where);
    if (m.cols != tastes_.rows())
      detail::fail<std::invalid_argument>(where, ": user_segments must have a column for each of the ", tastes_.rows(),
                                          " segments, got ", m.cols);
    segment_popularity result(*this);
    result.memberships_ = detail::csr_storage<Scalar, Index>(m);
    return result;
  }

  const segment_popularity_options& options() const noexcept { return options_; }
  /// Whether fit was called, even with no users and no items.
  bool is_fitted() const noexcept { return memberships_.is_set(); }
  std::int64_t users() const noexcept { return memberships_.rows(); }
  std::int64_t items() const noexcept { return shares_.size(); }
  std::int64_t segments() const noexcept { return tastes_.rows(); }
  bool knows_user(Index user) const noexcept { return user >= 0 && user < users(); }
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && shares_[item] > 0; }

  /// 0 for items without users; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those without users.
  void score_all(Index user, std::span<Scalar> out) const noexcept;

  /// The scores of a user without segments, whatever the history, which does not tell segments.
  void score_history(const row_view<Scalar, Index>&, std::span<Scalar> out) const noexcept;
  bool answers_without_history() const noexcept { return true; }

  void write_to(detail::model_writer& writer) const;
  static segment_popularity read_from(const detail::model_reader& reader);

 private:
  using view_type = csr_view<Scalar, Index>;

  /// The terms of a user's score: everybody's share times `everybody`, and `unit` times memberships and tastes.
  struct mixture {
    Scalar everybody, unit;
  };

  template <class Policy, class Segments>
  static view_type checked_memberships(const Policy& policy, const Segments& user_segments, std::string_view where) {
    const auto m = detail::checked_view<Scalar, Index>(policy, user_segments, where);
    detail::check_not_negative(m, where);
    return m;
  }
  template <class Policy, class Segments, class Matrix>
  static std::pair<view_type, view_type> checked(const Policy& policy, const Segments& user_segments,
                                                 const Matrix& user_items) {
    constexpr std::string_view where = "segment_popularity::fit";
    const auto m = checked_memberships(policy, user_segments, where);
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, where);
    detail::check_not_negative(x, where);
    if (m.rows != x.rows)
      detail::fail<std::invalid_argument>(where, ": user_segments must have a row for each of the ", x.rows,
                                          " users, got ", m.rows);
    return {m, x};
  }

  /// `members`: segments x users.
  void learn(const detail::host_policy& policy, const view_type& memberships, const view_type& x,
             const view_type& members);

  /// Without damping, segments without interactions are left out of the mean.
  double denominator(Index segment) const noexcept { return static_cast<double>(totals_[segment]) + options_.damping; }

  mixture mixture_of(Index user) const noexcept;
  /// The factor of the tastes of the user's i-th segment.
  Scalar weight_of(const mixture& mix, Index user, std::int64_t i) const noexcept {
    const auto [segments, weights] = memberships_.view().row(user);
    const double scale = denominator(segments[i]);
    const auto weight = static_cast<double>(weights[i]);
    return scale > 0 ? static_cast<Scalar>(static_cast<double>(mix.unit) * weight / scale) : Scalar{0};
  }

  segment_popularity_options options_;
  detail::csr_storage<Scalar, Index> memberships_;  // users x segments
  detail::csr_storage<Scalar, Index> tastes_;       // segments x items
  detail::storage<Scalar> totals_;                  // of the segments
  detail::storage<Scalar> shares_;                  // of the items, among everybody
};

template <class Scalar, class Index>
Scalar segment_popularity<Scalar, Index>::score(Index user, Index item) const noexcept {
  const mixture mix = mixture_of(user);
  Scalar sum = mix.everybody * shares_[item];
  const auto segments = memberships_.view().row(user).ids;
  for (std::int64_t i = 0; i < segments.size; ++i) {
    const Scalar weight = weight_of(mix, user, i), taste = detail::value_at(tastes_.view(), segments[i], item);
    sum = kernels::add_in_order(&weight, &taste, 1, sum);
  }
  return sum;
}

template <class Scalar, class Index>
void segment_popularity<Scalar, Index>::score_all(Index user, std::span<Scalar> out) const noexcept {
  const mixture mix = mixture_of(user);
  for (std::int64_t item = 0; item < items(); ++item)
    detail::at(out, item) = shares_[item] > 0 ? mix.everybody * shares_[item] : no_score<Scalar>;
  const auto segments = memberships_.view().row(user).ids;
  for (std::int64_t i = 0; i < segments.size; ++i) {
    const auto items = tastes_.view().row(segments[i]);
    kernels::scatter_axpy(weight_of(mix, user, i), items.ids.data, items.values.data, items.size(), out.data());
  }
}

template <class Scalar, class Index>
void segment_popularity<Scalar, Index>::score_history(const row_view<Scalar, Index>&,
                                                      std::span<Scalar> out) const noexcept {
  for (std::int64_t item = 0; item < items(); ++item)
    detail::at(out, item) = shares_[item] > 0 ? shares_[item] : no_score<Scalar>;
}

template <class Scalar, class Index>
void segment_popularity<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  detail::write_csr(writer, "memberships", memberships_.view());
  detail::write_csr(writer, "tastes", tastes_.view());
  writer.add("totals", totals_.data(), totals_.size());
  writer.add("shares", shares_.data(), shares_.size());
}

template <class Scalar, class Index>
segment_popularity<Scalar, Index> segment_popularity<Scalar, Index>::read_from(const detail::model_reader& reader) {
  segment_popularity model(reader.options<segment_popularity_options>());
  model.memberships_ = detail::map_csr<Scalar, Index>(reader, "memberships");
  model.tastes_ = detail::map_csr<Scalar, Index>(reader, "tastes");
  model.totals_ = detail::map_array<Scalar>(reader, "totals", model.tastes_.rows());
  model.shares_ = detail::map_array<Scalar>(reader, "shares", model.tastes_.cols());
  reader.require(model.memberships_.cols() == model.tastes_.rows(), "memberships must be of the model's segments");
  return model;
}

template <class Scalar, class Index>
void segment_popularity<Scalar, Index>::learn(const detail::host_policy& policy, const view_type& memberships,
                                              const view_type& x, const view_type& members) {
  auto tastes =
      detail::summed_rows(policy, members, x, [&](auto& adder, const auto& users) { return adder.sum(x, users); });
  detail::storage<Scalar> totals(tastes.rows()), shares = detail::item_shares(x);
  for (std::int64_t segment = 0; segment < tastes.rows(); ++segment) {
    double total = 0;
    for (const Scalar t : tastes.view().row(segment).values) total += static_cast<double>(t);
    totals.mutable_data()[segment] = static_cast<Scalar>(total);
  }
  memberships_ = detail::csr_storage<Scalar, Index>(memberships);
  tastes_ = std::move(tastes);
  totals_ = std::move(totals);
  shares_ = std::move(shares);
}

template <class Scalar, class Index>
typename segment_popularity<Scalar, Index>::mixture segment_popularity<Scalar, Index>::mixture_of(
    Index user) const noexcept {
  const auto [segments, weights] = memberships_.view().row(user);
  double sum = 0, everybody = 0;
  for (std::int64_t i = 0; i < segments.size; ++i) {
    const double scale = denominator(segments[i]), weight = static_cast<double>(weights[i]);
    if (!(scale > 0)) continue;
    sum += weight;
    everybody += weight * options_.damping / scale;
  }
  if (!(sum > 0)) return {1, 0};
  return {static_cast<Scalar>(everybody / sum), static_cast<Scalar>(1 / sum)};
}

AKIN_COMPILE_ONCE(content, class segment_popularity<float>)
AKIN_COMPILE_ONCE(content, class segment_popularity<double>)

}  // namespace akin::inline AKIN_ABI
