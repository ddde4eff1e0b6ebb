/// @file
/// TF-IDF: texts as vectors of term weights.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/detail/term_counts.hpp>
#include <akin/content/detail/term_matrix.hpp>
#include <akin/content/detail/term_reader.hpp>
#include <akin/content/tfidf_vectorizer_options.hpp>
#include <akin/data/id_map.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A range of texts as a span of them.
template <class Documents>
auto as_documents(const Documents& documents) {
  constexpr bool strings = std::is_convertible_v<const Documents&, std::span<const std::string>>;
  constexpr bool views = std::is_convertible_v<const Documents&, std::span<const std::string_view>>;
  static_assert(strings || views, "akin: documents must be a std::vector or std::span of std::string or string_view");
  if constexpr (strings)
    return std::span<const std::string>(documents);
  else
    return std::span<const std::string_view>(documents);
}

}  // namespace detail

/// Weighs each term t of a document d by its frequency there and its rarity among the documents:
///   w_dt = tf_dt idf_t,    idf_t = ln((1 + n) / (1 + df_t)) + 1,
/// and divides each row by its length. Of n documents, df_t have the term; the options select variants. The numbers are
/// those of scikit-learn's TfidfVectorizer if the tokens are the same. A document without terms is an empty row.
///
/// Terms are the tokens of tokenize(), or of a callable, and runs of them; columns are the terms in byte order. With
/// hashed_features no vocabulary is kept: a term's column is its hash modulo their number, the same on every machine.
///
/// Complexity: O(bytes + terms of each document, sorted + vocabulary, sorted); fit holds 8 bytes for each term of each
/// document and the vocabulary once a thread. Deterministic: the same bits for any number of threads. Const members may
/// be called from many threads. Source: G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval",
/// 1988.
class tfidf_vectorizer {
 public:
  static constexpr std::string_view kind = "tfidf_vectorizer";

  tfidf_vectorizer() : tfidf_vectorizer(tfidf_vectorizer_options{}) {}
  /// Throws std::invalid_argument for options out of range, format_error for stop words that are not UTF-8.
  template <detail::options_for<tfidf_vectorizer_options> Options = tfidf_vectorizer_options>
  explicit tfidf_vectorizer(const Options& options) : options_(options) {
    check_options();
    stop_words_ = detail::stop_set(options_);
  }

  /// Learns the terms and their idf from a vector or span of std::string or std::string_view. Throws
  /// std::invalid_argument if there are no documents or none of them has a term that the options keep, and format_error
  /// with document and offset for a text that is not UTF-8; the vectorizer is then as it was.
  template <execution_policy Policy, class Documents>
  void fit(const Policy& policy, const Documents& documents) {
    learn(policy, detail::as_documents(documents), "tfidf_vectorizer::fit");
  }
  template <class Documents>
  void fit(const Documents& documents) {
    fit(execution::seq, documents);
  }

  /// The same, and the weights of the documents, documents x terms; each document is read once.
  template <execution_policy Policy, class Documents>
  sparse_matrix<float> fit_transform(const Policy& policy, const Documents& documents) {
    const auto texts = detail::as_documents(documents);
    const auto blocks = learn(policy, texts, "tfidf_vectorizer::fit_transform");
    return matrix(policy, blocks, texts.size(), weights());
  }
  template <class Documents>
  sparse_matrix<float> fit_transform(const Documents& documents) {
    return fit_transform(execution::seq, documents);
  }

  /// The weights of any documents; terms that fit has not kept are left out. Throws not_fitted; format_error as fit;
  /// std::invalid_argument if a loaded vectorizer lacks its tokenizer.
  template <execution_policy Policy, class Documents>
  sparse_matrix<float> transform(const Policy& policy, const Documents& documents) const {
    const auto texts = detail::as_documents(documents);
    return matrix(policy, known_terms(policy, texts, "tfidf_vectorizer::transform"), texts.size(), weights());
  }
  template <class Documents>
  sparse_matrix<float> transform(const Documents& documents) const {
    return transform(execution::seq, documents);
  }

  /// The same without weights: the counts of the terms, the input of bm25.
  template <execution_policy Policy, class Documents>
  sparse_matrix<float> counts(const Policy& policy, const Documents& documents) const {
    const auto texts = detail::as_documents(documents);
    return matrix(policy, known_terms(policy, texts, "tfidf_vectorizer::counts"), texts.size(), detail::plain_counts());
  }
  template <class Documents>
  sparse_matrix<float> counts(const Documents& documents) const {
    return counts(execution::seq, documents);
  }

  const tfidf_vectorizer_options& options() const noexcept { return options_; }
  /// Columns of the matrices; 0 before fit.
  std::int64_t features() const noexcept { return idf_.size(); }
  /// The column of a term as the tokenizer gives it ("mug", "red mug"), if there is one; hashed terms all have one.
  std::optional<std::int32_t> term_index(std::string_view term) const noexcept {
    if (features() == 0) return std::nullopt;
    return options_.hashed_features > 0 ? std::optional(hashed_column(term)) : terms_.index_of(term);
  }
  /// The terms by their columns, in byte order; empty with hashed_features.
  const id_map& terms() const noexcept { return terms_; }
  /// idf by column.
  std::span<const double> idf() const noexcept { return {idf_.data(), static_cast<std::size_t>(idf_.size())}; }

  /// Restores the tokenizer of a loaded vectorizer. Throws std::invalid_argument if it was fitted without one, or for
  /// an empty callable.
  void set_tokenizer(tokenizer_function tokenizer);

  void write_to(detail::model_writer& writer) const;
  static tfidf_vectorizer read_from(const detail::model_reader& reader);

 private:
  using blocks_type = std::vector<detail::counted_block>;

  static void write_names(detail::model_writer writer, const id_map& names) {
    writer.add("text", reinterpret_cast<const std::uint8_t*>(names.text().data()), std::ssize(names.text()));
    writer.add("offsets", names.offsets());
  }
  static id_map read_names(const detail::model_reader& reader);

  void check_options() const;

  detail::term_reader reader() const { return {options_.ngrams, stop_words_, options_.tokenizer}; }
  std::int32_t hashed_column(std::string_view term) const noexcept {
    return static_cast<std::int32_t>(detail::stable_hash(term) % static_cast<std::uint64_t>(options_.hashed_features));
  }
  detail::tfidf_weights weights() const noexcept { return {idf_.data(), options_.sublinear_tf, options_.norm}; }

  template <class Weigh>
  sparse_matrix<float> matrix(const detail::host_policy& policy, const blocks_type& blocks, std::size_t documents,
                              const Weigh& weigh) const {
    return detail::term_matrix(policy, blocks, static_cast<std::int64_t>(documents), features(), weigh);
  }

  template <class Document>
  blocks_type known_terms(const detail::host_policy& policy, std::span<const Document> documents,
                          std::string_view where) const;

  void require_tokenizer(std::string_view where) const {
    detail::require(
        !needs_tokenizer_ || options_.tokenizer, where,
        "a loaded vectorizer that was fitted with a tokenizer of its own must be given it by set_tokenizer");
  }

  /// column_of(worker) maps that worker's ids.
  template <class ColumnOf>
  static void place(const detail::host_policy& policy, blocks_type& blocks, const ColumnOf& column_of) {
    detail::for_each_row(policy, std::ssize(blocks), [&](std::int64_t b, int) {
      detail::counted_block& block = detail::at(blocks, b);
      detail::place_cells(block, column_of(block.worker));
    });
  }

  template <class Document>
  blocks_type learn(const detail::host_policy& policy, std::span<const Document> documents, std::string_view where);

  template <class Document>
  blocks_type learn_terms(const detail::host_policy& policy, std::span<const Document> documents,
                          std::string_view where);

  template <class Document>
  blocks_type learn_hashed(const detail::host_policy& policy, std::span<const Document> documents,
                           std::string_view where);

  /// The column of each term, -1 for those that the options leave out.
  std::vector<std::int32_t> kept_columns(const std::vector<detail::term_statistics>& terms,
                                         std::size_t documents) const;

  detail::storage<double> idf_of(const std::vector<std::int64_t>& frequencies, std::size_t documents) const;

  tfidf_vectorizer_options options_;
  bool needs_tokenizer_ = false;  // the saved vectorizer had one
  id_map stop_words_;
  id_map terms_;
  detail::storage<double> idf_;
};

#if AKIN_BODIES(content)

AKIN_INLINE void tfidf_vectorizer::set_tokenizer(tokenizer_function tokenizer) {
  constexpr std::string_view where = "tfidf_vectorizer::set_tokenizer";
  detail::require(static_cast<bool>(tokenizer), where, "tokenizer must be callable");
  detail::require(needs_tokenizer_ || options_.tokenizer, where, "options must have had a tokenizer");
  options_.tokenizer = std::move(tokenizer);
}

AKIN_INLINE void tfidf_vectorizer::write_to(detail::model_writer& writer) const {
  detail::require_fitted(features() > 0, "save");
  writer.add_options(options_);
  writer.add_value("own_tokenizer", needs_tokenizer_ || options_.tokenizer);
  write_names(writer.scope("stop_words"), stop_words_);
  write_names(writer.scope("terms"), terms_);
  writer.add("idf", idf_.data(), idf_.size());
}

AKIN_INLINE tfidf_vectorizer tfidf_vectorizer::read_from(const detail::model_reader& reader) {
  tfidf_vectorizer model(reader.options<tfidf_vectorizer_options>());
  model.needs_tokenizer_ = reader.value<bool>("own_tokenizer");
  model.stop_words_ = read_names(reader.scope("stop_words"));
  for (std::size_t i = 0; i < model.stop_words_.size(); ++i)
    model.options_.stop_words.emplace_back(model.stop_words_.name_of(static_cast<std::int32_t>(i)));
  model.terms_ = read_names(reader.scope("terms"));
  model.idf_ = detail::map_array<double>(reader, "idf");
  const int hashed = model.options_.hashed_features;
  const auto columns = hashed > 0 ? hashed : static_cast<std::int64_t>(model.terms_.size());
  reader.require(model.features() == columns && columns > 0, "there must be an idf for each term");
  reader.require(hashed == 0 || model.terms_.empty(), "hashed terms must not have names");
  for (std::size_t i = 1; i < model.terms_.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    reader.require(model.terms_.name_of(id - 1) < model.terms_.name_of(id), "terms must be in byte order");
  }
  return model;
}

AKIN_INLINE id_map tfidf_vectorizer::read_names(const detail::model_reader& reader) {
  const auto text = reader.array<std::uint8_t>("text", detail::model_reader::any, 1);
  const auto offsets = reader.array<std::int64_t>("offsets", detail::model_reader::any, 1);
  return {std::span(reinterpret_cast<const char*>(text.data), static_cast<std::size_t>(text.rows)),
          std::span(offsets.data, static_cast<std::size_t>(offsets.rows))};
}

AKIN_INLINE void tfidf_vectorizer::check_options() const {
  const auto& o = options_;
  checked(o, kind);
  detail::require(o.ngrams.longest >= o.ngrams.shortest && o.ngrams.longest <= 16, kind,
                  "ngrams.longest must be between ngrams.shortest and 16", o.ngrams.longest);
  detail::require(
      o.hashed_features == 0 || (o.maximum_features == 0 && o.minimum_documents == 1 && o.maximum_document_share == 1),
      kind,
      "hashed_features must be 0 where minimum_documents, maximum_document_share or maximum_features "
      "choose among the terms",
      o.hashed_features);
}

template <class Document>
tfidf_vectorizer::blocks_type tfidf_vectorizer::known_terms(const detail::host_policy& policy,
                                                            std::span<const Document> documents,
                                                            std::string_view where) const {
  detail::require_fitted(features() > 0, where);
  require_tokenizer(where);
  const bool hashed = options_.hashed_features > 0;
  auto blocks = detail::count_terms(policy, reader(), documents, where, [&](std::string_view term, int) {
    return hashed ? hashed_column(term) : terms_.index_of(term).value_or(-1);
  });
  place(policy, blocks, [](int) { return [](std::int32_t column) { return column; }; });
  return blocks;
}

template <class Document>
tfidf_vectorizer::blocks_type tfidf_vectorizer::learn(const detail::host_policy& policy,
                                                      std::span<const Document> documents, std::string_view where) {
  detail::require(!documents.empty(), where, "documents must not be empty");
  require_tokenizer(where);
  return options_.hashed_features > 0 ? learn_hashed(policy, documents, where) : learn_terms(policy, documents, where);
}

template <class Document>
tfidf_vectorizer::blocks_type tfidf_vectorizer::learn_terms(const detail::host_policy& policy,
                                                            std::span<const Document> documents,
                                                            std::string_view where) {
  std::vector<id_map> found(static_cast<std::size_t>(detail::worker_count(policy)));
  auto blocks = detail::count_terms(policy, reader(), documents, where, [&](std::string_view term, int worker) {
    return detail::at(found, worker).insert(term);
  });
  auto merged = detail::merge_terms(policy, found);
  detail::add_statistics(policy, blocks, merged);
  const std::vector<std::int32_t> columns = kept_columns(merged.terms, documents.size());

  id_map terms;
  std::vector<std::int64_t> frequencies;
  for (std::size_t t = 0; t < columns.size(); ++t) {
    if (columns[t] < 0) continue;
    terms.insert(merged.terms[t].text);
    frequencies.push_back(merged.terms[t].documents);
  }
  detail::require(!terms.empty(), where, "documents must hold a term that the options keep, they have none");
  auto idf = idf_of(frequencies, documents.size());
  for (detail::numbers<std::int32_t>& places : merged.places)
    for (std::int32_t& place : places) place = detail::at(columns, place);
  place(policy, blocks, [&](int worker) {
    return [&column_of = detail::at(merged.places, worker)](std::int32_t id) { return column_of[id]; };
  });
  terms_ = std::move(terms);
  idf_ = std::move(idf);
  return blocks;
}

template <class Document>
tfidf_vectorizer::blocks_type tfidf_vectorizer::learn_hashed(const detail::host_policy& policy,
                                                             std::span<const Document> documents,
                                                             std::string_view where) {
  auto blocks = detail::count_terms(policy, reader(), documents, where,
                                    [&](std::string_view term, int) { return hashed_column(term); });
  place(policy, blocks, [](int) { return [](std::int32_t column) { return column; }; });
  std::vector<std::int64_t> frequencies(static_cast<std::size_t>(options_.hashed_features), 0);
  for (const detail::counted_block& block : blocks)
    for (const detail::counted_term& cell : block.cells) ++detail::at(frequencies, cell.id);
  idf_ = idf_of(frequencies, documents.size());
  return blocks;
}

AKIN_INLINE std::vector<std::int32_t> tfidf_vectorizer::kept_columns(const std::vector<detail::term_statistics>& terms,
                                                                     std::size_t documents) const {
  const double max_documents = options_.maximum_document_share * static_cast<double>(documents);
  std::vector<std::int32_t> kept, columns(terms.size(), -1);
  for (std::size_t t = 0; t < terms.size(); ++t)
    if (terms[t].documents >= options_.minimum_documents && static_cast<double>(terms[t].documents) <= max_documents)
      kept.push_back(static_cast<std::int32_t>(t));
  if (const auto limit = static_cast<std::size_t>(options_.maximum_features); limit > 0 && kept.size() > limit) {
    std::stable_sort(kept.begin(), kept.end(), [&](std::int32_t a, std::int32_t b) {
      return detail::at(terms, a).occurrences > detail::at(terms, b).occurrences;
    });
    kept.resize(limit);
    std::sort(kept.begin(), kept.end());
  }
  for (std::size_t column = 0; column < kept.size(); ++column)
    detail::at(columns, kept[column]) = static_cast<std::int32_t>(column);
  return columns;
}

AKIN_INLINE detail::storage<double> tfidf_vectorizer::idf_of(const std::vector<std::int64_t>& frequencies,
                                                             std::size_t documents) const {
  const double more = options_.smooth_idf ? 1 : 0;
  detail::storage<double> idf(std::ssize(frequencies));
  for (std::size_t t = 0; t < frequencies.size(); ++t) {
    // A column without terms, whose idf is finite only if it is smooth, gets the greatest idf.
    const double df = std::max(static_cast<double>(frequencies[t]) + more, 1.0);
    idf.mutable_data()[t] = std::log((static_cast<double>(documents) + more) / df) + 1;
  }
  return idf;
}

#endif

AKIN_COMPILE_ONCE(content, std::vector<detail::counted_block> tfidf_vectorizer::learn<std::string>(
                               const detail::host_policy&, std::span<const std::string>, std::string_view))
AKIN_COMPILE_ONCE(content, std::vector<detail::counted_block> tfidf_vectorizer::known_terms<std::string>(
                               const detail::host_policy&, std::span<const std::string>, std::string_view) const)
AKIN_COMPILE_ONCE(content, std::vector<detail::counted_block> tfidf_vectorizer::learn<std::string_view>(
                               const detail::host_policy&, std::span<const std::string_view>, std::string_view))
AKIN_COMPILE_ONCE(content, std::vector<detail::counted_block> tfidf_vectorizer::known_terms<std::string_view>(
                               const detail::host_policy&, std::span<const std::string_view>, std::string_view) const)

}  // namespace akin::inline AKIN_ABI
