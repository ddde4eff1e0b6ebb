/// @file
/// The common pass over the users of evaluate and per_user.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/evaluation_scratch.hpp>
#include <akin/evaluation/detail/negatives.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/relevant_items.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/request.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Users that are summed together: enough to make the overhead of a block negligible, few enough to balance.
inline constexpr std::int64_t users_per_block = 64;

template <class Model, class Train, class Test, class... Metrics>
constexpr void assert_evaluation() {
  static_assert(sizeof...(Metrics) > 0, "akin: evaluate needs at least one metric, such as akin::metrics::ndcg{10}");
  static_assert(scorer<Model>, "akin: evaluate needs a model that scores all items for a user");
  static_assert(interaction_matrix<Train> && interaction_matrix<Test>,
                "akin: train and test must be row-major sparse matrices (one row a user), as akin::sparse_matrix is");
  if constexpr (scorer<Model>)
    static_assert(((metrics::list_metric<Metrics, typename Model::index_type> ||
                    metrics::scored_metric<Metrics, typename Model::scalar_type, typename Model::index_type>)&&...),
                  "akin: a metric of evaluate must have a k and be callable on a judged_list or on spans (ranked, "
                  "relevant), or offer accumulate or prepare, or want scores; see akin/metrics/judged_list.hpp");
}

/// The checked view of `train` or `test`.
template <class Index, class Matrix>
auto evaluation_view(const host_policy& policy, const Matrix& matrix, std::int64_t users, std::int64_t items,
                     std::string_view name, std::string_view where) {
  using scalar_type = pointee<decltype(matrix.valuePtr())>;
  const csr_view<scalar_type, Index> view =
      checked_view<scalar_type, Index>(policy, matrix, sentence(where, ": ", name));
  if (view.rows != users || view.cols != items)
    fail<std::invalid_argument>(where, ": ", name, " must have the model's shape, ", users, " users x ", items,
                                " items, got ", view.rows, " x ", view.cols);
  return view;
}

/// Throws if the model scored with NaN, which cannot be ranked.
template <class Scalar>
void check_scores(std::span<const Scalar> scores, std::int64_t user, std::string_view where) {
  const auto found = std::find_if(scores.begin(), scores.end(), [](Scalar x) { return is_nan(x); });
  if (found != scores.end())
    fail<numeric_error>(where, ": the model's scores must be numbers, got NaN for user ", user, " and item ",
                        found - scores.begin());
}

/// The task of an evaluation.
template <class Scalar, class TestScalar, class Index>
struct evaluation_task {
  const score_source<Scalar, Index>& model;
  const factor_source<Scalar, Index>* factors;  ///< null if the scores are not inner products
  sparsity_view<Index> train;
  csr_view<TestScalar, Index> test;
  evaluation_options options;
  query<Index> ranking;  ///< its k is 0 if no metric needs a list
  std::string_view where;

  /// Fills `relevant` with the user's relevant items; returns the number of repeats.
  std::int64_t find(std::int64_t user, std::vector<Index>& relevant, std::vector<double>* gains = nullptr) const {
    return find_relevant(test.row(user), train.row(user), options.exclude_seen, relevant, gains);
  }

  /// The number of candidates of a user with that many relevant items.
  std::int64_t candidates(std::int64_t user, std::int64_t relevant_count) const {
    const std::int64_t all = test.cols - excluded_row(ranking, user).size;
    return options.sampled_negatives > 0
               ? relevant_count + std::min<std::int64_t>(all - relevant_count, options.sampled_negatives)
               : all;
  }

  /// Whether the lists can be searched by tiles: no metric needs all scores.
  bool is_worth_searching(bool wants_scores) const {
    return factors != nullptr && !wants_scores && options.sampled_negatives == 0 &&
           is_worth_tiles(ranking, test.rows, test.cols);
  }
};

/// The lists of a block of users, found by tiles; none if users must be ranked one by one.
template <class Scalar, class Index>
struct found_lists {
  std::vector<Index> users;  // ascending
  std::optional<recommendations<Scalar, Index>> lists;
};

/// Searches the lists of the users in [first, last) with relevant items.
template <class Scalar, class TestScalar, class Index>
found_lists<Scalar, Index> search_lists(const host_policy& policy,
                                        const evaluation_task<Scalar, TestScalar, Index>& task,
                                        const factor_search<Scalar, Index>& search, std::int64_t first,
                                        std::int64_t last) {
  found_lists<Scalar, Index> found;
  std::vector<Index> relevant;
  for (std::int64_t user = first; user < last; ++user) {
    task.find(user, relevant);
    if (!relevant.empty() && task.model.is_known(static_cast<Index>(user)))
      found.users.push_back(static_cast<Index>(user));
  }
  found.lists = search.lists(policy, std::ssize(found.users), {found.users.data()});
  return found;
}

/// Ranks scratch.ranked_users in order: copies the lists that were found, else makes them from scores.
template <class Scalar, class TestScalar, class Index>
class block_ranking {
 public:
  using task_type = evaluation_task<Scalar, TestScalar, Index>;
  using scratch_type = evaluation_scratch<Scalar, Index>;

  block_ranking(const task_type& task, const found_lists<Scalar, Index>& found, scratch_type& scratch)
      : task_(task),
        found_(found),
        scratch_(scratch),
        scores_(task.model, scratch.ranked_users, scratch.ranking.scores) {
    if (found.lists && !scratch.ranked_users.empty())
      number_ = static_cast<std::size_t>(
          std::lower_bound(found.users.begin(), found.users.end(), scratch.ranked_users[0]) - found.users.begin());
  }

  /// Fills scratch.ranked with the next user's list; returns the scores of all items, none if the list was found.
  std::span<const Scalar> next(std::int64_t user) {
    if (!found_.lists) return rank(user);
    const auto items = found_.lists->items(number_++);
    scratch_.ranked.assign(items.begin(), items.end());
    return {};
  }

 private:
  std::span<const Scalar> rank(std::int64_t user) {
    const std::span<Scalar> row = scores_.next();
    const auto excluded = excluded_row(task_.ranking, user);
    if (task_.options.sampled_negatives > 0)
      scratch_.negatives.keep_sample(row, std::span<const Index>(scratch_.relevant), excluded, task_.options, user);
    const std::int64_t count = rank_scores(task_.ranking, excluded, row, scratch_.ranking.best);
    check_scores(std::span<const Scalar>(row), user, task_.where);
    for (std::int64_t rank = 0; rank < count; ++rank) scratch_.ranked.push_back(scratch_.ranking.best[rank].id);
    return row;
  }

  const task_type& task_;
  const found_lists<Scalar, Index>& found_;
  scratch_type& scratch_;
  score_stream<Scalar, Index> scores_;
  std::size_t number_ = 0;  // in found_
};

/// Adds the metrics of the users [begin, end), in their order.
template <class Scalar, class TestScalar, class Index>
void evaluate_users(const evaluation_task<Scalar, TestScalar, Index>& task, const found_lists<Scalar, Index>& found,
                    std::int64_t begin, std::int64_t end, list_judge<Scalar, Index>& metrics, block_tally& block,
                    int worker, evaluation_scratch<Scalar, Index>& scratch) {
  scratch.ranked_users.clear();
  for (std::int64_t user = begin; user < end; ++user) {
    block.repeats += task.find(user, scratch.relevant);
    if (!scratch.relevant.empty() && task.model.is_known(static_cast<Index>(user)))
      scratch.ranked_users.push_back(static_cast<Index>(user));
  }
  block_ranking<Scalar, TestScalar, Index> lists(task, found, scratch);
  auto next = scratch.ranked_users.begin();
  for (std::int64_t user = begin; user < end; ++user) {
    task.find(user, scratch.relevant, &scratch.gains);
    if (scratch.relevant.empty()) {
      ++block.users_without_relevant;
      continue;
    }
    ++block.users;
    scratch.ranked.clear();
    std::span<const Scalar> scores;
    if (next != scratch.ranked_users.end() && *next == user) {
      scores = lists.next(user);
      ++next;
    } else {
      ++block.unknown_users;
    }
    metrics.add(judge_ranking(user, scratch), {scores, task.candidates(user, std::ssize(scratch.relevant))}, block,
                worker);
  }
}

/// One pass over the users of a checked task, a few thousand at a time if lists are searched by tiles. Returns the
/// numbers of all users; the metrics keep their states.
template <class Scalar, class TestScalar, class Index>
block_tally pass_over_users(const host_policy& policy, const evaluation_task<Scalar, TestScalar, Index>& task,
                            list_judge<Scalar, Index>& metrics, bool keep_values) {
  const std::int64_t users = task.test.rows, items = task.test.cols;
  const int workers = worker_count(policy);
  metrics.start({users, items, task.train}, workers);
  per_worker<evaluation_scratch<Scalar, Index>> scratch(
      workers, evaluation_scratch<Scalar, Index>(items, task.ranking.k, task.model.at_once()));
  std::optional<factor_search<Scalar, Index>> search;
  if (task.is_worth_searching(metrics.wants_scores())) search.emplace(policy, *task.factors, task.ranking);
  const std::int64_t at_once = search ? users_per_block * 256 : users;
  block_tally all(metrics.size(), keep_values);
  for (std::int64_t first = 0; first < users; first += at_once) {
    const std::int64_t last = std::min(first + at_once, users);
    const auto found = search ? search_lists(policy, task, *search, first, last) : found_lists<Scalar, Index>();
    const std::int64_t count = (last - first + users_per_block - 1) / users_per_block;
    std::vector<block_tally> blocks(static_cast<std::size_t>(count), block_tally(metrics.size(), keep_values));
    for_each_row(policy, count, [&](std::int64_t number, int worker) {
      const std::int64_t begin = first + number * users_per_block;
      evaluate_users(task, found, begin, std::min(begin + users_per_block, last), metrics, at(blocks, number), worker,
                     scratch[worker]);
    });
    for (const block_tally& block : blocks) all.merge(block);
  }
  return all;
}

AKIN_COMPILE_ONCE(evaluation,
                  block_tally pass_over_users(const host_policy&, const evaluation_task<float, float, std::int32_t>&,
                                              list_judge<float, std::int32_t>&, bool))
AKIN_COMPILE_ONCE(evaluation,
                  block_tally pass_over_users(const host_policy&, const evaluation_task<double, double, std::int32_t>&,
                                              list_judge<double, std::int32_t>&, bool))

/// Checks the arguments of an evaluation, and passes over the users of the model.
template <class Model, class Train, class Test>
block_tally evaluate_model(const host_policy& policy, const Model& model, const Train& train, const Test& test,
                           const evaluation_options& options, bool keep_values, std::string_view where,
                           list_judge<typename Model::scalar_type, typename Model::index_type>& metrics) {
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  require_fitted(model, where);
  require(options.sampled_negatives >= 0, where, "sampled_negatives must not be negative", options.sampled_negatives);
  require(options.bootstrap >= 0, where, "bootstrap must not be negative", options.bootstrap);
  const int k = metrics.longest_list(where);
  const std::int64_t users = model.users(), items = model.items();
  const sparsity_view<index_type> seen =
      evaluation_view<index_type>(policy, train, users, items, "train", where).pattern();
  const auto relevant_cells = evaluation_view<index_type>(policy, test, users, items, "test", where);
  const query<index_type> ranking{.k = k, .exclude = options.exclude_seen ? seen : sparsity_view<index_type>()};
  const scores_of<Model, index_type> scores(model);
  const auto pass = [&](const factor_source<scalar_type, index_type>* factors) {
    const evaluation_task<scalar_type, pointee<decltype(test.valuePtr())>, index_type> task{
        scores, factors, seen, relevant_cells, options, ranking, where};
    return pass_over_users(policy, task, metrics, keep_values);
  };
  if constexpr (scores_inner_products<Model>) {
    const factors_of<Model> factors(model);
    return pass(&factors);
  } else {
    return pass(nullptr);
  }
}

}  // namespace akin::inline AKIN_ABI::detail
