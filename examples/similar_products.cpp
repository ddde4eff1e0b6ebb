// Products that are alike by their descriptions, and those that fit a few words, in English, Chinese or any other
// script.
//
//   similar_products ITEMS.csv QUERY...
//
// ITEMS.csv has the columns stock_code and description (examples/chinese_products.csv is a small one). A QUERY is the
// code of a product, or words. Prints for each query its keywords, those that make a description differ from others,
// and the five most similar products with the cosine of their TF-IDF vectors.
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/content/keywords.hpp>
#include <akin/content/stop_words.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/data/csv.hpp>
#include <akin/data/id_map.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>

namespace execution = akin::execution;

namespace {

constexpr double least_cosine = 0.05;  // less is no likeness

struct catalogue {
  akin::id_map codes;
  std::vector<std::string> descriptions;  // by id
};

catalogue read_catalogue(const char* path) {
  auto columns = akin::read_columns(path, {"stock_code", "description"});
  catalogue products;
  for (const std::string& code : columns[0]) {
    if (products.codes.contains(code))
      throw std::invalid_argument("each stock_code must be there once, got " + code + " twice");
    products.codes.insert(code);
  }
  products.descriptions = std::move(columns[1]);
  return products;
}

std::vector<std::string> stop_words() {
  std::vector<std::string> words;
  for (const auto& list : {akin::stop_words::english(), akin::stop_words::chinese()})
    words.insert(words.end(), list.begin(), list.end());
  return words;
}

void run(const char* path, std::span<char*> queries) {
  const catalogue products = read_catalogue(path);
  // Words and pairs of neighbouring ones: "tea towel" is more than "tea" and "towel". Chinese has no spaces: its tokens
  // are pairs of characters.
  akin::tfidf_vectorizer vectorizer({.ngrams = {1, 2}, .sublinear_tf = true, .stop_words = stop_words()});
  akin::nearest_neighbors<float> index({.metric = akin::metric::cosine});
  index.fit(execution::par, vectorizer.fit_transform(execution::par, products.descriptions));

  for (const std::string query : queries) {
    const auto known = products.codes.index_of(query);
    const std::vector<std::string> text = {known ? products.descriptions[static_cast<std::size_t>(*known)] : query};
    std::printf("%s%s%s; keywords:", query.c_str(), known ? ": " : "", known ? text[0].c_str() : "");
    for (const auto& [term, weight] : akin::keywords(vectorizer, text[0], 3)) std::printf(" \"%s\"", term.c_str());
    std::printf("\n");
    akin::item_mask itself(static_cast<std::int64_t>(products.codes.size()));
    if (known) itself.insert(*known);
    const auto found = index.search(execution::par, vectorizer.transform(text),
                                    {.k = 5, .deny = itself, .minimum_score = least_cosine});
    for (std::size_t i = 0; i < found.items(0).size(); ++i) {
      const std::int32_t item = found.items(0)[i];
      std::printf("  %.2f  %-10s %s\n", static_cast<double>(found.scores(0)[i]),
                  std::string(products.codes.name_of(item)).c_str(),
                  products.descriptions[static_cast<std::size_t>(item)].c_str());
    }
    if (found.items(0).empty()) std::printf("  nothing is like it\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: similar_products ITEMS.csv QUERY...\n");
    return 2;
  }
  try {
    run(argv[1], std::span(argv + 2, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "similar_products: %s\n", error.what());
    return 1;
  }
  return 0;
}
