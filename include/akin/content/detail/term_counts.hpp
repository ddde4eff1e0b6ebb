/// @file
/// Counts of the terms of each document, and the vocabulary.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/content/detail/term_reader.hpp>
#include <akin/data/id_map.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI::detail {

struct counted_term {
  std::int32_t id;
  std::uint32_t count;
};

/// The counts of consecutive documents, with the ids of `worker`.
struct counted_block {
  int worker = 0;
  std::vector<counted_term> cells{};
  std::vector<std::size_t> ends{};  ///< of each document, in cells
};

inline constexpr std::int64_t documents_of_a_block = 512;

/// Adds up the terms of one document after another. The place of a term's cell is never reset: it is valid only if the
/// cell lies in the current document and is of this term.
class cell_adder {
 public:
  void begin_document(const std::vector<counted_term>& cells) noexcept { begin_ = cells.size(); }
  /// Whether it is the term's first time in this document.
  bool add(std::int32_t id, std::vector<counted_term>& cells) {
    const auto term = static_cast<std::size_t>(id);
    if (term >= position_.size()) position_.resize(std::max(term + 1, 2 * position_.size()), 0);
    const std::size_t at = position_[term];
    if (at >= begin_ && at < cells.size() && cells[at].id == id) {
      ++cells[at].count;
      return false;
    }
    position_[term] = cells.size();
    cells.push_back({id, 1});
    return true;
  }

 private:
  std::size_t begin_ = 0;
  std::vector<std::size_t> position_;
};

/// The blocks of all documents. id_of(term, worker) is the id of a term, negative if it is left out.
template <class Document, class IdOf>
std::vector<counted_block> count_terms(const host_policy& policy, const term_reader& reader,
                                       std::span<const Document> documents, std::string_view where, IdOf&& id_of) {
  struct alignas(64) scratch {
    term_reader reader;
    cell_adder adder{};
  };
  const std::int64_t size = std::ssize(documents);
  const std::int64_t blocks = (size + documents_of_a_block - 1) / documents_of_a_block;
  std::vector<counted_block> result(static_cast<std::size_t>(blocks));
  per_worker<scratch> workers(worker_count(policy, blocks), scratch{reader});
  for_each_row(policy, blocks, [&](std::int64_t block, int worker) {
    scratch& mine = workers[worker];
    counted_block counted{worker};
    const std::int64_t end = std::min(size, (block + 1) * documents_of_a_block);
    for (std::int64_t d = block * documents_of_a_block; d < end; ++d) {
      mine.adder.begin_document(counted.cells);
      mine.reader.read(at(documents, d), d, where, [&](std::string_view term) {
        if (const std::int32_t id = id_of(term, worker); id >= 0) mine.adder.add(id, counted.cells);
      });
      counted.ends.push_back(counted.cells.size());
    }
    at(result, block) = std::move(counted);
  });
  return result;
}

/// A term of one worker, with its first bytes as a number in the same order.
struct found_term {
  std::uint64_t prefix;
  std::string_view text;
  std::int32_t worker, id;

  found_term(std::string_view term, int of_worker, std::int32_t its_id) noexcept
      : prefix(0), text(term), worker(of_worker), id(its_id) {
    for (std::size_t i = 0; i < 8; ++i)
      prefix = prefix << 8 | (i < term.size() ? static_cast<unsigned char>(term[i]) : 0u);
  }
  friend bool operator<(const found_term& a, const found_term& b) noexcept {
    return a.prefix != b.prefix ? a.prefix < b.prefix : a.text < b.text;
  }
};

/// A term of all documents.
struct term_statistics {
  std::string_view text;
  std::int64_t documents = 0;
  std::int64_t occurrences = 0;
};

/// The terms of all workers in byte order, and the places of each worker's terms.
struct merged_terms {
  std::vector<term_statistics> terms;
  std::vector<numbers<std::int32_t>> places;
};

merged_terms merge_terms(const host_policy& policy, const std::vector<id_map>& workers);

/// Adds the documents and occurrences of the terms, whose places in `terms` are those of the workers' ids.
void add_statistics(const host_policy& policy, const std::vector<counted_block>& blocks, merged_terms& merged);

/// A hash that is the same on every machine.
inline std::uint64_t stable_hash(std::string_view term) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : term) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return mix_bits(hash);
}

#if AKIN_BODIES(content)

AKIN_INLINE merged_terms merge_terms(const host_policy& policy, const std::vector<id_map>& workers) {
  std::vector<found_term> found;
  numbers<std::int64_t> ends = {0};
  merged_terms result;
  for (std::size_t w = 0; w < workers.size(); ++w) {
    for (std::size_t id = 0; id < workers[w].size(); ++id) {
      const auto term = static_cast<std::int32_t>(id);
      found.emplace_back(workers[w].name_of(term), static_cast<int>(w), term);
    }
    ends.push_back(std::ssize(found));
    result.places.emplace_back(std::ssize(workers[w]));
  }
  for_each_row(policy, std::ssize(workers),
               [&](std::int64_t w, int) { std::sort(found.begin() + ends[w], found.begin() + ends[w + 1]); });
  for (std::int64_t w = 1; w + 1 < ends.size(); ++w)
    std::inplace_merge(found.begin(), found.begin() + ends[w], found.begin() + ends[w + 1]);
  for (const found_term& term : found) {
    if (result.terms.empty() || result.terms.back().text != term.text) {
      if (result.terms.size() >= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        fail<std::length_error>("tfidf_vectorizer: terms must not be more than ",
                                std::numeric_limits<std::int32_t>::max());
      result.terms.push_back({term.text});
    }
    at(result.places, term.worker)[term.id] = static_cast<std::int32_t>(result.terms.size() - 1);
  }
  return result;
}

AKIN_INLINE void add_statistics(const host_policy& policy, const std::vector<counted_block>& blocks,
                                merged_terms& merged) {
  struct sums {
    std::int64_t documents = 0, occurrences = 0;
  };
  std::vector<numbers<sums>> of_worker(merged.places.size());
  for_each_row(policy, std::ssize(of_worker), [&](std::int64_t w, int) {
    numbers<sums> of_term(at(merged.places, w).size());
    for (const counted_block& block : blocks) {
      if (block.worker != w) continue;
      for (const counted_term& cell : block.cells) {
        sums& sum = of_term[cell.id];
        ++sum.documents;
        sum.occurrences += cell.count;
      }
    }
    at(of_worker, w) = std::move(of_term);
  });
  for (std::size_t w = 0; w < of_worker.size(); ++w)
    for (std::int64_t id = 0; id < of_worker[w].size(); ++id) {
      term_statistics& term = at(merged.terms, merged.places[w][id]);
      term.documents += of_worker[w][id].documents;
      term.occurrences += of_worker[w][id].occurrences;
    }
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
