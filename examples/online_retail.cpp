// From a shop's purchase log to recommendations with names: reads, splits by time, fits three models, compares them on
// the future, recommends for three customers and says why.
//
//   online_retail FOLDER     FOLDER holds purchases.csv, items.csv and customers.csv (data/online-retail.tar.xz)
//
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

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

volatile std::sig_atomic_t interrupted = 0;

bool is_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stdout)) != 0;
#else
  return isatty(STDOUT_FILENO) != 0;
#endif
}

/// What the shop knows: who bought what before the split, who bought what after it, and what things are called.
struct shop {
  akin::interaction_log log;
  akin::sparse_matrix<float> seen;     // customers x products, number of purchase lines before the split
  akin::sparse_matrix<float> future;   // the same after it
  std::vector<std::string> products;   // description by item id
  std::vector<std::string> countries;  // by user id
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

/// A live line for a person, nothing for a file; stops when asked to.
bool show_progress(const akin::progress& p) {
  if (is_terminal()) {
    std::printf("\r  iteration %d of %d, %.1f s%s", p.iteration, p.iterations, p.seconds,
                p.iteration == p.iterations || interrupted != 0 ? "\r\033[K" : "");
    std::fflush(stdout);
  }
  return interrupted == 0;
}

/// Seconds that the training takes.
template <class Model>
double train(Model& model, const akin::sparse_matrix<float>& customers_products) {
  const auto start = std::chrono::steady_clock::now();
  if constexpr (requires { model.fit(execution::par, customers_products, show_progress); }) {
    model.fit(execution::par, customers_products, show_progress);
  } else {
    model.fit(execution::par, customers_products);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_header() {
  std::printf("%-14s %19s %19s %19s %12s %9s\n", "model", "recall@10", "ndcg@10", "hit rate@10", "coverage@10",
              "seconds");
}

/// One row of the table: each metric is a mean over customers with its standard error.
template <class Model>
void fit_and_judge(const char* name, Model& model, const akin::sparse_matrix<float>& customers_products,
                   const shop& data) {
  const double seconds = train(model, customers_products);
  const auto [recall, ndcg, hit, coverage] =
      akin::evaluate(execution::par, model, data.seen, data.future, metrics::recall{10}, metrics::ndcg{10},
                     metrics::hit_rate{10}, metrics::coverage{10});
  std::printf("%-14s %9.4f +- %6.4f %9.4f +- %6.4f %9.4f +- %6.4f %12.3f %9.2f\n", name, recall.mean,
              recall.standard_error, ndcg.mean, ndcg.standard_error, hit.mean, hit.standard_error, coverage.mean,
              seconds);
}

void print_lists(const akin::implicit_als<float>& model, const shop& data, const std::vector<std::int32_t>& customers) {
  const auto lists = akin::recommend(execution::par, model, customers, {.k = 5, .exclude = data.seen});
  for (std::size_t c = 0; c < customers.size(); ++c) {
    const auto customer = static_cast<std::size_t>(customers[c]);
    std::printf("\ncustomer %s, %s\n", std::string(data.log.user_ids().name_of(customers[c])).c_str(),
                data.countries[customer].c_str());
    for (std::size_t i = 0; i < lists.items(c).size(); ++i) {
      const std::int32_t item = lists.items(c)[i];
      std::printf("  %5.3f  %-36s%s\n", static_cast<double>(lists.scores(c)[i]),
                  data.products[static_cast<std::size_t>(item)].c_str(),
                  data.future.coeff(customers[c], item) != 0 ? "  (bought it later)" : "");
    }
  }
}

/// Which of the customer's purchases speak most for the first recommendation.
void print_reasons(const akin::implicit_als<float>& model, const shop& data, std::int32_t customer) {
  const std::array customers = {customer};
  const auto lists = akin::recommend(execution::par, model, customers, {.k = 1, .exclude = data.seen});
  if (lists.items(0).empty()) return;
  const std::int32_t item = lists.items(0)[0];
  std::printf("\nwhy %s for customer %s? because of\n", data.products[static_cast<std::size_t>(item)].c_str(),
              std::string(data.log.user_ids().name_of(customer)).c_str());
  for (const auto& reason : akin::explain(model, data.seen, customer, item, {.k = 3}))
    std::printf("  %5.3f  %s\n", static_cast<double>(reason.contribution),
                data.products[static_cast<std::size_t>(reason.item)].c_str());
}

void run(const std::filesystem::path& folder) {
  const shop data = read_shop(folder);

  // Parameters were chosen on the last fifth of the part to learn from, never on the future.
  akin::popularity<float> popular;
  akin::item_knn<float> neighbors({.neighbors = 50});
  akin::implicit_als<float> als({.factors = 64, .iterations = 10, .regularization = 10, .alpha = 0.3, .seed = 7});
  print_header();
  fit_and_judge("popularity", popular, data.seen, data);
  fit_and_judge("item_knn", neighbors, akin::weighting::bm25(data.seen), data);
  fit_and_judge("implicit_als", als, data.seen, data);

  std::vector<std::int32_t> customers;
  for (const char* name : {"12347", "12431", "17850"})
    if (const auto id = data.log.user_ids().index_of(name)) customers.push_back(*id);
  print_lists(als, data, customers);
  if (!customers.empty()) print_reasons(als, data, customers.front());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: online_retail FOLDER, which holds purchases.csv, items.csv and customers.csv\n");
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
