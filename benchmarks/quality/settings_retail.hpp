/// The same as settings.hpp for Online Retail: what people buy next, and items that nobody has bought yet.
#pragma once

#include <string>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/content/tfidf_vectorizer_options.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/linear/ease_options.hpp>
#include <akin/neighbors/neighborhood_options.hpp>

#include "settings.hpp"
#include "settings_items.hpp"

namespace quality {

/// What a model learns from fades: a user's purchases of an item add up to at most 1, each worth half after so many
/// days.
template <class Options>
struct faded {
  double half_life_days;
  Options options;
};

inline std::string describe(const akin::popularity_options&) { return "popularity"; }

template <class Options>
std::string describe(const faded<Options>& setting) {
  return describe(setting.options) + named("half-life in days", setting.half_life_days);
}

/// All settings that are tried of one model, the chosen first.
template <class Options>
struct faded_task {
  faded<Options> chosen;
  std::vector<faded<Options>> grid;
};

constexpr double half_lives[] = {7, 14, 30, 90, 180, 10000};

template <class Options>
faded_task<Options> faded_grid(double half_life, const Options& chosen, const std::vector<Options>& others) {
  faded_task<Options> task{{half_life, chosen}, {}};
  for (const double days : half_lives)
    for (const Options& options : others) task.grid.push_back({days, options});
  return task;
}

inline akin::implicit_als_options shop_ials(int factors, double regularization) {
  akin::implicit_als_options options;
  options.factors = factors;
  options.iterations = 15;
  options.regularization = regularization;
  options.unobserved_weight = 0.1;
  return options;
}

inline faded_task<akin::popularity_options> trend() {
  return faded_grid<akin::popularity_options>(7, {true}, {{true}});
}
inline faded_task<akin::ease_options> slow_ease() {
  return faded_grid<akin::ease_options>(180, {.regularization = 300},
                                        {{.regularization = 30}, {.regularization = 100}, {.regularization = 300}});
}
inline faded_task<akin::implicit_als_options> shop_factors() {
  return faded_grid(30, shop_ials(32, 0.03), {shop_ials(16, 0.03), shop_ials(32, 0.03), shop_ials(64, 0.03)});
}
inline faded_task<akin::neighborhood_options> shop_neighbors() {
  return faded_grid(180, plain(50), {plain(50), plain(200)});
}
/// A second ease, of the last weeks: the best of the grid among the short half-lives.
inline faded<akin::ease_options> quick_ease() { return {30, {.regularization = 100}}; }

/// Words of the descriptions in a row, and implicit_als with them as prior of the items' factors.
constexpr int cold_terms = 2;
inline akin::implicit_als_options shop_ials_of_words(int factors, double regularization, double of_words) {
  akin::implicit_als_options options = shop_ials(factors, regularization);
  options.feature_regularization = of_words;
  return options;
}
inline std::string describe_cold(const akin::implicit_als_options& o) {
  return describe(o) + named("feature_regularization", o.feature_regularization);
}
inline akin::implicit_als_options cold_factors() { return shop_ials_of_words(128, 3, 0.3); }
inline std::vector<akin::implicit_als_options> cold_factors_grid() {
  std::vector<akin::implicit_als_options> grid;
  for (const int factors : {32, 64, 128})
    for (const double regularization : {0.1, 1.0, 3.0})
      for (const double of_words : {0.03, 0.1, 0.3})
        grid.push_back(shop_ials_of_words(factors, regularization, of_words));
  return grid;
}

}  // namespace quality
