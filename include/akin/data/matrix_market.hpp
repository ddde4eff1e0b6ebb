/// @file
/// Sparse matrices as Matrix Market coordinate files (Boisvert, Pozo & Remington, NISTIR 5935, 1996).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/data/detail/parse_number.hpp>
#include <akin/data/detail/text_input.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/io/atomic_file.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

struct matrix_market_options {
  /// A file that claims more rows is refused: an empty row takes 4 bytes of memory but none of the file.
  std::int64_t maximum_rows = std::int64_t{1} << 27;
  /// The same for columns, which cost memory in each model that learns from the matrix.
  std::int64_t maximum_columns = std::int64_t{1} << 27;
};

namespace detail {

template <class Scalar>
class matrix_market_reader {
 public:
  matrix_market_reader(const text_input& input, const matrix_market_options& options)
      : lines_(input), options_(options) {}

  sparse_matrix<Scalar> read() && {
    read_banner();
    read_sizes();
    entries_.reserve(nonzeros_);
    for (std::int64_t i = 0; i < nonzeros_; ++i) read_entry();
    if (next_line()) lines_.fail_here(0, "the file must end after the ", nonzeros_, " entries that it promises");
    return assembled();
  }

 private:
  struct entry {
    std::int32_t row;
    std::int32_t column;
    Scalar value;
  };

  static std::string lower(std::string_view word) {
    std::string result(word);
    for (char& c : result)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
  }

  void read_banner() {
    std::string_view rest;
    lines_.next(rest);
    if (next_word(rest) != "%%MatrixMarket")
      fail_at(lines_.name(), 1, 0, "the first line must be %%MatrixMarket matrix coordinate real general");
    const auto expect = [&](std::int64_t field, std::string_view known) {
      const std::string word = lower(next_word(rest));
      // Words in `known` stand between spaces.
      if (word.empty() || known.find(" " + word + " ") == std::string_view::npos)
        lines_.fail_here(field, "only", known, "can be read here, got ", shown(word));
      return word;
    };
    expect(2, " matrix ");
    expect(3, " coordinate ");
    is_pattern_ = expect(4, " real integer double pattern ") == "pattern";
    expect(5, " general ");
  }

  /// The next line that is neither a comment nor blank; false at the end.
  bool next_line() {
    while (lines_.next(line_)) {
      std::string_view rest = line_;
      if (!line_.starts_with('%') && !next_word(rest).empty()) return true;
    }
    return false;
  }

  std::int64_t whole_number(std::int64_t field, std::string_view name, std::int64_t low, std::int64_t high) {
    const std::string_view word = next_word(line_);
    std::int64_t number = 0;
    if (!parse_number(word, number) || number < low || number > high)
      lines_.fail_here(field, name, " must be a whole number from ", low, " to ", high, ", got ", shown(word));
    return number;
  }

  void expect_line_end(std::int64_t field) {
    const std::string_view word = next_word(line_);
    if (!word.empty()) lines_.fail_here(field, "the line must end here, got ", shown(word));
  }

  void read_sizes() {
    if (!next_line()) lines_.fail_here(0, "a line with rows, columns and entries must follow");
    constexpr std::int64_t max_count = std::numeric_limits<std::int32_t>::max();
    rows_ = whole_number(1, "rows", 0, max_count);
    columns_ = whole_number(2, "columns", 0, max_count);
    nonzeros_ = whole_number(3, "entries", 0, max_count);
    expect_line_end(4);
    if (rows_ > options_.maximum_rows)
      lines_.fail_here(1, "rows must be at most maximum_rows, ", options_.maximum_rows, ", got ", rows_);
    if (columns_ > options_.maximum_columns)
      lines_.fail_here(2, "columns must be at most maximum_columns, ", options_.maximum_columns, ", got ", columns_);
    // The shortest entry is "1 1" with its line end, a value takes two bytes more; the last line end may be missing.
    const auto possible = static_cast<std::int64_t>((lines_.left() + 1) / (is_pattern_ ? 4 : 6));
    if (nonzeros_ > possible)
      lines_.fail_here(3, "entries must be at most ", possible, " in a file of this size, got ", nonzeros_);
  }

  void read_entry() {
    if (!next_line())
      lines_.fail_here(0, "the file must have ", nonzeros_, " entries, it ends after ", entries_.size());
    entry e{};
    e.row = static_cast<std::int32_t>(whole_number(1, "row", 1, rows_) - 1);
    e.column = static_cast<std::int32_t>(whole_number(2, "column", 1, columns_) - 1);
    e.value = Scalar(1);
    if (!is_pattern_) {
      const std::string_view word = next_word(line_);
      if (!parse_number(word, e.value) || !is_finite(e.value))
        lines_.fail_here(3, "value must be a finite number, got ", shown(word));
    }
    expect_line_end(is_pattern_ ? 3 : 4);
    entries_.push_back(e);
  }

  sparse_matrix<Scalar> assembled() {
    const auto before = [](const entry& a, const entry& b) {
      return a.row != b.row ? a.row < b.row : a.column < b.column;
    };
    if (!std::is_sorted(entries_.begin(), entries_.end(), before)) std::sort(entries_.begin(), entries_.end(), before);
    sparse_matrix<Scalar> matrix(rows_, columns_);
    matrix.resizeNonZeros(nonzeros_);
    for (std::int64_t i = 0; i < entries_.size(); ++i) {
      const entry& e = entries_[i];
      if (i > 0 && !before(entries_[i - 1], e))
        fail<format_error>(lines_.name(), ": each entry must come once, row ", e.row + 1, ", column ", e.column + 1,
                           " comes twice");
      ++matrix.outerIndexPtr()[e.row + 1];
      matrix.innerIndexPtr()[i] = e.column;
      matrix.valuePtr()[i] = e.value;
    }
    for (std::int64_t row = 0; row < rows_; ++row) matrix.outerIndexPtr()[row + 1] += matrix.outerIndexPtr()[row];
    return matrix;
  }

  line_scanner lines_;
  matrix_market_options options_;
  std::string_view line_;
  bool is_pattern_ = false;
  std::int64_t rows_ = 0, columns_ = 0, nonzeros_ = 0;
  numbers<entry> entries_;
};

template <class Scalar, class Index>
void write_matrix_market(const csr_view<Scalar, Index>& view, const std::filesystem::path& path) {
  atomic_file file(path);
  std::string text = sentence("%%MatrixMarket matrix coordinate real general\n", view.rows, " ", view.cols, " ",
                              view.nonzeros(), "\n");
  const auto flush = [&] {
    file.write(std::as_bytes(std::span<const char>(text)));
    text.clear();
  };
  for (std::int64_t row = 0; row < view.rows; ++row) {
    const auto [columns, values] = view.row(row);
    for (std::int64_t i = 0; i < columns.size; ++i) {
      append_number(text, row + 1);
      text += ' ';
      append_number(text, static_cast<std::int64_t>(columns[i]) + 1);
      text += ' ';
      append_number(text, values[i]);
      text += '\n';
    }
    if (text.size() > std::size_t{1} << 16) flush();
  }
  flush();
  file.commit();
}

AKIN_COMPILE_ONCE(data, void write_matrix_market<float, std::int32_t>(const csr_view<float, std::int32_t>&,
                                                                      const std::filesystem::path&))
AKIN_COMPILE_ONCE(data, void write_matrix_market<double, std::int32_t>(const csr_view<double, std::int32_t>&,
                                                                       const std::filesystem::path&))

}  // namespace detail

/// The matrix of a coordinate file: real, integer or pattern (all 1), general, entries in any order and each once.
/// `akin::read_matrix_market<float>("ratings.mtx")`. Throws format_error `file:line:column: …` for a malformed file;
/// the sizes that the file claims are checked before memory is allocated for them. std::runtime_error if the file
/// cannot be read. O(bytes + rows + entries · log entries), the last only if the entries are not sorted.
template <class Scalar = float>
sparse_matrix<Scalar> read_matrix_market(const std::filesystem::path& path, const matrix_market_options& options = {}) {
  static_assert(std::is_floating_point_v<Scalar>, "akin: a matrix of a file must hold float or double");
  return detail::matrix_market_reader<Scalar>(detail::load_text(path), options).read();
}
AKIN_COMPILE_ONCE(data, sparse_matrix<float> read_matrix_market<float>(const std::filesystem::path&,
                                                                       const matrix_market_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<double> read_matrix_market<double>(const std::filesystem::path&,
                                                                         const matrix_market_options&))

/// Writes a compressed sparse matrix as a real general coordinate file, numbers in the fewest digits that read back as
/// the same number. The file appears whole or not at all; throws std::runtime_error if it cannot be written.
template <class Matrix>
void write_matrix_market(const Matrix& matrix, const std::filesystem::path& path) {
  static_assert(interaction_matrix<Matrix>,
                "akin: the matrix must be sparse and row-major, such as akin::sparse_matrix");
  detail::write_matrix_market(detail::view_of(matrix, "write_matrix_market"), path);
}

template <class Matrix>
[[deprecated("akin: what comes before where: write_matrix_market(matrix, path)")]] void write_matrix_market(
    const std::filesystem::path& path, const Matrix& matrix) {
  write_matrix_market(matrix, path);
}

}  // namespace akin::inline AKIN_ABI
