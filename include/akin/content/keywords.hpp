/// @file
/// The keywords of a text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>

namespace akin::inline AKIN_ABI {

/// A term, and its weight in a text.
struct keyword {
  std::string term;
  float weight;
};

/// The k terms of the greatest weight in a text, by (weight descending, byte order ascending); fewer if it has fewer
/// terms that the vectorizer knows. Throws std::invalid_argument for k < 1 and for a vectorizer with hashed_features,
/// whose terms have no names; not_fitted; format_error for a text that is not UTF-8. O(bytes + terms, sorted).
std::vector<keyword> keywords(const tfidf_vectorizer& vectorizer, std::string_view document, int k = 10);

#if AKIN_BODIES(content)

AKIN_INLINE std::vector<keyword> keywords(const tfidf_vectorizer& vectorizer, std::string_view document, int k) {
  detail::require(k >= 1, "keywords", "k must be positive", k);
  detail::require(vectorizer.options().hashed_features == 0, "keywords",
                  "the vectorizer must keep its terms, hashed_features must be 0",
                  vectorizer.options().hashed_features);
  const auto row = vectorizer.transform(std::span<const std::string_view>(&document, 1));
  std::vector<keyword> found;
  for (Eigen::Index i = 0; i < row.nonZeros(); ++i)
    found.push_back({std::string(vectorizer.terms().name_of(row.innerIndexPtr()[i])), row.valuePtr()[i]});
  // Columns are in byte order already.
  std::stable_sort(found.begin(), found.end(), [](const keyword& a, const keyword& b) { return a.weight > b.weight; });
  if (found.size() > static_cast<std::size_t>(k)) found.resize(static_cast<std::size_t>(k));
  return found;
}

#endif

}  // namespace akin::inline AKIN_ABI
