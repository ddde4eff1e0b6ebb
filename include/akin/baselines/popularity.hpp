/// @file
/// The most popular items, the same list for every user.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

struct popularity_options {
  bool weighted = false;  ///< score by the sum of an item's values, instead of the number of its users
};

template <class Options, class Visit>
fields_of<popularity_options, Options> fields(Options& options, const Visit& visit) {
  visit("weighted", options.weighted);
}

/// Scores an item by its number of users (or the sum of its values), the same for every user. It needs no evidence of a
/// user, so it can answer if other models cannot.
///
/// Complexity: fit O(nonzeros + items) on one thread; 1 number an item. Deterministic; const members may be called from
/// many threads.
template <class Scalar = float, class Index = std::int32_t>
class popularity {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "popularity";

  popularity() : popularity(popularity_options{}) {}
  template <detail::options_for<popularity_options> Options = popularity_options>
  explicit popularity(const Options& options) : options_(options) {}

  /// Learns from a users x items matrix; every stored value counts 1, also 0, unless `weighted`.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, const Matrix& user_items) {
    const csr_view<Scalar, Index> x =
        detail::checked_view<Scalar, Index>(detail::on_host(policy), user_items, "popularity::fit");
    train(x);
  }
  template <class Matrix>
  void fit(const Matrix& user_items) {
    fit(execution::seq, user_items);
  }

  const popularity_options& options() const noexcept { return options_; }
  /// Whether fit was called, even with no users and no items.
  bool is_fitted() const noexcept { return users_.is_set(); }
  std::int64_t users() const noexcept { return users_; }
  std::int64_t items() const noexcept { return scores_.size(); }
  bool knows_user(Index user) const noexcept { return user >= 0 && user < users_; }
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && scores_[item] > 0; }

  Scalar score(Index, Index item) const noexcept { return scores_[item]; }
  /// Fills out[item] for all items, -infinity for those without users.
  void score_all(Index, std::span<Scalar> out) const noexcept;
  /// The same for any history, also an empty one.
  void score_history(const row_view<Scalar, Index>&, std::span<Scalar> out) const noexcept { score_all(Index{0}, out); }
  bool answers_without_history() const noexcept { return true; }

  void write_to(detail::model_writer& writer) const;
  static popularity read_from(const detail::model_reader& reader);

 private:
  void train(const csr_view<Scalar, Index>& x);

  popularity_options options_;
  detail::extent users_;
  detail::storage<Scalar> scores_;
};

template <class Scalar, class Index>
void popularity<Scalar, Index>::score_all(Index, std::span<Scalar> out) const noexcept {
  for (std::int64_t item = 0; item < items(); ++item)
    detail::at(out, item) = scores_[item] > 0 ? scores_[item] : no_score<Scalar>;
}

template <class Scalar, class Index>
void popularity<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  writer.add_value("users", users());
  writer.add("scores", scores_.data(), scores_.size());
}

template <class Scalar, class Index>
popularity<Scalar, Index> popularity<Scalar, Index>::read_from(const detail::model_reader& reader) {
  popularity model(reader.options<popularity_options>());
  model.users_ = reader.value<std::int64_t>("users", 0, detail::largest_id<Index>);
  model.scores_ = detail::map_array<Scalar>(reader, "scores");
  return model;
}

template <class Scalar, class Index>
void popularity<Scalar, Index>::train(const csr_view<Scalar, Index>& x) {
  detail::storage<Scalar> scores(x.cols);
  for (std::int64_t i = 0; i < x.nonzeros(); ++i)
    scores.mutable_data()[x.columns[i]] += options_.weighted ? x.values[i] : Scalar{1};
  users_ = x.rows;
  scores_ = std::move(scores);
}

AKIN_COMPILE_ONCE(baselines, class popularity<float>)
AKIN_COMPILE_ONCE(baselines, class popularity<double>)

}  // namespace akin::inline AKIN_ABI
