/// @file
/// Recommendations by filtering a user's history on the graph of users and items.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/graph/detail/lane_filter.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/linear/randomized_svd.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

[[noreturn]] void fail_beyond_scalar(std::string_view whose, std::int64_t id, double sum);

/// The sums of the rows. Throws numeric_error where a filter of such a row, whose terms are some times as large, would
/// leave Scalar.
template <class Scalar, class Index>
std::vector<double> degrees(const host_policy& policy, const csr_view<Scalar, Index>& x, std::string_view whose) {
  std::vector<double> sums(static_cast<std::size_t>(x.rows));
  for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    for (const Scalar value : x.row(row).values) {
      require(value >= Scalar(0), "graph_filter::fit", "values must not be negative", value);
      sums[static_cast<std::size_t>(row)] += static_cast<double>(value);
    }
    if (sums[static_cast<std::size_t>(row)] > 1e-3 * static_cast<double>(std::numeric_limits<Scalar>::max()))
      fail_beyond_scalar(whose, row, sums[static_cast<std::size_t>(row)]);
  });
  return sums;
}

/// factor degree^exponent, 0 where the degree is 0. Throws numeric_error where that leaves Scalar.
template <class Scalar>
storage<Scalar> powers(const std::vector<double>& degrees, double exponent, double factor, std::string_view whose) {
  storage<Scalar> result(static_cast<std::int64_t>(degrees.size()));
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    if (!(degrees[i] > 0)) continue;
    const auto power = static_cast<Scalar>(factor * std::pow(degrees[i], exponent));
    if (!is_finite(power) || (factor > 0 && !(power > 0)))
      fail_beyond_scalar(whose, static_cast<std::int64_t>(i), degrees[i]);
    result.mutable_data()[i] = power;
  }
  return result;
}

}  // namespace detail

/// Scores the items for a user by a filter that keeps what is smooth on the graph of users and items. With R the
/// users x items interactions, D_u and D_i the sums of its rows and columns, P = D_i^-1/2 R' D_u^-1 R D_i^-1/2, V its
/// `ideal_rank` eigenvectors of the largest eigenvalues and r a user's row, the scores are
///
///   D_i^b p(P) D_i^-b r + ideal_weight * D_i^c V V' D_i^-c r
///
/// with a polynomial p, b = polynomial_exponent and c = ideal_exponent. Nothing is trained but V, by randomized_svd;
/// the history of a user who was not there is filtered like any other. Values must not be negative.
///
/// Complexity: fit takes what randomized_svd takes for `ideal_rank`; holds R twice and items * ideal_rank numbers. A
/// user is scored in O(degree of p * nonzeros + items * ideal_rank), 16 in the time of one.
/// Deterministic: the same bits for any number of threads, for a user alone or among others. Const members may be
/// called from many threads; scoring allocates 16 (users + 2 items) numbers.
/// Sources: Y. Shen et al., "How Powerful is Graph Convolution for Recommendation?", CIKM 2021; C. Kim et al., "Graph
/// Spectral Filtering with Chebyshev Interpolation for Recommendation", SIGIR 2025.
template <class Scalar = float, class Index = std::int32_t>
class graph_filter {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "graph_filter";
  static constexpr int block_users = 16;

  graph_filter() : graph_filter(graph_filter_options{}) {}
  template <detail::options_for<graph_filter_options> Options = graph_filter_options>
  explicit graph_filter(const Options& options) : options_(checked<graph_filter_options>(options, kind)) {}

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "graph_filter::fit");
    graph_filter next(options_);
    next.learn(policy, x);
    next.histories_ = detail::own<Scalar, Index>(std::forward<Matrix>(user_items));
    *this = std::move(next);
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const graph_filter_options& options() const noexcept { return options_; }
  /// Whether fit was called, be it with no users and no items.
  bool is_fitted() const noexcept { return histories_.is_set(); }
  std::int64_t users() const noexcept { return histories_.rows(); }
  std::int64_t items() const noexcept { return item_users_.rows(); }
  /// Whether the user has a value above 0.
  bool knows_user(Index user) const noexcept { return user >= 0 && user < users() && user_weights_[user] > 0; }
  /// Whether a user has the item, with a value above 0.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && item_weights_[item] > 0; }

  /// The interactions of the training, users x items; refers to the model.
  auto histories() const { return histories_.map(); }
  /// D_i^c V, items x rank with rank at most `ideal_rank`; refers to the model.
  auto smooth_signals() const { return smooth_.map(); }

  /// The score among all others, which costs as much as score_all; 0 without evidence. Ids must be in range.
  Scalar score(Index user, Index item) const;
  /// Fills out[item] for all items, -infinity for those that no user has.
  void score_all(Index user, std::span<Scalar> out) const {
    score_block(std::span(&user, 1), {out.data(), 1, items()});
  }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;
  /// Row i of `out` gets what score_all gives for users[i], to the bit.
  void score_block(std::span<const Index> users, const rows_view<Scalar>& out) const;
  /// Row i of `out` gets what score_history gives for histories[i], to the bit.
  void score_block(std::span<const row_view<Scalar, Index>> histories, const rows_view<Scalar>& out) const;

  /// Fills out[other] with what a user who has nothing but the item would be scored.
  void similarity_all(Index item, std::span<Scalar> out) const;

  /// See akin::explain. Costs one application of the filter: with D_i^b and D_i^c apart it is symmetric.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  static graph_filter read_from(const detail::model_reader& reader);

 private:
  detail::graph_view<Scalar, Index> graph() const noexcept {
    return {histories_.view(), item_users_.view(),     user_weights_.data(), item_weights_.data(),
            scales_.data(),    smooth_weights_.data(), smooth_.view()};
  }

  /// All but the histories.
  void learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x);
  /// smooth = D_i^c V.
  void find_smooth(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                   const std::vector<double>& user_degrees, const std::vector<double>& item_degrees);

  graph_filter_options options_;
  detail::csr_storage<Scalar, Index> histories_;
  detail::csr_storage<Scalar, Index> item_users_;  // its transpose
  detail::storage<Scalar> user_weights_;           // see detail::graph_view
  detail::storage<Scalar> item_weights_;
  detail::storage<Scalar> scales_;
  detail::storage<Scalar> smooth_weights_;
  detail::dense_storage<Scalar> smooth_;
};

template <class Scalar, class Index>
Scalar graph_filter<Scalar, Index>::score(Index user, Index item) const {
  if (!knows_item(item)) return 0;
  std::vector<Scalar> scores(static_cast<std::size_t>(items()));
  score_all(user, scores);
  return scores[static_cast<std::size_t>(item)];
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  score_block(std::span(&history, 1), {out.data(), 1, items()});
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::score_block(std::span<const Index> users, const rows_view<Scalar>& out) const {
  std::vector<row_view<Scalar, Index>> rows;
  for (const Index user : users) rows.push_back(histories_.view().row(user));
  score_block(std::span<const row_view<Scalar, Index>>(rows), out);
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::score_block(std::span<const row_view<Scalar, Index>> histories,
                                              const rows_view<Scalar>& out) const {
  const auto series = detail::chebyshev_series<Scalar>(options_);
  detail::lane_filter<block_users, Scalar, Index> filter(graph());
  for (std::size_t begin = 0; begin < histories.size(); begin += block_users) {
    const auto part = histories.subspan(begin, std::min<std::size_t>(block_users, histories.size() - begin));
    filter.score(part, series,
                 {out.row(static_cast<std::int64_t>(begin)), static_cast<std::int64_t>(part.size()), items()});
  }
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const {
  const Scalar one = knows_item(item) ? Scalar(1) : Scalar(0);
  score_history({{&item, 1}, {&one, 1}}, out);
  if (!knows_item(item)) std::fill(out.begin(), out.end(), no_score<Scalar>);
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  std::fill(out.begin(), out.end(), Scalar(0));
  if (!knows_item(item)) return;
  const Scalar one = 1;
  const row_view<Scalar, Index> asked{{&item, 1}, {&one, 1}};
  auto without_ideal = graph();
  without_ideal.smooth = {nullptr, items(), 0};
  std::vector<Scalar> response(static_cast<std::size_t>(items()));
  detail::lane_filter<block_users, Scalar, Index>(without_ideal)
      .score(std::span(&asked, 1), detail::chebyshev_series<Scalar>(options_), {response.data(), 1, items()});
  const rows_view<const Scalar> s = smooth_.view();
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const Index from = history.ids[i];
    if (!knows_item(from)) continue;
    // (d_from / d_item)^b p, and what is wanted is (d_item / d_from)^b p.
    const Scalar ratio =
        scales_[item] * std::sqrt(item_weights_[item]) / (scales_[from] * std::sqrt(item_weights_[from]));
    const Scalar smooth = kernels::dot(s.row(item), s.row(from), s.cols) * smooth_weights_[from];
    out[static_cast<std::size_t>(i)] =
        history.values[i] * (ratio * ratio * response[static_cast<std::size_t>(from)] + smooth);
  }
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) {
  item_users_ = detail::transpose(x);
  const auto user_degrees = detail::degrees(policy, x, "user"),
             item_degrees = detail::degrees(policy, item_users_.view(), "item");
  user_weights_ = detail::powers<Scalar>(user_degrees, -1, 1, "user");
  item_weights_ = detail::powers<Scalar>(item_degrees, -1, 1, "item");
  scales_ = detail::powers<Scalar>(item_degrees, 0.5 + options_.polynomial_exponent, 1, "item");
  smooth_weights_ = detail::powers<Scalar>(item_degrees, -2 * options_.ideal_exponent, options_.ideal_weight, "item");
  find_smooth(policy, x, user_degrees, item_degrees);
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::find_smooth(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                              const std::vector<double>& user_degrees,
                                              const std::vector<double>& item_degrees) {
  const auto rank = static_cast<int>(std::min<std::int64_t>({options_.ideal_rank, x.rows, x.cols}));
  smooth_ = {x.cols, rank};
  if (rank == 0) return;
  detail::csr_storage<Scalar, Index> normalized(x);
  detail::for_each_row(policy, x.rows, [&](std::int64_t user, int) {
    for (auto p = static_cast<std::int64_t>(x.offsets[user]); p < static_cast<std::int64_t>(x.offsets[user + 1]); ++p) {
      const double degrees =
          user_degrees[static_cast<std::size_t>(user)] * item_degrees[static_cast<std::size_t>(x.columns[p])];
      if (x.values[p] > 0)
        normalized.mutable_values()[p] = static_cast<Scalar>(static_cast<double>(x.values[p]) / std::sqrt(degrees));
    }
  });
  const auto normalized_items = detail::transpose(normalized.view());
  const auto svd = detail::randomized_svd(policy, normalized.view(), normalized_items.view(),
                                          {.rank = rank, .iterations = options_.svd_iterations, .seed = options_.seed});
  const auto scales = detail::powers<Scalar>(item_degrees, options_.ideal_exponent, 1, "item");
  const rows_view<Scalar> smooth = smooth_.mutable_view();
  for (std::int64_t item = 0; item < x.cols; ++item)
    for (std::int64_t d = 0; d < rank; ++d) smooth.row(item)[d] = scales[item] * svd.v(item, d);
}

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  detail::write_csr(writer, "histories", histories_.view());
  detail::write_csr(writer, "item_users", item_users_.view());
  writer.add("user_weights", user_weights_.data(), user_weights_.size());
  writer.add("item_weights", item_weights_.data(), item_weights_.size());
  writer.add("scales", scales_.data(), scales_.size());
  writer.add("smooth_weights", smooth_weights_.data(), smooth_weights_.size());
  writer.add("smooth", smooth_.view());
}

template <class Scalar, class Index>
graph_filter<Scalar, Index> graph_filter<Scalar, Index>::read_from(const detail::model_reader& reader) {
  graph_filter model(reader.options<graph_filter_options>());
  model.histories_ = detail::map_csr<Scalar, Index>(reader, "histories");
  model.item_users_ = detail::map_csr<Scalar, Index>(reader, "item_users");
  reader.require(
      model.item_users_.rows() == model.histories_.cols() && model.item_users_.cols() == model.histories_.rows(),
      "histories must be users x items, and item_users items x users");
  model.user_weights_ = detail::map_array<Scalar>(reader, "user_weights", model.users());
  model.item_weights_ = detail::map_array<Scalar>(reader, "item_weights", model.items());
  model.scales_ = detail::map_array<Scalar>(reader, "scales", model.items());
  model.smooth_weights_ = detail::map_array<Scalar>(reader, "smooth_weights", model.items());
  model.smooth_ = detail::map_dense<Scalar>(reader, "smooth", model.items());
  return model;
}

AKIN_COMPILE_ONCE(graph, class graph_filter<float>)
AKIN_COMPILE_ONCE(graph, class graph_filter<double>)

#if AKIN_BODIES(graph)
namespace detail {

AKIN_INLINE void fail_beyond_scalar(std::string_view whose, std::int64_t id, double sum) {
  fail<numeric_error>("graph_filter::fit: the values of ", whose, " ", id, " sum to ", sum,
                      ", which is beyond the scalar type; scale them");
}

}  // namespace detail
#endif

}  // namespace akin::inline AKIN_ABI
