/// What is measured: data, targets, the settings that were chosen and the grids that they were chosen from.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <akin/factorization/biased_mf_options.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/factorization/svdpp_options.hpp>

namespace quality {

inline std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}
inline std::string named(const char* name, double value) {
  return std::string(", ") + name + " " + number("%g", value);
}

/// An option that may be automatic.
template <class T>
std::string named(const char* name, const std::optional<T>& value) {
  return value ? named(name, static_cast<double>(*value)) : std::string(", ") + name + " automatic";
}

inline std::string describe(const akin::implicit_als_options& o) {
  return "implicit_als" + named("factors", o.factors) + named("iterations", o.iterations) +
         named("regularization", o.regularization) + named("exponent", o.regularization_exponent) +
         named("unobserved_weight", o.unobserved_weight) + named("tolerance", o.solver_tolerance);
}
inline std::string describe(const akin::explicit_als_options& o) {
  return "explicit_als" + named("factors", o.factors) + named("iterations", o.iterations) +
         named("regularization", o.regularization) + named("exponent", o.regularization_exponent);
}
/// biased_mf and svdpp name what they share alike.
template <class Options>
std::string describe_sgd(const char* model, const Options& o) {
  return model + named("factors", o.factors) + named("epochs", o.epochs) + named("learning_rate", o.learning_rate) +
         named("decay", o.learning_rate_decay) + named("regularization", o.regularization);
}
inline std::string describe(const akin::biased_mf_options& o) { return describe_sgd("biased_mf", o); }
inline std::string describe(const akin::svdpp_options& o) { return describe_sgd("svdpp", o); }

/// Implicit ALS on values that fall with the number of users that an item has, n^-popularity_exponent, and have mean 1.
struct list_setting {
  akin::implicit_als_options options;
  double popularity_exponent = 0;
};

inline std::string describe(const list_setting& setting) {
  const std::string values =
      setting.popularity_exponent > 0 ? ", values n^-" + number("%g", setting.popularity_exponent) : "";
  return describe(setting.options) + values;
}

template <class Setting>
struct list_task {
  const char* folder;
  const char* to_reach;
  Setting chosen;
  std::vector<Setting> grid;
};

struct rating_data {
  const char* folder;
  const char* protocol;
  int folds;  ///< 1: a tenth of the ratings is the test
};

template <class Options>
struct rating_task {
  rating_data data;
  const char* to_reach;
  Options chosen;
  std::vector<Options> grid;
};

inline constexpr rating_data ml_1m{"ml-1m", "90/10 of the ratings at random, seed 1", 1};
inline constexpr rating_data ml_100k{"ml-100k", "mean of 5 shuffled folds, seed 1", 5};

/// Regularisation in proportion to the evidence, and a loose tolerance, which costs no quality here.
inline list_setting ials(int factors, double unobserved_weight, double regularization, double popularity_exponent) {
  return {{.factors = factors,
           .iterations = 8,
           .regularization = regularization,
           .unobserved_weight = unobserved_weight,
           .regularization_exponent = 1,
           .solver_tolerance = 1e-2},
          popularity_exponent};
}

/// Before that, at 256 factors on gowalla: regularisation exponents of 0.5 and 0.75, an unobserved weight of 0.03 and
/// values n^-0.5 were worse; 0.003, and values that also fall with the length of the user's history, were no better.
inline std::vector<list_task<list_setting>> list_tasks() {
  return {{"gowalla",
           "0.188 / 0.156",
           ials(1024, 0.01, 0.005, 0.3),
           {ials(1024, 0.01, 0.005, 0), ials(1024, 0.01, 0.003, 0), ials(1024, 0.01, 0.005, 0.3),
            ials(1024, 0.005, 0.005, 0.3)}},
          {"yelp2018",
           "0.069 / 0.057",
           ials(512, 0.01, 0.01, 0.3),
           {ials(512, 0.01, 0.01, 0), ials(512, 0.01, 0.01, 0.3), ials(512, 0.01, 0.02, 0.3),
            ials(512, 0.02, 0.01, 0.3), ials(512, 0.01, 0.005, 0.3)}}};
}

inline std::vector<rating_task<akin::explicit_als_options>> explicit_als_tasks() {
  std::vector<akin::explicit_als_options> grid;
  for (const int factors : {64, 128})
    for (const double regularization : {0.06, 0.07, 0.08, 0.1, 0.12})
      grid.push_back({.factors = factors, .iterations = 15, .regularization = regularization});
  return {{ml_1m, "0.845", {.factors = 128, .iterations = 15, .regularization = 0.07}, grid},
          {ml_100k, "0.915", {.factors = 128, .iterations = 15, .regularization = 0.12}, grid}};
}

/// What biased_mf and svdpp share.
template <class Options>
Options sgd(int factors, int epochs, double learning_rate, double decay, double regularization) {
  Options options;
  options.factors = factors;
  options.epochs = epochs;
  options.learning_rate = learning_rate;
  options.learning_rate_decay = decay;
  options.regularization = regularization;
  return options;
}

template <class Options>
std::vector<Options> sgd_grid(const std::vector<int>& factors, const std::vector<double>& learning_rates,
                              const std::vector<double>& regularizations) {
  std::vector<Options> grid;
  for (const int k : factors)
    for (const double learning_rate : learning_rates)
      for (const double regularization : regularizations) {
        grid.push_back(sgd<Options>(k, 20, learning_rate, 0.9, regularization));
        grid.push_back(sgd<Options>(k, 30, learning_rate, 0.92, regularization));
      }
  return grid;
}

inline std::vector<rating_task<akin::biased_mf_options>> biased_mf_tasks() {
  using options = akin::biased_mf_options;
  return {{ml_1m, "0.845", sgd<options>(128, 30, 0.03, 0.92, 0.045),
           sgd_grid<options>({64, 128}, {0.03, 0.04}, {0.04, 0.045, 0.05})},
          {ml_100k, "0.915", sgd<options>(128, 20, 0.04, 0.9, 0.06),
           sgd_grid<options>({64, 128}, {0.02, 0.03, 0.04}, {0.06, 0.07, 0.08, 0.1})}};
}

inline std::vector<rating_task<akin::svdpp_options>> svdpp_tasks() {
  using options = akin::svdpp_options;
  return {{ml_1m, "0.840", sgd<options>(128, 20, 0.03, 0.9, 0.035),
           sgd_grid<options>({64, 128}, {0.03}, {0.035, 0.04, 0.045})},
          {ml_100k, "0.915", sgd<options>(128, 30, 0.03, 0.92, 0.07),
           sgd_grid<options>({64, 128}, {0.02, 0.03}, {0.06, 0.07, 0.08, 0.1})}};
}

}  // namespace quality
