// akin's side of compare_tfidf.py: weighs the documents of a file, one a line, and tells how long it took.
// usage: compare_akin_tfidf DOCUMENTS THREADS [PREFIX [LONGEST [SUBLINEAR [MINIMUM]]]]
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/execution.hpp>

namespace {

template <class T>
void write(const std::string& path, const T* data, std::ptrdiff_t size) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), size * static_cast<std::ptrdiff_t>(sizeof(T)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s DOCUMENTS THREADS [PREFIX [LONGEST [SUBLINEAR [MINIMUM]]]]\n", argv[0]);
    return 2;
  }
  std::vector<std::string> documents;
  std::ifstream file(argv[1]);
  for (std::string line; std::getline(file, line);) documents.push_back(line);
  akin::tfidf_vectorizer vectorizer({.ngrams = {1, argc > 4 ? std::stoi(argv[4]) : 1},
                                     .minimum_documents = argc > 6 ? std::stoi(argv[6]) : 1,
                                     .sublinear_tf = argc > 5 && std::stoi(argv[5]) != 0});
  const auto policy = akin::execution::par.threads(std::stoi(argv[2]));
  double best = 0, processor = 0;
  akin::sparse_matrix<float> x;
  for (int run = 0; run < (argc > 3 ? 1 : 3); ++run) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t clock = std::clock();
    x = vectorizer.fit_transform(policy, documents);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    processor = static_cast<double>(std::clock() - clock) / CLOCKS_PER_SEC;
    best = run == 0 || seconds < best ? seconds : best;
  }
  std::printf(
      "{\"seconds\": %.6f, \"processor_seconds\": %.6f, \"documents\": %lld, \"terms\": %lld, \"nonzeros\": %lld}\n",
      best, processor, static_cast<long long>(x.rows()), static_cast<long long>(x.cols()),
      static_cast<long long>(x.nonZeros()));
  if (argc < 4) return 0;
  const std::string prefix = argv[3];
  std::ofstream terms(prefix + ".terms", std::ios::binary);
  for (std::int32_t t = 0; t < x.cols(); ++t) terms << vectorizer.terms().name_of(t) << '\n';
  write(prefix + ".offsets", x.outerIndexPtr(), x.rows() + 1);
  write(prefix + ".columns", x.innerIndexPtr(), x.nonZeros());
  write(prefix + ".values", x.valuePtr(), x.nonZeros());
  return 0;
}
