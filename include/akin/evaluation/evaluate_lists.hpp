/// @file
/// Evaluates ready-made lists: of another system, a live shop, or akin's recommend.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/bootstrap.hpp>
#include <akin/evaluation/detail/list_reader.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/relevant_items.hpp>
#include <akin/kept.hpp>
#include <akin/kernels/simd.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {

/// Lists of unequal length in one array: that of user u is items[offsets[u]] up to items[offsets[u + 1]], best first.
/// `akin::ranked_lists{offsets, items}` takes vectors and spans: it refers to lvalues, which must outlive it, and owns
/// rvalues.
template <class Id>
struct ranked_lists {
  detail::kept<std::span<const std::int64_t>> offsets;  ///< users + 1 of them
  detail::kept<std::span<const Id>> items;
};

template <class Offsets, class Items>
ranked_lists(const Offsets&, const Items&) -> ranked_lists<std::remove_cv_t<typename Items::value_type>>;

namespace detail {

/// A dense matrix of ids with Eigen's accessors.
template <class T>
concept id_matrix = requires(const T& x) {
  { T::IsRowMajor } -> std::convertible_to<bool>;
  requires std::integral<pointee<decltype(x.data())>>;
  x.outerStride();
  x.innerStride();
};

template <class Scalar, class Index>
recommended_lists<Scalar, Index> lists_in(const recommendations<Scalar, Index>& lists) {
  return {lists};
}

template <std::integral Id>
dense_lists<std::remove_const_t<Id>> lists_in(const rows_view<Id>& lists) {
  return {lists.data, lists.rows, lists.cols, lists.cols};
}

template <id_matrix Matrix>
dense_lists<pointee<decltype(std::declval<const Matrix&>().data())>> lists_in(const Matrix& lists) {
  static_assert(bool(Matrix::IsRowMajor), "akin: a matrix of lists must be row-major, one list a row");
  require(lists.innerStride() == 1, "evaluate_lists", "the items of a list must lie side by side");
  return {lists.data(), lists.rows(), lists.cols(), lists.outerStride()};
}

template <std::integral Id>
joined_lists<Id> lists_in(const ranked_lists<Id>& lists) {
  std::int64_t last = 0;
  for (const std::int64_t offset : lists.offsets) {
    if (offset < last || offset > std::ssize(lists.items))
      fail<std::invalid_argument>("evaluate_lists: the offsets of lists must ascend from 0 to at most ",
                                  lists.items.size(), ", got ", offset, " after ", last);
    last = offset;
  }
  return {lists.offsets, lists.items.data()};
}

template <class T>
concept has_lists = requires(const T& x) {
  lists_in(x);
};

template <class Lists, class Test, class... Metrics>
constexpr void assert_list_evaluation() {
  static_assert(sizeof...(Metrics) > 0,
                "akin: evaluate_lists needs at least one metric, such as akin::metrics::ndcg{10}");
  static_assert(has_lists<Lists>,
                "akin: lists must be recommendations, a row-major dense matrix of item ids, or ranked_lists");
  static_assert(interaction_matrix<Test>,
                "akin: relevant must be a row-major sparse matrix (one row a user), as akin::sparse_matrix is");
  if constexpr (interaction_matrix<Test>) {
    using index_type = pointee<decltype(std::declval<const Test&>().outerIndexPtr())>;
    static_assert(
        (metrics::list_metric<Metrics, index_type> && ...),
        "akin: a metric of evaluate_lists must have a k and be callable on a judged_list or on spans (ranked, "
        "relevant), or offer accumulate or prepare; lists have no scores; see akin/metrics/judged_list.hpp");
  }
}

/// The common data of the lists of all users.
template <class Scalar, class Index>
struct list_evaluation {
  csr_view<Scalar, Index> relevant;
  sparsity_view<Index> seen;  ///< no rows if it is not known
  evaluation_options options;
  int k;
};

template <class Scalar, class Index, class... Metrics>
list_evaluation<Scalar, Index> list_task(const csr_view<Scalar, Index>& relevant_cells,
                                         const std::type_identity_t<sparsity_view<Index>>& seen,
                                         const evaluation_options& options, const Metrics&... metrics) {
  require(options.sampled_negatives == 0, "evaluate_lists",
          "sampled_negatives must be 0, since lists are ranked already", options.sampled_negatives);
  require(options.bootstrap >= 0, "evaluate_lists", "bootstrap must not be negative", options.bootstrap);
  return {relevant_cells, seen, options, longest_list("evaluate_lists", metrics...)};
}

/// One worker's memory.
template <class Index>
struct list_scratch {
  explicit list_scratch(std::int64_t items) : reader(items) {}

  list_reader<Index> reader;
  std::vector<Index> relevant;
  std::vector<double> gains;
};

/// Adds the metrics of the user's list.
template <class Lists, class Scalar, class Index>
void evaluate_list(const Lists& lists, const list_evaluation<Scalar, Index>& task, list_judge<float, Index>& metrics,
                   std::int64_t user, block_tally& block, int worker, list_scratch<Index>& scratch) {
  const slice<const Index> seen = task.seen.rows > 0 ? task.seen.row(user) : slice<const Index>{};
  block.repeats +=
      find_relevant(task.relevant.row(user), seen, task.options.exclude_seen, scratch.relevant, &scratch.gains);
  if (scratch.relevant.empty()) {
    ++block.users_without_relevant;
    return;
  }
  ++block.users;
  scratch.reader.read(lists[user], task.k, std::span<const Index>(scratch.relevant), user);
  block.unknown_users += scratch.reader.ranked().empty();
  metrics.add({user, scratch.reader.ranked(), scratch.relevant, scratch.reader.hits(), scratch.gains}, {}, block,
              worker);
}

/// One pass over the users. Returns the numbers of all users; the metrics keep their states.
template <class Lists, class Scalar, class Index>
block_tally pass_over_lists(const host_policy& policy, const Lists& lists, const list_evaluation<Scalar, Index>& task,
                            list_judge<float, Index>& metrics) {
  constexpr std::int64_t users_at_once = 64;  // as evaluate, so that the same lists have the same bits
  // Prefetches the ranks that are read: in long lists they are not adjacent in memory, so the processor would not.
  constexpr std::int64_t lists_ahead = 6;
  const std::int64_t users = task.relevant.rows, items = task.relevant.cols;
  if (lists.size() != users)
    fail<std::invalid_argument>("evaluate_lists: lists must be as many as the users of relevant, ", users, ", got ",
                                lists.size());
  // Metrics that use the users' items get an empty pattern if these are not known.
  const numbers<Index> nothing(task.seen.rows > 0 ? 0 : users + 1);
  const sparsity_view<Index> train =
      task.seen.rows > 0 ? task.seen : sparsity_view<Index>(users, items, nothing.data(), nullptr);
  const int workers = worker_count(policy);
  metrics.start({users, items, train}, workers);
  per_worker<list_scratch<Index>> scratch(workers, list_scratch<Index>(items));
  const block_tally none(metrics.size(), task.options.bootstrap > 0);
  const auto evaluate_block = [&](std::int64_t begin, std::int64_t end, int worker) {
    block_tally block = none;
    for (std::int64_t user = begin; user < end; ++user) {
      if (user + lists_ahead < users) {
        const auto soon = lists[user + lists_ahead];
        kernels::prefetch_row(soon.data, std::min<std::int64_t>(soon.size, task.k));
      }
      evaluate_list(lists, task, metrics, user, block, worker, scratch[worker]);
    }
    return block;
  };
  return reduce_blocks(policy, users, users_at_once, none, evaluate_block,
                       [](block_tally& all, const block_tally& block) { all.merge(block); });
}

template <class Lists, class Scalar, class Index, class... Metrics>
evaluation<sizeof...(Metrics)> evaluate_each_list(const host_policy& policy, const Lists& lists,
                                                  const list_evaluation<Scalar, Index>& task,
                                                  const Metrics&... metrics) {
  metric_list<float, Index, Metrics...> list(metrics...);
  const block_tally all = pass_over_lists(policy, lists, task, list);
  auto result = list.finish(all);
  add_bootstrap_intervals(policy, all, task.options, list.means(), result);
  return result;
}

/// The checked view of a matrix.
template <class Matrix>
auto list_matrix_view(const host_policy& policy, const Matrix& matrix, std::string_view name) {
  return checked_view<pointee<decltype(matrix.valuePtr())>, pointee<decltype(matrix.outerIndexPtr())>>(
      policy, matrix, sentence("evaluate_lists: ", name));
}

}  // namespace detail

/// Averages metrics over ready-made lists, one for each row of `relevant` (users x items; a cell with a value above 0
/// is relevant). `lists` are recommendations; a row-major dense matrix of item ids, one list a row, where -1 ends a
/// shorter one (an Eigen::Matrix, an Eigen::Map, rows_view); or ranked_lists. Ids may be of any integer type.
///
/// A user without relevant items is left out, and counted. An empty list scores 0 and counts; `unknown_users` is the
/// number of them. Only the first k ranks are read, k the largest of the metrics'; precision divides by k whatever the
/// length of the list.
///
/// Throws std::invalid_argument, with the user, if a list has a repeated item among these ranks or an invalid id; also
/// if there are fewer or more lists than rows, a k is below 1, or a matrix is malformed. Of the options only
/// `bootstrap` and `seed` are used. One pass, O(users * k + nonzeros) time, one byte an item for each worker; the same
/// bits for any number of threads.
template <class Policy, class Lists, class Relevant, class... Metrics>
evaluation<sizeof...(Metrics)> evaluate_lists(const Policy& policy, const Lists& lists, const Relevant& relevant,
                                              const evaluation_options& options, const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  detail::assert_list_evaluation<Lists, Relevant, Metrics...>();
  const auto relevant_cells = detail::list_matrix_view(policy, relevant, "relevant");
  const auto task = detail::list_task(relevant_cells, {}, options, metrics...);
  return detail::evaluate_each_list(policy, detail::lists_in(lists), task, metrics...);
}

/// The same with the default options.
template <class Policy, class Lists, class Relevant, class... Metrics>
requires((!interaction_matrix<Metrics> && !std::is_same_v<Metrics, evaluation_options>)&&...)
    evaluation<sizeof...(Metrics)> evaluate_lists(const Policy& policy, const Lists& lists, const Relevant& relevant,
                                                  const Metrics&... metrics) {
  return evaluate_lists(policy, lists, relevant, evaluation_options{}, metrics...);
}

/// The same by the rules of evaluate: cells of `test` that are also in `train` are repeats: they are counted and, with
/// options.exclude_seen, not relevant. A list is not changed: a seen item keeps its rank, and is not a hit. For metrics
/// that use the users' items, such as novelty. `train` and `test`: of the same shape.
template <class Policy, class Lists, interaction_matrix Train, interaction_matrix Test, class... Metrics>
evaluation<sizeof...(Metrics)> evaluate_lists(const Policy& policy, const Lists& lists, const Train& train,
                                              const Test& test, const evaluation_options& options,
                                              const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  detail::assert_list_evaluation<Lists, Test, Metrics...>();
  const auto seen = detail::list_matrix_view(policy, train, "train");
  const auto relevant_cells = detail::list_matrix_view(policy, test, "test");
  if (seen.rows != relevant_cells.rows || seen.cols != relevant_cells.cols)
    detail::fail<std::invalid_argument>("evaluate_lists: train must have the shape of test, ", relevant_cells.rows,
                                        " users x ", relevant_cells.cols, " items, got ", seen.rows, " x ", seen.cols);
  const auto task = detail::list_task(relevant_cells, seen.pattern(), options, metrics...);
  return detail::evaluate_each_list(policy, detail::lists_in(lists), task, metrics...);
}

/// The same with the default options.
template <class Policy, class Lists, interaction_matrix Train, interaction_matrix Test, class... Metrics>
requires(!std::is_same_v<Metrics, evaluation_options> && ...) evaluation<sizeof...(Metrics)> evaluate_lists(
    const Policy& policy, const Lists& lists, const Train& train, const Test& test, const Metrics&... metrics) {
  return evaluate_lists(policy, lists, train, test, evaluation_options{}, metrics...);
}

}  // namespace akin::inline AKIN_ABI
