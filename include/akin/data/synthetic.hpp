/// @file
/// Synthetic data from a seed: clicks with popular items and communities, ratings of known rank, Gaussian matrices. All
/// data are a function of the options alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {
namespace synthetic {

struct power_law_options {
  int users = 1000;
  int items = 1000;
  std::int64_t interactions = 20000;  ///< distinct cells, exactly; at most users * items
  std::uint64_t seed = 0;
  double exponent = 0.9;           ///< popularity of the item of rank r ~ r^-exponent, >= 0
  double activity_exponent = 0.6;  ///< clicks of the user of rank r ~ r^-activity_exponent, >= 0
  int communities = 8;             ///< groups of users who share a taste, >= 1
  double loyalty = 0.6;            ///< the share of a user's clicks on items of the user's community, in [0, 1]
};

struct low_rank_options {
  int users = 1000;
  int items = 1000;
  int rank = 5;          ///< of the matrix before the noise, >= 1
  double density = 0.1;  ///< share of the cells that are observed, in (0, 1]
  double noise = 0.1;    ///< standard deviation of the noise of each value, >= 0
  std::uint64_t seed = 0;
};

struct gaussian_options {
  std::uint64_t seed = 0;
};

}  // namespace synthetic

namespace detail {

/// Streams of one seed, so that no two uses of it share numbers; users have streams of their own from first_user on.
struct random_use {
  static constexpr std::uint64_t item_order = 0, user_order = 1, user_factors = 2, item_factors = 3, noise = 4;
  static constexpr std::uint64_t first_user = 5;
};

/// 0 … count - 1 in random order.
std::vector<std::int32_t> random_order(int count, const random_stream& random);

/// `total` split over weights[0] >= weights[1] >= …, in proportion and at most max_each each; total <= max_each * size.
std::vector<std::int64_t> share_out(std::int64_t total, std::int64_t max_each, const std::vector<double>& weights);

std::vector<double> power_law(int count, double exponent);

/// The number of clicks of each user, at least one if there are enough clicks.
std::vector<std::int64_t> user_activity(const synthetic::power_law_options& o);

/// Draws items with probability loyalty * (popularity within a community) + (1 - loyalty) * popularity.
class taste {
 public:
  explicit taste(const synthetic::power_law_options& o);

  int communities() const noexcept { return communities_; }

  /// An item from two numbers in [0, 1).
  std::int32_t draw(int community, double whether, double which) const;

  /// Calls body(item, probability) for all items.
  template <class Body>
  void for_each(int community, Body&& body) const {
    const auto c = static_cast<std::size_t>(community);
    const double own = loyalty_ / (sums_[begins_[c + 1]] - sums_[begins_[c]]), any = (1 - loyalty_) / sums_.back();
    for (std::size_t i = 0; i < items_.size(); ++i)
      body(items_[i], (sums_[i + 1] - sums_[i]) * (any + (i >= begins_[c] && i < begins_[c + 1] ? own : 0)));
  }

 private:
  double loyalty_;
  int communities_;
  std::vector<std::int32_t> items_;  // community by community
  std::vector<double> sums_;         // of the weights of the items before
  std::vector<std::size_t> begins_;  // of the communities
};

/// Draws distinct items for one user after the other.
class basket_sampler {
 public:
  basket_sampler(const taste& likes, int items) : taste_(likes), taken_by_(static_cast<std::size_t>(items), -1) {}

  /// Fills items with `count` distinct ones, ascending: as if drawn one after the other without replacement.
  void fill(std::int32_t user, std::int64_t count, const random_stream& random, std::vector<std::int32_t>& items);

 private:
  void take(std::int32_t user, std::int32_t item, std::vector<std::int32_t>& items);

  /// The remaining draws go to the items that arrive first, item i after an exponential time of rate p_i: equivalent to
  /// drawing without replacement (P. S. Efraimidis, P. G. Spirakis, "Weighted Random Sampling with a Reservoir", 2006).
  void race(std::int32_t user, int community, std::int64_t count, std::uint64_t next, const random_stream& random,
            std::vector<std::int32_t>& items);

  const taste& taste_;
  std::vector<std::int32_t> taken_by_;
  std::vector<kernels::scored<double, std::int32_t>> arrivals_;
};

void check_options(const synthetic::power_law_options& o);

void check_options(const synthetic::low_rank_options& o);

/// `count` of 0 … size - 1, each set equally likely, ascending (R. W. Floyd's algorithm). `taken` has `size` elements,
/// all of them 0 before and after.
void sample_without_replacement(std::int64_t count, std::int64_t size, const random_stream& random,
                                std::vector<char>& taken, std::vector<std::int32_t>& sample);

/// A sparse matrix from its rows, one after the other.
template <class Scalar>
class row_appender {
 public:
  row_appender(int rows, int cols) : cols_(cols) { offsets_.reserve(static_cast<std::size_t>(rows) + 1); }

  void append(std::int32_t column, Scalar value) {
    columns_.push_back(column);
    values_.push_back(value);
  }
  void end_row() {
    if (columns_.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
      fail<std::length_error>("synthetic: cells must be below 2^31");
    offsets_.push_back(static_cast<std::int32_t>(columns_.size()));
  }
  sparse_matrix<Scalar> matrix() const {
    return Eigen::Map<const sparse_matrix<Scalar>>(static_cast<Eigen::Index>(offsets_.size()) - 1, cols_,
                                                   static_cast<Eigen::Index>(columns_.size()), offsets_.data(),
                                                   columns_.data(), values_.data());
  }

 private:
  int cols_;
  std::vector<std::int32_t> offsets_{0}, columns_;
  std::vector<Scalar> values_;
};

}  // namespace detail

namespace synthetic {

/// Exactly `interactions` distinct clicks (value 1), users x items: few items have many and most have few, likewise the
/// users, and every user has one if interactions >= users. Users and items belong to communities, so that there is more
/// to learn than popularity; ids are independent of rank and community. Throws std::invalid_argument for options out of
/// range. O(interactions * log items) time, and O(items) more for a user who has a large part of them.
template <class Scalar>
sparse_matrix<Scalar> power_law_clicks(const power_law_options& options) {
  detail::check_options(options);
  const auto activity = detail::user_activity(options);
  const detail::taste taste(options);
  detail::basket_sampler sampler(taste, options.items);
  detail::row_appender<Scalar> result(options.users, options.items);
  std::vector<std::int32_t> basket;
  for (std::int32_t user = 0; user < options.users; ++user) {
    const random_stream random(options.seed, detail::random_use::first_user + static_cast<std::uint64_t>(user));
    sampler.fill(user, detail::at(activity, user), random, basket);
    for (const std::int32_t item : basket) result.append(item, Scalar(1));
    result.end_row();
  }
  return result.matrix();
}

/// Ratings p_u · q_i / sqrt(rank) + noise with standard normal p and q: mean 0 and variance 1 before the noise. Each
/// user has density * items of the cells, rounded up or down at random, each set of them equally likely. Throws
/// std::invalid_argument for options out of range. O(cells * rank) time.
template <class Scalar>
sparse_matrix<Scalar> low_rank_ratings(const low_rank_options& options) {
  detail::check_options(options);
  const auto factors = [&](int rows, std::uint64_t use) {
    const random_stream random(options.seed, use);
    dense_matrix<double> result(rows, options.rank);
    for (Eigen::Index i = 0; i < result.size(); ++i) result.data()[i] = random.normal(static_cast<std::uint64_t>(i));
    return result;
  };
  const auto users = factors(options.users, detail::random_use::user_factors),
             items = factors(options.items, detail::random_use::item_factors);
  const double scale = 1 / std::sqrt(static_cast<double>(options.rank));
  const random_stream noise(options.seed, detail::random_use::noise);
  detail::row_appender<Scalar> result(options.users, options.items);
  std::vector<char> taken(static_cast<std::size_t>(options.items));
  std::vector<std::int32_t> observed;
  std::uint64_t cell = 0;
  for (int user = 0; user < options.users; ++user) {
    const random_stream random(options.seed, detail::random_use::first_user + static_cast<std::uint64_t>(user));
    const auto count = static_cast<std::int64_t>(options.density * options.items +
                                                 random.uniform(static_cast<std::uint64_t>(options.items)));
    detail::sample_without_replacement(std::min<std::int64_t>(count, options.items), options.items, random, taken,
                                       observed);
    for (const std::int32_t item : observed) {
      double value = 0;
      for (int f = 0; f < options.rank; ++f) value += users(user, f) * items(item, f);
      result.append(item, static_cast<Scalar>(scale * value + options.noise * noise.normal(cell++)));
    }
    result.end_row();
  }
  return result.matrix();
}

/// Independent elements of mean 0 and variance 1; element (r, c) is number r * cols + c of the seed. Throws
/// std::invalid_argument if rows or cols is negative.
template <class Scalar>
dense_matrix<Scalar> gaussian(std::int64_t rows, std::int64_t cols, const gaussian_options& options = {}) {
  detail::require(rows >= 0, "synthetic::gaussian", "rows must not be negative", rows);
  detail::require(cols >= 0, "synthetic::gaussian", "cols must not be negative", cols);
  const random_stream random(options.seed);
  dense_matrix<Scalar> result(rows, cols);
  for (std::int64_t i = 0; i < result.size(); ++i)
    result.data()[i] = static_cast<Scalar>(random.normal(static_cast<std::uint64_t>(i)));
  return result;
}

AKIN_COMPILE_ONCE(data, sparse_matrix<float> power_law_clicks<float>(const power_law_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<double> power_law_clicks<double>(const power_law_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<float> low_rank_ratings<float>(const low_rank_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<double> low_rank_ratings<double>(const low_rank_options&))
AKIN_COMPILE_ONCE(data, dense_matrix<float> gaussian<float>(std::int64_t, std::int64_t, const gaussian_options&))
AKIN_COMPILE_ONCE(data, dense_matrix<double> gaussian<double>(std::int64_t, std::int64_t, const gaussian_options&))

}  // namespace synthetic
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::vector<std::int32_t> random_order(int count, const random_stream& random) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  shuffle(order.data(), count, random);
  return order;
}

AKIN_INLINE std::vector<std::int64_t> share_out(std::int64_t total, std::int64_t max_each,
                                                const std::vector<double>& weights) {
  std::vector<std::int64_t> shares;
  double weight_left = std::accumulate(weights.begin(), weights.end(), 0.0);
  auto places_left = static_cast<std::int64_t>(weights.size());
  for (const double weight : weights) {
    --places_left;
    const double fair = static_cast<double>(total) * (weight / weight_left);
    // This place must take the part that later places cannot.
    const auto share = std::clamp(static_cast<std::int64_t>(fair + 0.5),
                                  std::max<std::int64_t>(0, total - max_each * places_left), std::min(max_each, total));
    shares.push_back(share);
    total -= share;
    weight_left -= weight;
  }
  return shares;
}

AKIN_INLINE std::vector<double> power_law(int count, double exponent) {
  std::vector<double> weights;
  for (int rank = 1; rank <= count; ++rank) weights.push_back(std::pow(rank, -exponent));
  return weights;
}

AKIN_INLINE std::vector<std::int64_t> user_activity(const synthetic::power_law_options& o) {
  const std::int64_t base = o.interactions >= o.users ? 1 : 0;
  const auto shares =
      share_out(o.interactions - base * o.users, o.items - base, power_law(o.users, o.activity_exponent));
  const auto order = random_order(o.users, random_stream(o.seed, random_use::user_order));
  std::vector<std::int64_t> activity(shares.size());
  for (std::size_t rank = 0; rank < shares.size(); ++rank) at(activity, order[rank]) = shares[rank] + base;
  return activity;
}

AKIN_INLINE taste::taste(const synthetic::power_law_options& o)
    : loyalty_(o.loyalty), communities_(std::min(o.communities, o.items)), sums_{0} {
  const auto order = random_order(o.items, random_stream(o.seed, random_use::item_order));
  const auto weights = power_law(o.items, o.exponent);
  // Rank r belongs to community r mod communities, so that all of them have popular and rare items.
  for (int community = 0; community < communities_; ++community) {
    begins_.push_back(items_.size());
    for (int rank = community; rank < o.items; rank += communities_) {
      items_.push_back(at(order, rank));
      sums_.push_back(sums_.back() + at(weights, rank));
    }
  }
  begins_.push_back(items_.size());
}

AKIN_INLINE std::int32_t taste::draw(int community, double whether, double which) const {
  const auto c = static_cast<std::size_t>(community);
  const bool own = whether < loyalty_;
  const std::size_t begin = own ? begins_[c] : 0, end = own ? begins_[c + 1] : items_.size();
  const double target = sums_[begin] + which * (sums_[end] - sums_[begin]);
  const auto first = sums_.begin();
  const auto above = std::upper_bound(first + static_cast<std::ptrdiff_t>(begin) + 1,
                                      first + static_cast<std::ptrdiff_t>(end), target);
  return items_[static_cast<std::size_t>(above - first) - 1];
}

AKIN_INLINE void basket_sampler::fill(std::int32_t user, std::int64_t count, const random_stream& random,
                                      std::vector<std::int32_t>& items) {
  items.clear();
  const auto community = static_cast<int>(random.below(0, static_cast<std::uint64_t>(taste_.communities())));
  // Rejection alone could take long if a user has nearly all items; the race below always ends.
  const std::uint64_t tries = 4 * static_cast<std::uint64_t>(count) + 16;
  std::uint64_t next = 1;
  for (std::uint64_t t = 0; t < tries && std::ssize(items) < count; ++t, next += 2)
    take(user, taste_.draw(community, random.uniform(next), random.uniform(next + 1)), items);
  if (std::ssize(items) < count) race(user, community, count, next, random, items);
  std::sort(items.begin(), items.end());
}

AKIN_INLINE void basket_sampler::take(std::int32_t user, std::int32_t item, std::vector<std::int32_t>& items) {
  std::int32_t& owner = at(taken_by_, item);
  if (owner == user) return;
  owner = user;
  items.push_back(item);
}

AKIN_INLINE void basket_sampler::race(std::int32_t user, int community, std::int64_t count, std::uint64_t next,
                                      const random_stream& random, std::vector<std::int32_t>& items) {
  arrivals_.clear();
  taste_.for_each(community, [&](std::int32_t item, double probability) {
    if (at(taken_by_, item) == user) return;
    const double u = random.uniform(next + static_cast<std::uint64_t>(item));
    // log p - log E: the largest arrives first, and p = 0 arrives last instead of never.
    arrivals_.push_back({std::log(probability + std::numeric_limits<double>::min()) - std::log(-std::log1p(-u)), item});
  });
  const auto missing = count - static_cast<std::int64_t>(items.size());
  std::nth_element(arrivals_.begin(), arrivals_.begin() + (missing - 1), arrivals_.end(),
                   [](const auto& a, const auto& b) { return a.precedes(b); });
  for (std::int64_t i = 0; i < missing; ++i) take(user, at(arrivals_, i).id, items);
}

AKIN_INLINE void check_options(const synthetic::power_law_options& o) {
  constexpr std::string_view where = "synthetic::power_law_clicks";
  require(o.users >= 1, where, "users must be positive", o.users);
  require(o.items >= 1, where, "items must be positive", o.items);
  require(o.interactions >= 0, where, "interactions must not be negative", o.interactions);
  require(o.interactions <= std::int64_t{o.users} * o.items, where,
          sentence("interactions must be at most users * items, ", std::int64_t{o.users} * o.items), o.interactions);
  require(o.interactions <= std::numeric_limits<std::int32_t>::max(), where, "interactions must be below 2^31",
          o.interactions);
  require(o.exponent >= 0 && o.exponent <= 10, where, "exponent must be in [0, 10]", o.exponent);
  require(o.activity_exponent >= 0 && o.activity_exponent <= 10, where, "activity_exponent must be in [0, 10]",
          o.activity_exponent);
  require(o.communities >= 1, where, "communities must be positive", o.communities);
  require(o.loyalty >= 0 && o.loyalty <= 1, where, "loyalty must be in [0, 1]", o.loyalty);
}

AKIN_INLINE void check_options(const synthetic::low_rank_options& o) {
  constexpr std::string_view where = "synthetic::low_rank_ratings";
  require(o.users >= 1, where, "users must be positive", o.users);
  require(o.items >= 1, where, "items must be positive", o.items);
  require(o.rank >= 1, where, "rank must be positive", o.rank);
  require(o.density > 0 && o.density <= 1, where, "density must be in (0, 1]", o.density);
  require(o.noise >= 0 && is_finite(o.noise), where, "noise must be finite and not negative", o.noise);
}

AKIN_INLINE void sample_without_replacement(std::int64_t count, std::int64_t size, const random_stream& random,
                                            std::vector<char>& taken, std::vector<std::int32_t>& sample) {
  sample.clear();
  for (std::int64_t last = size - count; last < size; ++last) {
    auto pick = random.below(static_cast<std::uint64_t>(last), static_cast<std::uint64_t>(last) + 1);
    if (taken[pick]) pick = static_cast<std::uint64_t>(last);
    taken[pick] = 1;
    sample.push_back(static_cast<std::int32_t>(pick));
  }
  for (const std::int32_t pick : sample) at(taken, pick) = 0;
  std::sort(sample.begin(), sample.end());
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
