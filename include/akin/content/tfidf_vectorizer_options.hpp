/// @file
/// Parameters of tfidf_vectorizer.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The number of consecutive tokens of a term: from `shortest` to `longest`, inclusive.
struct ngram_range {
  int shortest = 1;
  int longest = 1;
};

/// The norm that divides a document's weights.
enum class term_norm {
  none,  ///< nothing
  l1,    ///< the sum of their magnitudes
  l2     ///< their Euclidean length
};

/// A user-defined tokenizer of a document. It is called from several threads at once.
using tokenizer_function = std::function<std::vector<std::string>(std::string_view)>;

struct tfidf_vectorizer_options {
  /// 1 <= shortest <= longest <= 16; the tokens of a longer term are joined by single spaces.
  ngram_range ngrams = {};
  /// Terms that fewer documents have are left out, >= 1.
  int minimum_documents = 1;
  /// Terms that more than this share of the documents have are left out, in (0, 1].
  double maximum_document_share = 1;
  /// The maximum number of terms: the most frequent ones, ties to the first in byte order; 0: all.
  int maximum_features = 0;
  /// > 0: no vocabulary is kept; a term's column is its hash modulo this number, and terms that collide are added up.
  int hashed_features = 0;
  /// 1 + ln(count) instead of the count.
  bool sublinear_tf = false;
  /// idf = ln((1 + n) / (1 + df)) + 1, as if one more document had every term; else ln(n / df) + 1.
  bool smooth_idf = true;
  term_norm norm = term_norm::l2;
  /// Tokens that are dropped before terms are made of the others; compared in the case that tokenize() gives.
  std::vector<std::string> stop_words = {};
  /// Instead of tokenize(); not written to a file.
  tokenizer_function tokenizer = {};
};

/// The stop words and the tokenizer are not in the list.
template <class Options, class Visit>
fields_of<tfidf_vectorizer_options, Options> fields(Options& options, const Visit& visit) {
  visit("ngrams.shortest", options.ngrams.shortest, positive);
  visit("ngrams.longest", options.ngrams.longest);
  visit("minimum_documents", options.minimum_documents, positive);
  visit("maximum_document_share", options.maximum_document_share, above_zero_to_one);
  visit("maximum_features", options.maximum_features, not_negative);
  visit("hashed_features", options.hashed_features, not_negative);
  visit("sublinear_tf", options.sublinear_tf);
  visit("smooth_idf", options.smooth_idf);
  visit("norm", options.norm, up_to(term_norm::l2, "must be one of those that there are"));
}

}  // namespace AKIN_SEAM
}  // namespace akin
