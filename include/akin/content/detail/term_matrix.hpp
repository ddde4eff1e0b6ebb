/// @file
/// The weight matrix from counted terms.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/content/detail/term_counts.hpp>
#include <akin/content/tfidf_vectorizer_options.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Replaces ids by columns, drops cells without a column (negative) and sorts each document's cells by column.
template <class ColumnOf>
void place_cells(counted_block& block, const ColumnOf& column_of) {
  std::size_t in = 0, out = 0;
  for (std::size_t& end : block.ends) {
    const std::size_t begin = out;
    for (; in < end; ++in)
      if (const std::int32_t column = column_of(block.cells[in].id); column >= 0)
        block.cells[out++] = {column, block.cells[in].count};
    end = out;
    const auto first = block.cells.begin();
    std::sort(first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end),
              [](const counted_term& a, const counted_term& b) { return a.id < b.id; });
  }
  block.cells.resize(out);
}

/// The counts of a document, unweighted.
struct plain_counts {
  void operator()(std::span<const counted_term> cells, numbers<double>&, float* out) const noexcept {
    for (std::size_t i = 0; i < cells.size(); ++i) out[i] = static_cast<float>(cells[i].count);
  }
};

/// The weights of a document: tf * idf, over their norm.
struct tfidf_weights {
  const double* idf;
  bool sublinear;
  term_norm norm;

  void operator()(std::span<const counted_term> cells, numbers<double>& weights, float* out) const {
    weights.resize(std::ssize(cells));
    double sum = 0;
    for (std::int64_t i = 0; i < weights.size(); ++i) {
      const counted_term& cell = at(cells, i);
      const auto count = static_cast<double>(cell.count);
      const double weight = (sublinear && count > 1 ? 1 + std::log(count) : count) * idf[cell.id];
      weights[i] = weight;
      sum += norm == term_norm::l2 ? weight * weight : weight;
    }
    const double length = norm == term_norm::none || sum == 0 ? 1 : norm == term_norm::l2 ? std::sqrt(sum) : sum;
    for (std::int64_t i = 0; i < weights.size(); ++i) out[i] = static_cast<float>(weights[i] / length);
  }
};

/// Documents x columns from placed blocks.
template <class Weigh>
sparse_matrix<float> term_matrix(const host_policy& policy, const std::vector<counted_block>& blocks,
                                 std::int64_t documents, std::int64_t columns, const Weigh& weigh) {
  numbers<std::int64_t> starts = {0};
  for (const counted_block& block : blocks) starts.push_back(starts.back() + std::ssize(block.cells));
  constexpr std::int64_t max_count = std::numeric_limits<std::int32_t>::max();
  if (documents > max_count || starts.back() > max_count)
    fail<std::length_error>("tfidf_vectorizer: documents and their terms must each be at most ", max_count, ", got ",
                            documents, " and ", starts.back());
  sparse_matrix<float> result(documents, columns);
  result.resizeNonZeros(starts.back());
  result.outerIndexPtr()[0] = 0;
  const std::int64_t size = std::ssize(blocks);
  per_worker<numbers<double>> scratch(worker_count(policy, size));
  for_each_row(policy, size, [&](std::int64_t b, int worker) {
    const counted_block& block = at(blocks, b);
    const std::int64_t start = starts[b];
    std::int32_t* const ends = result.outerIndexPtr() + b * documents_of_a_block + 1;
    for (std::size_t i = 0; i < block.cells.size(); ++i)
      result.innerIndexPtr()[start + static_cast<std::int64_t>(i)] = block.cells[i].id;
    std::size_t begin = 0;
    for (std::size_t d = 0; d < block.ends.size(); begin = block.ends[d++]) {
      ends[d] = static_cast<std::int32_t>(start + static_cast<std::int64_t>(block.ends[d]));
      weigh(std::span(block.cells).subspan(begin, block.ends[d] - begin), scratch[worker],
            result.valuePtr() + start + static_cast<std::int64_t>(begin));
    }
  });
  return result;
}

AKIN_COMPILE_ONCE(content,
                  sparse_matrix<float> term_matrix<plain_counts>(const host_policy&, const std::vector<counted_block>&,
                                                                 std::int64_t, std::int64_t, const plain_counts&))
AKIN_COMPILE_ONCE(content,
                  sparse_matrix<float> term_matrix<tfidf_weights>(const host_policy&, const std::vector<counted_block>&,
                                                                  std::int64_t, std::int64_t, const tfidf_weights&))

}  // namespace akin::inline AKIN_ABI::detail
