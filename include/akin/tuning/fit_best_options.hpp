/// @file
/// Options of fit_best.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/tuning/any_metric.hpp>

namespace akin::inline AKIN_ABI {

struct fit_best_options {
  /// > 0: for everything, the last training included. Three trials, the blend and the last training are completed
  /// whatever the time; else it takes at most 1.2 times as long.
  double seconds = 60;
  /// Of lists, a mean over users; more is better.
  any_metric metric = metrics::ndcg{10};
  /// Interactions that must be found, users x items: later ones of the same users. Without them a part of the data is
  /// held out: the latest tenth by time if there are times, else a random tenth of each user's interactions.
  std::optional<sparse_matrix<float>> validation = {};
  /// Kinds of models that are not tried: "ease". With "popularity", users without a history get no list.
  std::vector<std::string> exclude = {};
  std::uint64_t seed = 0;
  /// > 0: bytes that models in training and those that are kept for the blend may take, as predicted.
  double memory_limit = 8e9;
  /// In (0, 1), of a held-out part.
  double validation_fraction = 0.1;
  /// >= 3: at most that many users are validated. Two thirds of them choose, one third only reports.
  int validation_users = 5000;
  /// >= 1: the most models in the blend; with 1 the best model alone.
  int blend = 4;
  /// Items x features, for content_model; items without users are then recommended by their features.
  std::optional<sparse_matrix<float>> item_features = {};
  /// A text for each item, the same; not together with item_features.
  std::vector<std::string> item_texts = {};
  /// Users x segments, for segment_popularity: users without a history get what their segments have.
  std::optional<sparse_matrix<float>> user_segments = {};
  /// The trials of an earlier call: these are run again, instead of those for which there is time, and nothing depends
  /// on the clock. With the same data and options the result has the same bits.
  std::vector<trial_result> trials = {};
};

}  // namespace akin::inline AKIN_ABI
