// New customers and new products in one list: somebody of whom only a few clicks are known, and products that nobody
// has bought yet, of which only the description is known.
//
//   cold_start FOLDER NEW_ITEMS.csv [CLICK...]
//
// FOLDER holds purchases.csv and items.csv (data/online-retail.tar.xz); NEW_ITEMS.csv has the columns stock_code and
// description, as items.csv has; a CLICK is the code of a product, old or new. Prints how well models foresee what
// customers buy next, and who buys the tenth of the products whose purchases were hidden from them. Then trains the one
// that does both, and prints its ten best products for these clicks, with new ones marked.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/content/content_model.hpp>
#include <akin/content/stop_words.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/split_cold.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/hybrid/fallback.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/report/report.hpp>
#include <akin/serving/bundle.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

using matrix = akin::sparse_matrix<float>;

/// All products, bought or not.
struct catalogue {
  akin::id_map codes;
  std::vector<std::string> descriptions;  // by id

  void add(const std::filesystem::path& file) {
    const auto [stock_codes, texts] = akin::read_columns(file, {"stock_code", "description"});
    for (const std::string& code : stock_codes) {
      if (codes.contains(code))
        throw std::invalid_argument("each stock_code must be there once, got " + code + " twice");
      codes.insert(code);
    }
    descriptions.insert(descriptions.end(), texts.begin(), texts.end());
  }
};

/// The purchases; the products have the numbers of the catalogue, so that those without a purchase have one too.
akin::interaction_log read_purchases(const std::filesystem::path& file, const catalogue& products) {
  const akin::interaction_log numbered({.item_ids = std::make_shared<const akin::id_map>(products.codes)});
  return akin::read_interactions(
      file, {.user = "customer_id", .item = "stock_code", .time = "invoice_date", .ids_of = &numbered});
}

/// Factors that are drawn towards what the descriptions say: where there are no purchases, this is all that they are.
akin::implicit_als<float> train(const matrix& purchases, const matrix& words) {
  akin::implicit_als<float> model({.factors = 64, .iterations = 8, .regularization = 10, .alpha = 0.3});
  model.fit(execution::par, purchases, akin::side_features<float>{.items = words});
  return model;
}

void measure(const akin::interaction_log& log, const matrix& words) {
  const auto [past, future] = akin::split_by_time(log, {.test_fraction = 0.2});
  const auto products = akin::split_cold_items(past.matrix(akin::duplicates::count), {.test_fraction = 0.1});
  const matrix &seen = products.train, &hidden = products.test;
  const matrix bought_next = future.matrix(akin::duplicates::count);
  akin::report table;
  const auto judge = [&](const char* name, const auto& model) {
    const auto [next] = akin::evaluate(execution::par, model, seen, bought_next, metrics::ndcg{10});
    const auto [cold] = akin::evaluate(execution::par, model, seen, hidden, metrics::ndcg{10});
    table.add(name, {{"ndcg@10, bought next", next}, {"ndcg@10, hidden products", cold}});
  };
  akin::popularity<float> popular;
  akin::content_model<float> content;
  popular.fit(execution::par, seen), content.fit(execution::par, words, seen);
  judge("popularity", popular);
  judge("content_model", content);
  judge("implicit_als with words", train(seen, words));
  std::printf("%s\n", table.text().c_str());
}

void run(const std::filesystem::path& folder, const char* new_items, std::span<char*> arguments) {
  catalogue products;
  products.add(folder / "items.csv");
  const auto old_products = static_cast<std::int32_t>(products.codes.size());
  products.add(new_items);
  const std::vector<std::string> clicks(arguments.begin(), arguments.end());
  for (const std::string& click : clicks)
    if (!products.codes.contains(click))
      throw std::invalid_argument("CLICK must be the code of a product, got " + click);

  const auto log = read_purchases(folder / "purchases.csv", products);
  akin::tfidf_vectorizer vectorizer({.minimum_documents = 4, .stop_words = akin::stop_words::english()});
  const matrix words = vectorizer.fit_transform(execution::par, products.descriptions);
  measure(log, words);

  const matrix purchases = log.matrix(akin::duplicates::count);
  akin::popularity<float> popular;  // for those without a click
  popular.fit(execution::par, purchases);
  const akin::bundle shop(akin::fallback(train(purchases, words), std::move(popular)), log.user_ids(), log.item_ids(),
                          purchases);
  const auto print = [&](const char* before, const std::string& code) {
    const auto item = *products.codes.index_of(code);
    std::printf("%s%-10s %s%s\n", before, code.c_str(), products.descriptions[static_cast<std::size_t>(item)].c_str(),
                item >= old_products ? "  (new)" : "");
  };
  for (const std::string& click : clicks) print("clicked ", click);
  for (const auto& [product, score] : shop.recommend_for(clicks, {.k = 10})) print("  ", product);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: cold_start FOLDER NEW_ITEMS.csv [CLICK...]\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], std::span(argv + 3, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cold_start: %s\n", error.what());
    return 1;
  }
  return 0;
}
