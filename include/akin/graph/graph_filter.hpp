/// @file
/// Recommendations by filtering a user's history on the graph of users and items.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/graph/detail/filter_table.hpp>
#include <akin/graph/detail/graph_data.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/matrix.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/file.hpp>

namespace akin::inline AKIN_ABI {

/// Scores the items for a user by a low-pass filter on the graph of users and items. With R the users x items
/// interactions, D_u and D_i the sums of its rows and columns, P = D_i^-1/2 R' D_u^-1 R D_i^-1/2, V its `ideal_rank`
/// eigenvectors of the largest eigenvalues and r a user's row, the scores are
///
///   D_i^b p(P) D_i^-b r + ideal_weight * D_i^c V V' D_i^-c r
///
/// with a polynomial p, b = polynomial_exponent and c = ideal_exponent. Only V is trained, by randomized_svd; the
/// history of a new user is filtered like any other. Values must not be negative.
///
/// Complexity: fit costs as much as randomized_svd for `ideal_rank`; the model holds R twice and items * ideal_rank
/// numbers. A user is scored in O(degree of p * nonzeros + items * ideal_rank), 16 users in the time of one.
/// Deterministic: the same bits for any number of threads, for a user alone or among others. Const members may be
/// called from many threads; scoring allocates 16 (users + 2 items) numbers. Sources: Y. Shen et al., "How Powerful is
/// Graph Convolution for Recommendation?", CIKM 2021; C. Kim et al., "Graph Spectral Filtering with Chebyshev
/// Interpolation for Recommendation", SIGIR 2025.
template <class Scalar = float, class Index = std::int32_t>
class graph_filter : public detail::filter_table<Scalar, Index> {
  using table_type = detail::filter_table<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "graph_filter";

  graph_filter() : graph_filter(graph_filter_options{}) {}
  template <detail::options_for<graph_filter_options> Options = graph_filter_options>
  explicit graph_filter(const Options& options) : options_(checked<graph_filter_options>(options, kind)) {}

  /// Learns from a users x items matrix; keeps a copy of it, or the matrix itself if it is moved in. If it throws,
  /// model and matrix are as they were.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const detail::host_policy host = detail::on_host(policy);
    const auto x = detail::checked_view<Scalar, Index>(host, user_items, "graph_filter::fit");
    table_type learnt(detail::learn_graph<Scalar, Index>(host, x, options_), options_);
    become(std::move(learnt), detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const graph_filter_options& options() const noexcept { return options_; }

  void write_to(model_writer& writer) const;
  static graph_filter read_from(const model_reader& reader);

 private:
  void become(table_type learnt, detail::csr_storage<Scalar, Index> histories) noexcept {
    static_cast<table_type&>(*this) = std::move(learnt);
    this->histories_ = std::move(histories);
  }

  graph_filter_options options_;
};

template <class Scalar, class Index>
void graph_filter<Scalar, Index>::write_to(model_writer& writer) const {
  writer.add_options(options_);
  detail::write_csr(writer, "histories", this->histories_.view());
  table_type::write_to(writer);
}

template <class Scalar, class Index>
graph_filter<Scalar, Index> graph_filter<Scalar, Index>::read_from(const model_reader& reader) {
  graph_filter model(reader.options<graph_filter_options>());
  auto histories = detail::map_csr<Scalar, Index>(reader, "histories");
  table_type learnt(detail::graph_data<Scalar, Index>::read_from(reader, histories.view()), model.options_);
  model.become(std::move(learnt), std::move(histories));
  return model;
}

AKIN_COMPILE_ONCE(graph, class graph_filter<float>)
AKIN_COMPILE_ONCE(graph, class graph_filter<double>)

}  // namespace akin::inline AKIN_ABI
