/// @file
/// Random negatives for protocols that rank among a few items.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/numbers.hpp>
#include <akin/random.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One worker's memory for sampling.
template <class Scalar, class Index>
class negative_sampler {
 public:
  /// Removes the scores of all items except the relevant ones and a sample of the others that are not excluded;
  /// relevant and excluded ids ascend and are disjoint. The sample is a function of seed and user: Floyd's algorithm
  /// (J. Bentley, R. Floyd, CACM 30(9), 1987), so that all sets are equally likely. O(items + n log items).
  void keep_sample(std::span<Scalar> scores, std::span<const Index> relevant, slice<const Index> excluded,
                   const evaluation_options& options, std::int64_t user) {
    blocked_.resize(std::ssize(relevant) + excluded.size);
    std::merge(relevant.begin(), relevant.end(), excluded.begin(), excluded.end(), blocked_.begin());
    const std::int64_t rest = std::ssize(scores) - blocked_.size();
    if (rest <= options.sampled_negatives) return;
    kept_.assign(relevant.begin(), relevant.end());
    taken_.resize(std::ssize(scores));
    const random_stream random(options.seed, static_cast<std::uint64_t>(user));
    for (std::int64_t last = rest - options.sampled_negatives; last < rest; ++last) {
      const auto drawn = static_cast<std::int64_t>(
          random.below(static_cast<std::uint64_t>(last), static_cast<std::uint64_t>(last) + 1));
      Index item = unblocked(drawn);
      if (taken_[item] != 0) item = unblocked(last);
      taken_[item] = 1;
      kept_.push_back(item);
    }
    kept_scores_.clear();
    for (const Index item : kept_) {
      taken_[item] = 0;
      kept_scores_.push_back(at(scores, item));
    }
    std::fill(scores.begin(), scores.end(), -std::numeric_limits<Scalar>::infinity());
    for (std::int64_t i = 0; i < kept_.size(); ++i) at(scores, kept_[i]) = kept_scores_[i];
  }

 private:
  /// The item with `number` smaller ids that are not blocked.
  Index unblocked(std::int64_t number) const {
    std::int64_t low = 0, high = blocked_.size();
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (std::int64_t{blocked_[middle]} - middle <= number)
        low = middle + 1;
      else
        high = middle;
    }
    return static_cast<Index>(number + low);
  }

  numbers<Index> blocked_, kept_;
  numbers<Scalar> kept_scores_;
  numbers<std::uint8_t> taken_;
};

}  // namespace akin::inline AKIN_ABI::detail
