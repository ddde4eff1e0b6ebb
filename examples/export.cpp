// What a model knows, as files for other programs, and vectors of other programs as a model.
//
//   export PURCHASES.csv FOLDER [EMBEDDINGS.npy]
//
// PURCHASES.csv has the columns customer_id, stock_code and invoice_date. Writes into FOLDER: the lists of all
// customers as lists.csv and lists.jsonl; the factors of the model as users.npy and items.npy, which numpy.load reads,
// and the names of their rows, a line each, as users.txt and items.txt. Then reads the factors again: as a model that
// gives the same lists, and as embeddings by which products are alike. EMBEDDINGS.npy, a row for each line of
// items.txt, takes the place of items.npy there: vectors of a language model or of pictures. Prints what it has
// written, and three products with those most like them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <akin/content/content_model.hpp>
#include <akin/data/npy.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/similar_items.hpp>
#include <akin/serving/write_recommendations.hpp>

namespace execution = akin::execution;

namespace {

using matrix = akin::sparse_matrix<float>;

void write_names(const akin::id_map& names, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  for (std::size_t id = 0; id < names.size(); ++id) file << names.name_of(static_cast<std::int32_t>(id)) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

void write_all(const akin::implicit_als<float>& model, const akin::interaction_log& log, const matrix& purchases,
               const std::filesystem::path& folder) {
  const auto lists = akin::recommend(execution::par, model, {.k = 10, .exclude = purchases});
  akin::write_recommendations(lists, folder / "lists.csv", log.user_ids(), log.item_ids());
  akin::write_recommendations(lists, folder / "lists.jsonl", log.user_ids(), log.item_ids());
  akin::write_npy(model.user_factors(), folder / "users.npy");
  akin::write_npy(model.item_factors(), folder / "items.npy");
  write_names(log.user_ids(), folder / "users.txt");
  write_names(log.item_ids(), folder / "items.txt");
  std::printf("lists of %zu customers, factors of %zu customers and %zu products in %s\n", lists.size(),
              log.user_ids().size(), log.item_ids().size(), folder.string().c_str());
}

/// Factors of any origin are a model; these give the lists of the one that they are from.
void check_factors(const akin::implicit_als<float>& model, const matrix& purchases,
                   const std::filesystem::path& folder) {
  const akin::factor_model<float> again(akin::read_npy<float>(folder / "users.npy"),
                                        akin::read_npy<float>(folder / "items.npy"));
  const auto expected = akin::recommend(execution::par, model, {.k = 10, .exclude = purchases});
  const auto lists = akin::recommend(execution::par, again, {.k = 10, .exclude = purchases});
  for (std::size_t user = 0; user < lists.size(); ++user)
    if (!std::ranges::equal(lists.items(user), expected.items(user)))
      throw std::runtime_error("the files must give the lists of the model");
  std::printf("the model of users.npy and items.npy gives the same lists\n");
}

/// Embeddings of any origin as features: customers get what is like their products, also if nobody has bought it yet.
void show_alike(const std::filesystem::path& embeddings, const akin::interaction_log& log, const matrix& purchases) {
  akin::content_model<float> model;
  model.fit(execution::par, akin::read_npy<float>(embeddings), purchases);
  const std::array<std::int32_t, 3> products = {0, 1, 2};
  const auto alike = akin::similar_items(execution::par, model, products, {.k = 3});
  const auto name_of = [&](std::int32_t item) { return std::string(log.item_ids().name_of(item)); };
  for (std::size_t i = 0; i < products.size(); ++i) {
    std::printf("like %s:", name_of(products[i]).c_str());
    for (const std::int32_t item : alike.items(i)) std::printf(" %s", name_of(item).c_str());
    std::printf("\n");
  }
}

void run(const char* path, const std::filesystem::path& folder, const std::filesystem::path& embeddings) {
  const auto log = akin::read_interactions(path, {.user = "customer_id", .item = "stock_code", .time = "invoice_date"});
  const matrix purchases = log.matrix(akin::duplicates::count);
  akin::implicit_als<float> model({.factors = 64, .iterations = 10, .regularization = 10, .alpha = 0.3});
  model.fit(execution::par, purchases);
  std::filesystem::create_directories(folder);
  write_all(model, log, purchases, folder);
  check_factors(model, purchases, folder);
  show_alike(embeddings, log, purchases);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: export PURCHASES.csv FOLDER [EMBEDDINGS.npy]\n");
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[2];
    run(argv[1], folder, argc == 4 ? argv[3] : folder / "items.npy");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "export: %s\n", error.what());
    return 1;
  }
  return 0;
}
