/// What the runners of retrieval share: factors that were made before, which all sides read, and what is asked of them.
#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/factorization/factor_model.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/query.hpp>

#include "runner.hpp"

namespace compare {

/// Rows of floats; the file says how many.
inline akin::dense_matrix<float> read_factors(const std::string& path, int factors) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot read " + path);
  const auto rows = static_cast<std::int64_t>(file.tellg()) / (std::int64_t{factors} * 4);
  akin::dense_matrix<float> numbers(rows, factors);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(numbers.data()), numbers.size() * 4);
  if (!file) throw std::runtime_error("cannot read " + path);
  return numbers;
}

/// FOLDER/made.*.f32 as a model, and the query that the arguments describe.
struct retrieval {
  std::string folder, prefix;
  int k, factors, excludes, every;
  akin::factor_model<float> model;
  akin::sparse_matrix<float> seen;
  std::vector<std::int32_t> candidates;

  explicit retrieval(arguments& given)
      : folder(given.text("data", ".")),
        prefix(given.text("save", "")),
        k(given.whole("k", 20)),
        factors(given.whole("factors", 64)),
        excludes(given.whole("excludes", 0)),  // what a user has in the training
        every(given.whole("every", 1)),        // only each so many-th item is a candidate
        model(read_factors(folder + "/made.users.f32", factors), read_factors(folder + "/made.items.f32", factors)) {
    if (excludes != 0) seen = read_train(folder);
    for (std::int32_t item = 0; item < model.items(); item += every) candidates.push_back(item);
  }

  akin::query<std::int32_t> query() const {
    akin::query<std::int32_t> asked{.k = k};
    if (excludes != 0) asked.exclude = seen;
    if (every > 1) asked.candidates = candidates;
    return asked;
  }

  /// Lists of k items with -1 behind their end, and for the judge what was asked.
  void write(const std::vector<std::int32_t>& lists) const {
    if (prefix.empty()) return;
    write_numbers(prefix + ".lists.i32", lists.data(), static_cast<std::int64_t>(lists.size()));
    const std::int32_t asked[] = {factors, excludes, every};
    write_numbers(prefix + ".query.i32", asked, 3);
  }
};

}  // namespace compare
