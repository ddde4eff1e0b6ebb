// A shop's purchase log, from the file to lists that say why: reads, splits by time, trains three models, compares them
// on the future, recommends for three customers and gives reasons.
//
//   online_retail FOLDER
//
// FOLDER holds purchases.csv, items.csv and customers.csv (data/online-retail.tar.xz). Prints a table of the models, a
// list for each customer with what was bought later, and the purchases that speak most for the first recommendation.
// Ctrl-C during a training ends it early and goes on with what has been learnt.
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <akin/akin.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

volatile std::sig_atomic_t interrupted = 0;

/// What the shop knows: who bought what before the split and after it, and what things are called.
struct shop {
  akin::interaction_log log;
  akin::sparse_matrix<float> seen;     // customers x products, number of purchase lines before the split
  akin::sparse_matrix<float> future;   // the same after it
  std::vector<std::string> products;   // description by item id
  std::vector<std::string> countries;  // by user id

  const char* product(std::int32_t item) const { return products[static_cast<std::size_t>(item)].c_str(); }
  const char* country(std::int32_t customer) const { return countries[static_cast<std::size_t>(customer)].c_str(); }
  std::string name(std::int32_t customer) const { return std::string(log.user_ids().name_of(customer)); }
};

shop read_shop(const std::filesystem::path& folder) {
  auto log = akin::read_interactions(
      folder / "purchases.csv",
      {.user = "customer_id", .item = "stock_code", .value = "quantity", .time = "invoice_date"});
  // The last fifth of the lines by time is the future that the models have to predict.
  const auto [train, test] = akin::split_by_time(log, {.test_fraction = 0.2});
  auto products =
      akin::read_item_texts(folder / "items.csv", {.item = "stock_code", .text = "description"}, log.item_ids());
  auto countries =
      akin::read_item_texts(folder / "customers.csv", {.item = "customer_id", .text = "country"}, log.user_ids());
  std::printf("%zu purchase lines of %zu customers and %zu products; %zu to learn from, %zu to predict\n\n", log.size(),
              log.user_ids().size(), log.item_ids().size(), train.size(), test.size());
  return {std::move(log), train.matrix(akin::duplicates::count), test.matrix(akin::duplicates::count),
          std::move(products), std::move(countries)};
}

/// Trains a model on `purchases`, the history as the model wants it weighted, and adds its row: each metric is a mean
/// over customers with its standard error.
template <class Model>
void fit_and_judge(akin::report& table, const char* name, Model& model, const akin::sparse_matrix<float>& purchases,
                   const shop& data) {
  const auto start = std::chrono::steady_clock::now();
  const auto go_on = [](const akin::progress&) { return interrupted == 0; };
  if constexpr (requires { model.fit(execution::par, purchases, go_on); })
    model.fit(execution::par, purchases, go_on);
  else
    model.fit(execution::par, purchases);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const auto judge = [&](const auto&... metric) {
    const auto result = akin::evaluate(execution::par, model, data.seen, data.future, metric...);
    table.add(name, akin::named_results(result, metric...), {.train_seconds = seconds.count()});
  };
  judge(metrics::recall{10}, metrics::ndcg{10}, metrics::hit_rate{10}, metrics::coverage{10});
}

void print_list(const akin::implicit_als<float>& model, const shop& data, std::int32_t customer) {
  const std::array customers = {customer};
  const auto lists = akin::recommend(execution::par, model, customers, {.k = 5, .exclude = data.seen});
  std::printf("\ncustomer %s, %s\n", data.name(customer).c_str(), data.country(customer));
  for (std::size_t i = 0; i < lists.items(0).size(); ++i) {
    const std::int32_t item = lists.items(0)[i];
    std::printf("  %5.3f  %-36s%s\n", static_cast<double>(lists.scores(0)[i]), data.product(item),
                data.future.coeff(customer, item) != 0 ? "  (bought it later)" : "");
  }
}

/// Which of the customer's purchases speak most for the first recommendation.
void print_reasons(const akin::implicit_als<float>& model, const shop& data, std::int32_t customer) {
  const std::array customers = {customer};
  const auto lists = akin::recommend(execution::par, model, customers, {.k = 1, .exclude = data.seen});
  if (lists.items(0).empty()) return;
  const std::int32_t item = lists.items(0)[0];
  std::printf("\nwhy %s for customer %s? because of\n", data.product(item), data.name(customer).c_str());
  for (const auto& reason : akin::explain(model, data.seen, customer, item, {.k = 3}))
    std::printf("  %5.3f  %s\n", static_cast<double>(reason.contribution), data.product(reason.item));
}

void run(const std::filesystem::path& folder) {
  const shop data = read_shop(folder);

  // Parameters were chosen on the last fifth of the part to learn from, never on the future.
  akin::popularity<float> popular;
  akin::item_knn<float> neighbors;  // options that are not given are chosen by the data
  akin::implicit_als<float> als({.factors = 64, .iterations = 10, .regularization = 10, .alpha = 0.3, .seed = 7});
  akin::report table;
  fit_and_judge(table, "popularity", popular, data.seen, data);
  fit_and_judge(table, "item_knn", neighbors, data.seen, data);
  fit_and_judge(table, "implicit_als", als, data.seen, data);
  std::printf("%s", table.text().c_str());

  std::vector<std::int32_t> customers;
  for (const char* name : {"12347", "12431", "12567"})
    if (const auto id = data.log.user_ids().index_of(name)) customers.push_back(*id);
  for (const std::int32_t customer : customers) print_list(als, data, customer);
  if (!customers.empty()) print_reasons(als, data, customers.front());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: online_retail FOLDER\n");
    return 2;
  }
  std::signal(SIGINT, [](int) { interrupted = 1; });
  try {
    run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "online_retail: %s\n", error.what());
    return 1;
  }
  return 0;
}
