/// @file
/// The terms of a document: tokens without stop words, and runs of several tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/content/detail/token_scanner.hpp>
#include <akin/content/tfidf_vectorizer_options.hpp>
#include <akin/content/tokenize.hpp>
#include <akin/data/id_map.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The stop words as tokens: as given, and as akin's tokenizer spells them.
id_map stop_set(const tfidf_vectorizer_options& options);

/// Reads documents term by term; holds scratch, so that documents after the first few allocate nothing.
class term_reader {
 public:
  term_reader(ngram_range ngrams, const id_map& stop_words, const tokenizer_function& tokenizer)
      : ngrams_(ngrams), stop_words_(&stop_words), tokenizer_(&tokenizer) {}

  /// Calls sink(std::string_view) for each term, valid until it returns. Throws format_error with the document's number
  /// if it is not UTF-8.
  template <class Sink>
  void read(std::string_view document, std::int64_t number, std::string_view where, Sink&& sink) {
    const bool only_tokens = ngrams_.longest == 1;
    joined_.clear();
    places_.clear();
    each_token(document, number, where, [&](std::string_view token) {
      if (!stop_words_->empty() && stop_words_->contains(token)) return;
      if (only_tokens) return sink(token);
      if (!joined_.empty()) joined_ += ' ';
      places_.emplace_back(joined_.size(), joined_.size() + token.size());
      joined_ += token;
    });
    if (only_tokens) return;
    for (std::size_t size = static_cast<std::size_t>(ngrams_.shortest);
         size <= static_cast<std::size_t>(ngrams_.longest); ++size)
      for (std::size_t last = size; last <= places_.size(); ++last) {
        const std::size_t begin = places_[last - size].first;
        sink(std::string_view(joined_.data() + begin, places_[last - 1].second - begin));
      }
  }

 private:
  template <class Sink>
  void each_token(std::string_view document, std::int64_t number, std::string_view where, Sink&& sink) {
    if (*tokenizer_) {
      for (const std::string& token : (*tokenizer_)(document)) sink(token);
      return;
    }
    std::size_t used = 0;
    const std::size_t bad = scan_tokens(document, folded_, used, [&](std::size_t begin, std::size_t end) {
      sink(std::string_view(folded_.data() + begin, end - begin));
    });
    if (bad < document.size())
      fail<format_error>(where, ": document ", number, " must be UTF-8, got byte ", byte_name(document, bad),
                         " at offset ", bad);
  }

  ngram_range ngrams_;
  const id_map* stop_words_;
  const tokenizer_function* tokenizer_;
  std::string folded_;
  std::string joined_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;
};

#if AKIN_BODIES(content)

AKIN_INLINE id_map stop_set(const tfidf_vectorizer_options& options) {
  id_map set;
  for (const std::string& word : options.stop_words) {
    set.insert(word);
    const tokens folded = tokenize(word);
    if (!options.tokenizer && folded.size() == 1) set.insert(folded[0]);
  }
  return set;
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
