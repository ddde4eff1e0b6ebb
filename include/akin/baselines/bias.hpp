/// @file
/// A baseline of ratings from means: the mean of the ratings, and a bias of each user and item.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/damped_mean.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/request.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

struct bias_options {
  double item_damping =
      default_item_damping;  ///< >= 0; the number of ratings at the mean that are added to each item's own
  double user_damping = default_user_damping;  ///< >= 0; the same for each user
};

template <class Options, class Visit>
fields_of<bias_options, Options> fields(Options& options, const Visit& visit) {
  visit("item_damping", options.item_damping, not_negative);
  visit("user_damping", options.user_damping, not_negative);
}

/// The baseline b_ui = mu + b_i + b_u with damped means: b_i = sum of (r_ui - mu) over item i's ratings / (their number
/// + item_damping), then b_u = sum of (r_ui - mu - b_i) over user u's / (their number + user_damping). A user or an
/// item without ratings has a bias of 0. Source: Y. Koren, "Factor in the Neighbors", ACM TKDD 4(1), 2010, section 2.1.
///
/// Complexity: fit O(nonzeros + users + items) on one thread, sums in double in the order of the matrix; 1 number a
/// user and an item. Deterministic; const members may be called from many threads.
template <class Scalar = float, class Index = std::int32_t>
class bias {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "bias";

  bias() : bias(bias_options{}) {}
  template <detail::options_for<bias_options> Options = bias_options>
  explicit bias(const Options& options) : options_(checked<bias_options>(options, kind)) {}

  /// Learns from a users x items matrix whose stored values are ratings.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, const Matrix& user_items) {
    const csr_view<Scalar, Index> x =
        detail::checked_view<Scalar, Index>(detail::on_host(policy), user_items, "bias::fit");
    train(x);
  }
  template <class Matrix>
  void fit(const Matrix& user_items) {
    fit(execution::seq, user_items);
  }

  const bias_options& options() const noexcept { return options_; }
  /// Whether fit was called, even with no users and no items.
  bool is_fitted() const noexcept { return users_.is_set(); }
  std::int64_t users() const noexcept { return users_; }
  std::int64_t items() const noexcept { return item_biases_.size(); }
  /// True for every user and item in range, which have at least the mean.
  bool knows_user(Index user) const noexcept { return user >= 0 && user < users(); }
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items(); }

  /// The mean of all ratings.
  Scalar mean() const noexcept { return mean_; }
  std::span<const Scalar> user_biases() const noexcept { return {user_biases_.begin(), user_biases_.end()}; }
  std::span<const Scalar> item_biases() const noexcept { return {item_biases_.begin(), item_biases_.end()}; }

  /// The predicted rating; ids must be in range.
  Scalar predict(Index user, Index item) const noexcept { return mean_ + user_biases_[user] + item_biases_[item]; }
  Scalar score(Index user, Index item) const noexcept { return predict(user, item); }
  /// Fills out[item] for all items.
  void score_all(Index user, std::span<Scalar> out) const noexcept;
  /// The same for the ratings of any user, also without ratings.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept;
  bool answers_without_history() const noexcept { return true; }

  void write_to(detail::model_writer& writer) const;
  static bias read_from(const detail::model_reader& reader);

 private:
  void train(const csr_view<Scalar, Index>& x);

  Scalar bias_of(const row_view<Scalar, Index>& history, Scalar mean,
                 const detail::storage<Scalar>& item_biases) const noexcept;

  bias_options options_;
  Scalar mean_ = 0;
  detail::extent users_;
  detail::storage<Scalar> user_biases_;
  detail::storage<Scalar> item_biases_;
};

template <class Scalar, class Index>
void bias<Scalar, Index>::score_all(Index user, std::span<Scalar> out) const noexcept {
  for (std::size_t item = 0; item < out.size(); ++item) out[item] = predict(user, static_cast<Index>(item));
}

template <class Scalar, class Index>
void bias<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept {
  const Scalar user_bias = bias_of(history, mean_, item_biases_);
  for (std::int64_t item = 0; item < items(); ++item) detail::at(out, item) = mean_ + user_bias + item_biases_[item];
}

template <class Scalar, class Index>
void bias<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  writer.add_value("mean", mean_);
  writer.add("user_biases", user_biases_.data(), user_biases_.size());
  writer.add("item_biases", item_biases_.data(), item_biases_.size());
}

template <class Scalar, class Index>
bias<Scalar, Index> bias<Scalar, Index>::read_from(const detail::model_reader& reader) {
  bias model(reader.options<bias_options>());
  model.mean_ = reader.value<Scalar>("mean");
  reader.require(detail::is_finite(model.mean_), "mean must be finite");
  model.user_biases_ = detail::map_array<Scalar>(reader, "user_biases");
  model.item_biases_ = detail::map_array<Scalar>(reader, "item_biases");
  model.users_ = model.user_biases_.size();
  return model;
}

template <class Scalar, class Index>
void bias<Scalar, Index>::train(const csr_view<Scalar, Index>& x) {
  double sum = 0;
  for (std::int64_t i = 0; i < x.nonzeros(); ++i) sum += static_cast<double>(x.values[i]);
  const auto mean = static_cast<Scalar>(x.nonzeros() == 0 ? 0 : sum / static_cast<double>(x.nonzeros()));

  detail::numbers<damped_mean> items(x.cols);
  for (std::int64_t i = 0; i < x.nonzeros(); ++i)
    items[x.columns[i]].add(static_cast<double>(x.values[i]) - static_cast<double>(mean));
  detail::storage<Scalar> item_biases(x.cols), user_biases(x.rows);
  for (std::int64_t i = 0; i < x.cols; ++i)
    item_biases.mutable_data()[i] = static_cast<Scalar>(items[i].value(options_.item_damping));
  for (std::int64_t u = 0; u < x.rows; ++u) user_biases.mutable_data()[u] = bias_of(x.row(u), mean, item_biases);
  mean_ = mean;
  users_ = x.rows;
  item_biases_ = std::move(item_biases);
  user_biases_ = std::move(user_biases);
}

template <class Scalar, class Index>
Scalar bias<Scalar, Index>::bias_of(const row_view<Scalar, Index>& history, Scalar mean,
                                    const detail::storage<Scalar>& item_biases) const noexcept {
  damped_mean user;
  for (std::int64_t i = 0; i < history.size(); ++i)
    user.add(static_cast<double>(history.values[i]) - static_cast<double>(mean) -
             static_cast<double>(item_biases[history.ids[i]]));
  return static_cast<Scalar>(user.value(options_.user_damping));
}

AKIN_COMPILE_ONCE(baselines, class bias<float>)
AKIN_COMPILE_ONCE(baselines, class bias<double>)

}  // namespace akin::inline AKIN_ABI
