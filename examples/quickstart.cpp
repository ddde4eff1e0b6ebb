// From a purchase log to lists: read, split by time, train, measure, ask by name.
//
//   quickstart PURCHASES.csv CUSTOMER...
//
// PURCHASES.csv has the columns customer_id, stock_code, quantity and invoice_date; for another log change the names
// below. Prints how well the model foresees the last fifth of the log, beside what is popular, and then five products
// for each customer, learnt from the whole log.
#include <cstdio>
#include <exception>

#include <akin/akin.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fprintf(stderr, "usage: quickstart PURCHASES.csv CUSTOMER...\n");
    return 2;
  }
  const auto log = akin::read_interactions(
      argv[1], {.user = "customer_id", .item = "stock_code", .value = "quantity", .time = "invoice_date"});
  const auto [train, test] = akin::split_by_time(log, {.test_fraction = 0.2});
  const auto seen = train.matrix(akin::duplicates::count), future = test.matrix(akin::duplicates::count);

  akin::popularity<float> popular;
  akin::implicit_als<float> model({.factors = 64});  // options that are not given are chosen by the data
  popular.fit(execution::par, seen), model.fit(execution::par, seen);
  const auto [simple] = akin::evaluate(execution::par, popular, seen, future, metrics::ndcg{10});
  const auto [personal] = akin::evaluate(execution::par, model, seen, future, metrics::ndcg{10});
  std::printf("ndcg@10: popularity %.4f +- %.4f, implicit_als %.4f +- %.4f\n", simple.mean, simple.standard_error,
              personal.mean, personal.standard_error);

  const auto everything = log.matrix(akin::duplicates::count);
  model.fit(execution::par, everything);
  const akin::bundle shop(std::move(model), log.user_ids(), log.item_ids(), everything);
  for (int i = 2; i < argc; ++i) {
    std::printf("customer %s\n", argv[i]);
    for (const auto& [product, score] : shop.recommend(argv[i], {.k = 5}))
      std::printf("  %-8s %.3f\n", product.c_str(), static_cast<double>(score));
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "quickstart: %s\n", error.what());
  return 1;
}
