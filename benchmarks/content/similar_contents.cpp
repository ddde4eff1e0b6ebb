// Which 50 products are most like each of a large catalogue by the words of their descriptions. AKIN_DATA names the
// folder with online-retail/items.csv; the catalogue is made of its words, 3 to 6 of a description each, as often as
// they come there. Counters: multiplications a second and the most memory held, of which the result is a part.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/content/similar_contents.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/content/tokenize.hpp>
#include <akin/data/csv.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/execution.hpp>
#include <akin/random.hpp>

#include "peak_memory.hpp"

namespace {

using peak_memory::forget_peak, peak_memory::mebibyte, peak_memory::peak_bytes;

std::vector<std::string> words_of_descriptions(const std::filesystem::path& file) {
  const auto log = akin::read_interactions(file, {.user = "stock_code", .item = "description"});
  std::vector<std::string> words;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(log.item_ids().size()); ++i)
    for (const std::string_view word : akin::tokenize(log.item_ids().name_of(i))) words.emplace_back(word);
  return words;
}

std::vector<std::string> made_descriptions(const std::vector<std::string>& words, std::int64_t count) {
  std::vector<std::string> texts(static_cast<std::size_t>(count));
  for (std::size_t text = 0; text < texts.size(); ++text) {
    const akin::random_stream random(1, text);
    const std::uint64_t length = 3 + random.below(0, 4);
    for (std::uint64_t w = 1; w <= length; ++w) texts[text] += words[random.below(w, words.size())] + " ";
  }
  return texts;
}

/// Pairs of items with a feature in common, counted once for each such feature.
double multiplications(const akin::sparse_matrix<float>& features) {
  std::vector<double> items(static_cast<std::size_t>(features.cols()));
  for (Eigen::Index i = 0; i < features.nonZeros(); ++i) ++items[static_cast<std::size_t>(features.innerIndexPtr()[i])];
  double sum = 0;
  for (const double count : items) sum += count * count;
  return sum;
}

void similar_contents(benchmark::State& state) {
  const char* const folder = std::getenv("AKIN_DATA");
  if (folder == nullptr) return state.SkipWithError("AKIN_DATA names no folder with online-retail/items.csv");
  const auto words = words_of_descriptions(std::filesystem::path(folder) / "online-retail" / "items.csv");
  akin::tfidf_vectorizer vectorizer;
  const auto features = vectorizer.fit_transform(akin::execution::par, made_descriptions(words, state.range(0)));
  const bool knows_peak = forget_peak();
  for (auto _ : state) {
    const auto alike = akin::similar_contents(akin::execution::par.threads(2), features, {.k = 50});
    if (alike.nonZeros() < 25 * features.rows()) throw std::runtime_error("items should have neighbours");
  }
  state.counters["products/s"] =
      benchmark::Counter(multiplications(features), benchmark::Counter::kIsIterationInvariantRate);
  if (knows_peak) state.counters["MiB"] = peak_bytes() / mebibyte;
}
BENCHMARK(similar_contents)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

}  // namespace
