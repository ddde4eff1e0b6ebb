/// @file
/// Content-based recommendation: items whose features are similar to those of the user's items.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/content_model_options.hpp>
#include <akin/content/detail/content_table.hpp>
#include <akin/content/detail/profiles.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/time_decay.hpp>
#include <akin/error.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A feature (a term, a category), and its weight.
template <class Scalar, class Index>
struct weighted_feature {
  Index feature;
  Scalar weight;
};

namespace detail {

/// The k features with the greatest weights, by (weight descending, id ascending).
template <class Scalar, class Index>
std::vector<weighted_feature<Scalar, Index>> first_features(std::vector<weighted_feature<Scalar, Index>> features,
                                                            int k) {
  std::sort(features.begin(), features.end(), [](const auto& a, const auto& b) {
    return a.weight > b.weight || (a.weight == b.weight && a.feature < b.feature);
  });
  if (features.size() > static_cast<std::size_t>(k)) features.resize(static_cast<std::size_t>(k));
  return features;
}

}  // namespace detail

/// Scores an item for a user by the cosine of its features f_i and the user's profile, the sum of the features of the
/// user's items:
///   p_u = sum over the user's items i of r_ui f_i / |f_i|,    s_uj = p_u'f_j / (|p_u| |f_j|)
/// where of a log r_ui is the sum of the values of the interactions, each times 2^(-age / half_life_days). Items
/// without users are recommended like all others; items without features, or without features in common with the user's
/// items, are not.
///
/// Complexity: fit O(sum over interactions of the item's features); a user is scored in O(sum over the features of the
/// profile of the items that have them + items). Holds the features twice, by item and by feature, and a profile a
/// user. Deterministic: the same bits for any number of threads. Const members may be called from many threads.
/// Source: M. J. Pazzani, D. Billsus, "Content-Based Recommendation Systems", The Adaptive Web, 2007.
template <class Scalar = float, class Index = std::int32_t>
class content_model : public detail::content_table<Scalar, Index> {
  using table_type = detail::content_table<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "content_model";

  content_model() : content_model(content_model_options{}) {}
  /// Throws std::invalid_argument unless half_life_days is 0 or a finite positive number.
  template <detail::options_for<content_model_options> Options = content_model_options>
  explicit content_model(const Options& options) : options_(checked<content_model_options>(options, kind)) {}

  /// Learns from `item_features`, items x features (sparse row-major, or dense), and a users x items matrix, of which
  /// it keeps only profiles. Throws std::invalid_argument if the two do not have the same items or values are not
  /// finite; the model is then as it was.
  template <class Policy, class Features, class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Policy& policy, const Features& item_features, const Matrix& user_items) {
    const detail::host_policy host = detail::on_host(policy);
    learn(host, item_features, detail::checked_view<Scalar, Index>(host, user_items, "content_model::fit"));
  }
  /// The same from a log, whose interactions count less the older they are. Also throws if half_life_days is given and
  /// the log has no times.
  template <class Policy, class Features>
  void fit(const Policy& policy, const Features& item_features, const interaction_log& log) {
    const interaction_log decayed =
        options_.half_life_days > 0 ? weighting::time_decay(log, {.half_life_days = options_.half_life_days}) : log;
    const auto matrix = decayed.template matrix<Scalar>(duplicates::sum);
    if constexpr (std::is_same_v<Index, std::int32_t>)
      learn(detail::on_host(policy), item_features, detail::view_of(matrix, "content_model::fit"));
    else
      fit(policy, item_features, sparse_matrix<Scalar, Index>(matrix));
  }

  const content_model_options& options() const noexcept { return options_; }

  /// The k features with the largest contributions to the item's score, of those that it shares with the user's
  /// profile, by (weight descending, id ascending); all of them sum to the score. Throws not_fitted, or
  /// std::invalid_argument for ids out of range or k < 1.
  std::vector<weighted_feature<Scalar, Index>> shared_features(Index user, Index item, int k = 10) const;

  void write_to(detail::model_writer& writer) const;
  static content_model read_from(const detail::model_reader& reader);

 private:
  template <class Features>
  void learn(const detail::host_policy& policy, const Features& item_features, const csr_view<Scalar, Index>& x) {
    if constexpr (sparse_matrix_like<Features>) {
      learn_from(policy,
                 detail::checked_view<Scalar, Index>(policy, item_features, "content_model::fit: item_features"), x);
    } else {
      static_assert(std::is_same_v<typename Features::Scalar, Scalar>,
                    "akin: item_features must hold the model's scalar type; convert them once with .cast<float>()");
      sparse_matrix<Scalar, Index> sparse = dense_matrix<Scalar>(item_features).sparseView(Scalar{0}, Scalar{0});
      sparse.makeCompressed();
      learn(policy, sparse, x);
    }
  }
  void learn_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& f,
                  const csr_view<Scalar, Index>& x);

  content_model_options options_;
};

template <class Scalar, class Index>
std::vector<weighted_feature<Scalar, Index>> content_model<Scalar, Index>::shared_features(Index user, Index item,
                                                                                           int k) const {
  constexpr std::string_view where = "content_model::shared_features";
  detail::require_fitted(*this, where);
  detail::require_id(user, this->users(), where, "user");
  detail::require_id(item, this->items(), where, "item");
  detail::require(k >= 1, where, "k must be positive", k);
  const auto [columns, values] = this->features_.view().row(item);
  std::vector<weighted_feature<Scalar, Index>> shared;
  for (std::int64_t i = 0; i < columns.size; ++i)
    if (const Scalar p = detail::value_at(this->profiles_.view(), user, columns[i]); p != 0)
      shared.push_back({columns[i], p * values[i]});
  return detail::first_features(std::move(shared), k);
}

template <class Scalar, class Index>
void content_model<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  detail::write_csr(writer, "features", this->features_.view());
  detail::write_csr(writer, "profiles", this->profiles_.view());
}

template <class Scalar, class Index>
content_model<Scalar, Index> content_model<Scalar, Index>::read_from(const detail::model_reader& reader) {
  content_model model(reader.options<content_model_options>());
  auto features = detail::map_csr<Scalar, Index>(reader, "features");
  auto profiles = detail::map_csr<Scalar, Index>(reader, "profiles");
  reader.require(features.cols() == profiles.cols(), "profiles must have the features of the items");
  static_cast<table_type&>(model) = table_type(std::move(features), std::move(profiles));
  return model;
}

template <class Scalar, class Index>
void content_model<Scalar, Index>::learn_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& f,
                                              const csr_view<Scalar, Index>& x) {
  if (f.rows != x.cols)
    detail::fail<std::invalid_argument>("content_model::fit: item_features must have a row for each of the ", x.cols,
                                        " items, got ", f.rows);
  auto features = detail::unit_rows(f);
  auto profiles = detail::summed_rows(policy, x, features.view(), [&](auto& adder, const auto& weights) {
    return adder.unit_sum(features.view(), weights);
  });
  static_cast<table_type&>(*this) = table_type(std::move(features), std::move(profiles));
}

AKIN_COMPILE_ONCE(content, class content_model<float>)
AKIN_COMPILE_ONCE(content, class content_model<double>)

}  // namespace akin::inline AKIN_ABI
