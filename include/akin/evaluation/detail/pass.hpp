/// @file
/// The pass over the users that evaluate and per_user share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/negatives.hpp>
#include <akin/evaluation/detail/relevance.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/detail/not_a_number.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/factor_search.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/retrieval/detail/score_stream.hpp>
#include <akin/retrieval/query.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Users whose sums are taken together: enough that a block's overhead is nothing, few enough to balance.
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

/// Throws where the model scored with NaN, which has no place in a ranking.
template <class Scalar>
void check_scores(std::span<const Scalar> scores, std::int64_t user, std::string_view where) {
  const auto found = std::find_if(scores.begin(), scores.end(), [](Scalar x) { return is_nan(x); });
  if (found != scores.end())
    fail<numeric_error>(where, ": the model's scores must be numbers, got NaN for user ", user, " and item ",
                        found - scores.begin());
}

/// What is evaluated, and how.
template <class Model, class TrainView, class TestView>
struct evaluation_task {
  using index_type = typename Model::index_type;
  using scratch_type = evaluation_scratch<typename Model::scalar_type, index_type>;

  const Model& model;
  TrainView train;
  TestView test;
  evaluation_options options;
  query<index_type> ranking;  ///< its k is 0 where nobody wants a list
  std::string_view where;

  /// What the user wants comes to `relevant`; returns how many wants are repeats.
  std::int64_t find(std::int64_t user, std::vector<index_type>& relevant, std::vector<double>* gains = nullptr) const {
    return find_relevant(test.row_columns(user), test.row_values(user), train.row_columns(user), options.exclude_seen,
                         relevant, gains);
  }
  bool is_known(std::int64_t user) const { return model.knows_user(static_cast<index_type>(user)); }

  /// Items that could be ranked for the user, who has that many relevant ones.
  std::int64_t candidates(std::int64_t user, std::size_t relevant) const {
    const auto wanted = static_cast<std::int64_t>(relevant);
    const std::int64_t all = model.items() - excluded_row(ranking, user).size;
    return options.sampled_negatives > 0 ? wanted + std::min<std::int64_t>(all - wanted, options.sampled_negatives)
                                         : all;
  }
};

/// Ranks users one after the other by their rows of scores.
template <class Task>
class scored_lists {
 public:
  using scratch_type = typename Task::scratch_type;

  scored_lists(const Task& task, scratch_type& scratch)
      : task_(task), scores_(task.model, scratch.ranked_users, scratch.ranking.scores) {}

  /// Fills scratch.ranked with the list of the next user of scratch.ranked_users, and returns the scores of the items.
  auto next(std::int64_t user, scratch_type& scratch) {
    const auto row = scores_.next();
    const auto excluded = excluded_row(task_.ranking, user);
    if (task_.options.sampled_negatives > 0)
      scratch.negatives.keep_sample(row, std::span<const index_type>(scratch.relevant), excluded, task_.options, user);
    const std::int64_t count = rank_scores(task_.ranking, excluded, row, scratch.ranking.best);
    check_scores(std::span<const scalar_type>(row), user, task_.where);
    for (std::int64_t rank = 0; rank < count; ++rank)
      scratch.ranked.push_back(scratch.ranking.best[static_cast<std::size_t>(rank)].id);
    return std::span<const scalar_type>(row);
  }

 private:
  using model_type = std::remove_cvref_t<decltype(std::declval<Task>().model)>;
  using index_type = typename model_type::index_type;
  using scalar_type = typename model_type::scalar_type;

  const Task& task_;
  score_stream<model_type, index_type> scores_;
};

/// The same from lists that are there already; the next one is number `number`. There are no scores.
template <class Lists, class Scalar>
struct known_lists {
  const Lists& lists;
  std::size_t number;

  template <class Scratch>
  std::span<const Scalar> next(std::int64_t, Scratch& scratch) {
    const auto items = lists.items(number++);
    scratch.ranked.assign(items.begin(), items.end());
    return {};
  }
};

/// Adds what the metrics say of the users [begin, end), in their order. rank_by(scratch) gives what ranks
/// scratch.ranked_users.
template <class Task, class RankBy, class List, class Scratch>
void evaluate_users(const Task& task, const RankBy& rank_by, const List& metrics, std::int64_t begin, std::int64_t end,
                    typename List::tally& block, typename List::states& worker, Scratch& scratch) {
  scratch.ranked_users.clear();
  for (std::int64_t user = begin; user < end; ++user) {
    block.repeats += task.find(user, scratch.relevant);
    if (!scratch.relevant.empty() && task.is_known(user))
      scratch.ranked_users.push_back(static_cast<typename Task::index_type>(user));
  }
  auto lists = rank_by(scratch);
  using scores_type = decltype(lists.next(begin, scratch));
  auto next = scratch.ranked_users.begin();
  for (std::int64_t user = begin; user < end; ++user) {
    task.find(user, scratch.relevant, &scratch.gains);
    if (scratch.relevant.empty()) {
      ++block.users_without_relevant;
      continue;
    }
    ++block.users;
    scratch.ranked.clear();
    scores_type scores;
    if (next != scratch.ranked_users.end() && *next == user) {
      scores = lists.next(user, scratch);
      ++next;
    } else {
      ++block.unknown_users;
    }
    const metrics::scored_items<typename scores_type::value_type> items{scores,
                                                                        task.candidates(user, scratch.relevant.size())};
    metrics.add(judge_ranking(user, scratch), items, block, worker);
  }
}

/// Calls add_users(first, last, rank_by) for all users, some thousands at a time, whose lists are searched for together
/// where that pays.
template <class Task, class AddUsers, class ByScores>
void evaluate_by_tiles(const host_policy& policy, const Task& task, const AddUsers& add_users,
                       const ByScores& by_scores) {
  using index_type = typename Task::index_type;
  using model_type = std::remove_cvref_t<decltype(task.model)>;
  constexpr std::int64_t at_once = users_per_block * 256;
  const std::int64_t users = task.test.rows;
  if (!is_worth_tiles(task.model, task.ranking, users)) return add_users(0, users, by_scores);
  const factor_search<model_type> search(policy, task.model, task.ranking);
  std::vector<index_type> ranked, relevant;
  for (std::int64_t first = 0; first < users; first += at_once) {
    const std::int64_t last = std::min(first + at_once, users);
    ranked.clear();
    for (std::int64_t user = first; user < last; ++user) {
      task.find(user, relevant);
      if (!relevant.empty() && task.is_known(user)) ranked.push_back(static_cast<index_type>(user));
    }
    const auto lists = search.lists(policy, static_cast<std::int64_t>(ranked.size()),
                                    [&](std::int64_t i) { return ranked[static_cast<std::size_t>(i)]; });
    if (!lists) {
      add_users(first, last, by_scores);
      continue;
    }
    add_users(first, last, [&](const auto& mine) {
      const auto begin = mine.ranked_users.empty()
                             ? ranked.end()
                             : std::lower_bound(ranked.begin(), ranked.end(), mine.ranked_users[0]);
      return known_lists<std::decay_t<decltype(*lists)>, typename model_type::scalar_type>{
          *lists, static_cast<std::size_t>(begin - ranked.begin())};
    });
  }
}

/// All users' numbers, and the workers' states.
template <class List>
struct pass_result {
  typename List::tally all;
  std::vector<typename List::states> states;
};

/// One pass over the users of a checked task.
template <class... Metrics, class Task, class List>
pass_result<List> pass_over_users(const host_policy& policy, const Task& task, const List& list, bool keep_values) {
  using model_type = std::remove_cvref_t<decltype(task.model)>;
  using index_type = typename Task::index_type;
  const std::int64_t items = task.model.items();
  const auto workers = static_cast<std::size_t>(worker_count(policy));
  const metrics::list_context<index_type> context{task.test.rows, items, task.train.pattern()};
  pass_result<List> result{{}, std::vector<typename List::states>(workers, list.start(context))};
  std::vector<typename Task::scratch_type> scratch(
      workers, typename Task::scratch_type(items, task.ranking.k, scored_at_once<model_type, index_type>()));
  std::vector<typename List::tally> blocks;
  const auto add_users = [&](std::int64_t first, std::int64_t last, const auto& rank_by) {
    const std::int64_t count = (last - first + users_per_block - 1) / users_per_block;
    blocks.assign(static_cast<std::size_t>(count), {});
    for_each_row(policy, count, [&](std::int64_t number, int worker) {
      const std::int64_t begin = first + number * users_per_block;
      const auto mine = static_cast<std::size_t>(worker);
      typename List::tally block;
      block.keep_values = keep_values;
      evaluate_users(task, rank_by, list, begin, std::min(begin + users_per_block, last), block, result.states[mine],
                     scratch[mine]);
      blocks[static_cast<std::size_t>(number)] = std::move(block);
    });
    for (const auto& block : blocks) result.all.merge(block);
  };
  const auto by_scores = [&](auto& mine) { return scored_lists<Task>(task, mine); };
  if constexpr (scores_inner_products<model_type> && !(wants_scores<Metrics> || ...)) {
    if (task.options.sampled_negatives == 0) {
      evaluate_by_tiles(policy, task, add_users, by_scores);
      return result;
    }
  }
  add_users(0, task.test.rows, by_scores);
  return result;
}

/// Checks the arguments of an evaluation; the views refer to the matrices.
template <class Model, class Train, class Test, class... Metrics>
auto checked_task(const host_policy& policy, const Model& model, const Train& train, const Test& test,
                  const evaluation_options& options, std::string_view where, const Metrics&... metrics) {
  using index_type = typename Model::index_type;
  require_fitted(model, where);
  require(options.sampled_negatives >= 0, where, "sampled_negatives must not be negative", options.sampled_negatives);
  require(options.bootstrap >= 0, where, "bootstrap must not be negative", options.bootstrap);
  const int k = longest_list(where, metrics...);
  const std::int64_t users = model.users(), items = model.items();
  const auto seen = evaluation_view<index_type>(policy, train, users, items, "train", where);
  const auto wanted = evaluation_view<index_type>(policy, test, users, items, "test", where);
  const query<index_type> ranking{.k = k,
                                  .exclude = options.exclude_seen ? seen.pattern() : sparsity_view<index_type>()};
  return evaluation_task<Model, std::remove_const_t<decltype(seen)>, std::remove_const_t<decltype(wanted)>>{
      model, seen, wanted, options, ranking, where};
}

}  // namespace akin::inline AKIN_ABI::detail
