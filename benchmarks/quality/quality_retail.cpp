// A shop by time: what its customers buy next from models alone and together, and items that nobody has bought yet.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/content/content_model.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/data/time_decay.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/learn_weights.hpp>
#include <akin/linear/ease.hpp>
#include <akin/neighbors/user_knn.hpp>

#include "quality.hpp"
#include "settings_retail.hpp"

namespace quality {
namespace {

using akin::metrics::ndcg;
constexpr const char* folder = "online-retail";

akin::interaction_log read_purchases(const arguments& given) {
  return akin::read_interactions(
      given.data / folder / "purchases.csv",
      {.user = "customer_id", .item = "stock_code", .value = "quantity", .time = "invoice_date"});
}

/// 1 for each pair that occurs.
matrix pairs_of(const akin::interaction_log& log) {
  matrix x = log.matrix(akin::duplicates::count);
  std::fill_n(x.valuePtr(), x.nonZeros(), 1.0F);
  return x;
}

matrix faded_pairs(const akin::interaction_log& log, double half_life_days) {
  const auto lines = log.with_values(std::vector<float>(log.size(), 1.0F));
  matrix x = akin::weighting::time_decay(lines, {.half_life_days = half_life_days}).matrix(akin::duplicates::sum);
  for (float* value = x.valuePtr(); value != x.valuePtr() + x.nonZeros(); ++value) *value = std::min(*value, 1.0F);
  return x;
}

template <class Model, class Options>
Model fitted(const arguments& given, const faded<Options>& setting, const akin::interaction_log& train) {
  Model model(setting.options);
  model.fit(given.policy(), faded_pairs(train, setting.half_life_days));
  return model;
}

std::string with_error(double mean, double standard_error) {
  return number("%.4f", mean) + " +- " + number("%.4f", standard_error);
}

/// What is learnt from and what is bought later.
struct period {
  akin::interaction_log log;
  matrix seen, future;

  explicit period(const akin::train_test<akin::interaction_log>& split)
      : log(split.train), seen(pairs_of(split.train)), future(pairs_of(split.test)) {}
};

struct parts {
  akin::ease<float> slow, quick;
  akin::implicit_als<float> factors;
  akin::user_knn<float> neighbors;
  akin::popularity<float> trend;

  parts(const arguments& given, const akin::interaction_log& train)
      : slow(fitted<akin::ease<float>>(given, slow_ease().chosen, train)),
        quick(fitted<akin::ease<float>>(given, quick_ease(), train)),
        factors(fitted<akin::implicit_als<float>>(given, shop_factors().chosen, train)),
        neighbors(fitted<akin::user_knn<float>>(given, shop_neighbors().chosen, train)),
        trend(fitted<akin::popularity<float>>(given, quality::trend().chosen, train)) {}
};

template <class Model, class Options>
void tune_alone(const arguments& given, const char* name, const faded_task<Options>& task, const period& slice) {
  tune(std::string(folder) + ", " + name, task.grid, [&](const faded<Options>& setting) {
    const auto model = fitted<Model>(given, setting, slice.log);
    const auto [quality] = akin::evaluate(given.policy(), model, slice.seen, slice.future, ndcg{10});
    return trial{quality.mean, with_error(quality.mean, quality.standard_error), 0};
  });
}

void tune_all(const arguments& given, const period& slice) {
  tune_alone<akin::ease<float>>(given, "ease", slow_ease(), slice);
  tune_alone<akin::implicit_als<float>>(given, "implicit_als", shop_factors(), slice);
  tune_alone<akin::user_knn<float>>(given, "user_knn", shop_neighbors(), slice);
  tune_alone<akin::popularity<float>>(given, "popularity", trend(), slice);
}

void print_shop_row(const std::string& model, const char* metric, const std::string& measured, const char* to_reach) {
  print_row({folder, "last fifth by time", model, metric, measured, to_reach, ""});
}

/// NDCG@10 that writes down what each user has.
struct noted_ndcg {
  int k;
  std::vector<double>* of_user;

  double operator()(const akin::metrics::judged_list<>& list) const {
    return (*of_user)[static_cast<std::size_t>(list.user)] = ndcg{k}(list);
  }
};

template <class Model>
std::pair<akin::metric_result, std::vector<double>> judged(const arguments& given, const Model& model,
                                                           const period& all) {
  std::vector<double> of_user(static_cast<std::size_t>(all.seen.rows()));
  const auto [quality] = akin::evaluate(given.policy(), model, all.seen, all.future, noted_ndcg{10, &of_user});
  return {quality, of_user};
}

/// The model alone, and how far the hybrid is above it for the same customers.
template <class Model>
void print_alone(const arguments& given, const std::vector<double>& hybrid, const Model& model, const std::string& name,
                 const period& all) {
  const auto [quality, of_user] = judged(given, model, all);
  const auto count = static_cast<double>(quality.count);
  double sum = 0, squares = 0;
  for (std::size_t user = 0; user < of_user.size(); ++user) {  // who is not evaluated has 0 in both
    const double difference = hybrid[user] - of_user[user];
    sum += difference;
    squares += difference * difference;
  }
  const double mean = sum / count, error = std::sqrt((squares / count - mean * mean) / (count - 1));
  print_shop_row(name, "NDCG@10", with_error(quality.mean, quality.standard_error), "");
  print_shop_row("the blend above it, same customers", "NDCG@10", with_error(mean, error), "> 2 standard errors");
}

std::string of_users(const faded<akin::neighborhood_options>& setting) {
  return "user_knn" + named("neighbors", setting.options.neighbors) +
         named("half-life in days", setting.half_life_days);
}

void run_next_purchases(const arguments& given) {
  const auto split = akin::split_by_time(read_purchases(given), {.test_fraction = 0.2});
  const period slice(akin::split_by_time(split.train, {.test_fraction = 0.2}));
  if (given.tune) return tune_all(given, slice);
  const parts young(given, slice.log);
  const auto how = akin::normalization::none;
  const auto w = akin::learn_weights(given.policy(), how, slice.seen, slice.future, ndcg{10}, young.slow, young.quick,
                                     young.factors, young.neighbors, young.trend);
  const period all(split);
  const parts grown(given, all.log);
  const auto hybrid = akin::blend(how, akin::weighted(w[0], grown.slow), akin::weighted(w[1], grown.quick),
                                  akin::weighted(w[2], grown.factors), akin::weighted(w[3], grown.neighbors),
                                  akin::weighted(w[4], grown.trend));
  const auto [quality, of_user] = judged(given, hybrid, all);
  print_shop_row("blend of all below, weights learnt" + named("ease", w[0]) + named("ease of late", w[1]) +
                     named("implicit_als", w[2]) + named("user_knn", w[3]) + named("popularity", w[4]),
                 "NDCG@10", with_error(quality.mean, quality.standard_error), "");
  print_alone(given, of_user, grown.slow, describe(slow_ease().chosen), all);
  print_alone(given, of_user, grown.quick, describe(quick_ease()), all);
  print_alone(given, of_user, grown.factors, describe(shop_factors().chosen), all);
  print_alone(given, of_user, grown.neighbors, of_users(shop_neighbors().chosen), all);
  print_alone(given, of_user, grown.trend, describe(trend().chosen), all);
}

/// What is learnt from, and the purchases of a tenth of the items, of which it has none.
struct cold_items {
  matrix train, test;
  matrix warm;  // the items of train, for everybody: what is not asked for

  cold_items(const matrix& x, std::uint64_t seed) : train(x.rows(), x.cols()), test(train), warm(train) {
    std::vector<char> is_bought(static_cast<std::size_t>(x.cols())), is_cold(is_bought);
    for (Eigen::Index i = 0; i < x.nonZeros(); ++i) is_bought[static_cast<std::size_t>(x.innerIndexPtr()[i])] = 1;
    for (std::size_t i = 0; i < is_cold.size(); ++i)
      is_cold[i] = is_bought[i] != 0 && akin::random_stream(seed, 0).uniform(i) < 0.1 ? 1 : 0;
    for (int user = 0; user < x.rows(); ++user) {
      for (matrix* side : {&train, &test, &warm}) side->startVec(user);
      for (matrix::InnerIterator cell(x, user); cell; ++cell)
        (is_cold[static_cast<std::size_t>(cell.col())] != 0 ? test : train).insertBack(user, cell.col()) = 1;
      for (int item = 0; item < x.cols(); ++item)
        if (is_cold[static_cast<std::size_t>(item)] == 0) warm.insertBack(user, item) = 1;
    }
    for (matrix* side : {&train, &test, &warm}) side->finalize();
  }
};

/// A different order of the items for everybody.
struct random_order {
  using scalar_type = float;
  using index_type = std::int32_t;
  std::int64_t user_count, item_count;

  std::int64_t users() const { return user_count; }
  std::int64_t items() const { return item_count; }
  bool knows_user(std::int32_t) const { return true; }
  bool knows_item(std::int32_t) const { return true; }
  float score(std::int32_t user, std::int32_t item) const {
    return static_cast<float>(
        akin::random_stream(11, static_cast<std::uint64_t>(user)).uniform(static_cast<std::uint64_t>(item)));
  }
  void score_all(std::int32_t user, std::span<float> out) const {
    for (std::size_t item = 0; item < out.size(); ++item) out[item] = score(user, static_cast<std::int32_t>(item));
  }
};

template <class Model>
std::string cold_quality(const arguments& given, const Model& model, const cold_items& data) {
  const auto [among_cold] = akin::evaluate(given.policy(), model, data.warm, data.test, ndcg{10});
  const auto [among_all] = akin::evaluate(given.policy(), model, data.train, data.test, ndcg{10});
  return with_error(among_cold.mean, among_cold.standard_error) + " / " + number("%.4f", among_all.mean);
}

matrix words_of(const arguments& given, const akin::interaction_log& log, int longest) {
  const auto texts = akin::read_item_texts(given.data / folder / "items.csv",
                                           {.item = "stock_code", .text = "description"}, log.item_ids());
  return akin::tfidf_vectorizer(akin::tfidf_vectorizer_options{.ngrams = {1, longest}})
      .fit_transform(given.policy(), texts);
}

akin::content_model<float> content_of(const arguments& given, const matrix& words, const matrix& train) {
  akin::content_model<float> model;
  model.fit(given.policy(), words, train);
  return model;
}

akin::implicit_als<float> factors_of(const arguments& given, const akin::implicit_als_options& options,
                                     const matrix& words, const matrix& train) {
  akin::implicit_als<float> model(options);
  model.fit(given.policy(), train, akin::side_features<float>{.items = words});
  return model;
}

void tune_cold(const arguments& given, const akin::interaction_log& log, const cold_items& slice) {
  std::printf("\n%s, cold items, on a tenth of the items that are learnt from:\n\n| settings | measured |\n|---|---|\n",
              folder);
  for (const int longest : {1, 2, 3}) {
    const matrix words = words_of(given, log, longest);
    const std::string terms = "terms of up to " + std::to_string(longest) + " words";
    print_row({"content_model, " + terms, cold_quality(given, content_of(given, words, slice.train), slice)});
    for (const auto& options : cold_factors_grid())
      print_row({describe_cold(options) + ", " + terms,
                 cold_quality(given, factors_of(given, options, words, slice.train), slice)});
  }
}

void run_cold_items(const arguments& given) {
  const auto log = read_purchases(given);
  const cold_items data(pairs_of(log), 1);
  if (given.tune) return tune_cold(given, log, cold_items(data.train, 2));
  const auto print = [&](const std::string& name, const auto& model, const char* to_reach) {
    print_row({folder, "a tenth of the items held out", name, "NDCG@10 among these / all items",
               cold_quality(given, model, data), to_reach, ""});
  };
  const matrix words = words_of(given, log, cold_terms);
  akin::popularity<float> popular, hindsight;
  popular.fit(data.train);
  hindsight.fit(data.test);
  print("random", random_order{data.train.rows(), data.train.cols()}, "");
  print("popularity", popular, "");
  print("popularity that knows the test", hindsight, "");
  print("content_model, terms of up to " + std::to_string(cold_terms) + " words", content_of(given, words, data.train),
        "above popularity and random");
  print(describe_cold(cold_factors()), factors_of(given, cold_factors(), words, data.train), "");
}

}  // namespace

void run_retail(const arguments& given) {
  if (std::string("online-retail hybrid").find(given.only) != std::string::npos) run_next_purchases(given);
  if (std::string("online-retail cold items").find(given.only) != std::string::npos) run_cold_items(given);
}

}  // namespace quality
