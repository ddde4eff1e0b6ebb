/// @file
/// How good a model's recommendations are: any number of metrics in one parallel pass over the users.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/relevance.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/factor_search.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/retrieval/detail/score_stream.hpp>
#include <akin/retrieval/query.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Users whose sums are taken together: enough that a block's overhead is nothing, few enough to balance.
inline constexpr std::int64_t users_per_block = 64;

template <class Model, class Train, class Test, class... Metrics>
constexpr void assert_evaluation() {
  static_assert(sizeof...(Metrics) > 0, "akin: evaluate needs at least one metric, such as akin::metrics::ndcg{10}");
  static_assert(scorer<Model>, "akin: evaluate needs a model that scores all items for a user");
  static_assert(interaction_matrix<Train> && interaction_matrix<Test>,
                "akin: train and test must be row-major sparse matrices (one row a user), as akin::sparse_matrix is");
  if constexpr (scorer<Model>)
    static_assert(((metrics::user_metric<Metrics, typename Model::index_type> ||
                    metrics::aggregate_metric<Metrics, typename Model::index_type>)&&...),
                  "akin: a metric of evaluate must have a k and be callable on a judged_list or on spans (ranked, "
                  "relevant), or offer accumulate; see akin/metrics/judged_list.hpp");
}

/// The checked view of `train` or `test`.
template <class Index, class Policy, class Matrix>
auto evaluation_view(const Policy& policy, const Matrix& matrix, std::int64_t users, std::int64_t items,
                     std::string_view name) {
  using scalar_type = pointee<decltype(matrix.valuePtr())>;
  const csr_view<scalar_type, Index> view =
      checked_view<scalar_type, Index>(policy, matrix, sentence("evaluate: ", name));
  if (view.rows != users || view.cols != items)
    fail<std::invalid_argument>("evaluate: ", name, " must have the model's shape, ", users, " users x ", items,
                                " items, got ", view.rows, " x ", view.cols);
  return view;
}

/// The longest list that a metric wants; throws where one wants none.
template <class... Metrics>
int longest_list(const Metrics&... metrics) {
  (require(static_cast<int>(metrics.k) >= 1, "evaluate", "k of a metric must be positive", static_cast<int>(metrics.k)),
   ...);
  return std::max({static_cast<int>(metrics.k)...});
}

/// Looks at the bits, so that -ffast-math cannot argue it away.
inline bool is_nan(float x) noexcept { return (std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFu) > 0x7F800000u; }
inline bool is_nan(double x) noexcept {
  return (std::bit_cast<std::uint64_t>(x) & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u;
}

/// Throws where the model scored with NaN, which has no place in a ranking.
template <class Scalar>
void check_scores(std::span<const Scalar> scores, std::int64_t user) {
  const auto found = std::find_if(scores.begin(), scores.end(), [](Scalar x) { return is_nan(x); });
  if (found != scores.end())
    fail<numeric_error>("evaluate: the model's scores must be numbers, got NaN for user ", user, " and item ",
                        found - scores.begin());
}

/// Ranks users one after the other by their rows of scores.
template <class Model>
class scored_lists {
 public:
  using index_type = typename Model::index_type;

  template <class Scratch>
  scored_lists(const Model& model, const query<index_type>& q, Scratch& scratch)
      : query_(q), scores_(model, scratch.ranked_users, scratch.ranking.scores) {}

  /// Fills scratch.ranked with the list of the next user of scratch.ranked_users.
  template <class Scratch>
  void next(std::int64_t user, Scratch& scratch) {
    const auto row = scores_.next();
    const std::int64_t count = rank_scores(query_, excluded_row(query_, user), row, scratch.ranking.best);
    check_scores(std::span<const typename Model::scalar_type>(row), user);
    for (std::int64_t rank = 0; rank < count; ++rank)
      scratch.ranked.push_back(scratch.ranking.best[static_cast<std::size_t>(rank)].id);
  }

 private:
  const query<index_type>& query_;
  score_stream<Model, index_type> scores_;
};

/// The same from lists that are there already; the next one is number `number`.
template <class Lists>
struct known_lists {
  const Lists& lists;
  std::size_t number;

  template <class Scratch>
  void next(std::int64_t, Scratch& scratch) {
    const auto items = lists.items(number++);
    scratch.ranked.assign(items.begin(), items.end());
  }
};

/// Adds what the metrics say of the users [begin, end), in their order. rank_by(scratch) gives what ranks
/// scratch.ranked_users.
template <class Model, class TrainView, class TestView, class RankBy, class List, class Scratch>
void evaluate_users(const Model& model, const TrainView& train, const TestView& test, const evaluation_options& options,
                    const RankBy& rank_by, const List& metrics, std::int64_t begin, std::int64_t end,
                    typename List::tally& block, typename List::states& worker, Scratch& scratch) {
  using index_type = typename Model::index_type;
  const auto find = [&](std::int64_t user) {
    return find_relevant(test.row_columns(user), test.row_values(user), train.row_columns(user), options.exclude_seen,
                         scratch.relevant, &scratch.gains);
  };
  scratch.ranked_users.clear();
  for (std::int64_t user = begin; user < end; ++user) {
    block.repeats += find(user);
    if (!scratch.relevant.empty() && model.knows_user(static_cast<index_type>(user)))
      scratch.ranked_users.push_back(static_cast<index_type>(user));
  }
  auto lists = rank_by(scratch);
  auto next = scratch.ranked_users.begin();
  for (std::int64_t user = begin; user < end; ++user) {
    find(user);
    if (scratch.relevant.empty()) {
      ++block.users_without_relevant;
      continue;
    }
    ++block.users;
    scratch.ranked.clear();
    if (next != scratch.ranked_users.end() && *next == user) {
      lists.next(user, scratch);
      ++next;
    } else {
      ++block.unknown_users;
    }
    metrics.add(judge_ranking(user, scratch), block, worker);
  }
}

/// Calls add_users(first, last, rank_by) for all users, some thousands at a time, whose lists are searched for together
/// where that pays.
template <class Policy, class Model, class TrainView, class TestView, class AddUsers, class ByScores>
void evaluate_by_tiles(const Policy& policy, const Model& model, const TrainView& train, const TestView& test,
                       const evaluation_options& options, const query<typename Model::index_type>& q,
                       const AddUsers& add_users, const ByScores& by_scores) {
  using index_type = typename Model::index_type;
  constexpr std::int64_t at_once = users_per_block * 256;
  if (!is_worth_tiles(model, q, test.rows)) return add_users(0, test.rows, by_scores);
  const factor_search<Model> search(policy, model, q);
  std::vector<index_type> ranked, relevant;
  for (std::int64_t first = 0; first < test.rows; first += at_once) {
    const std::int64_t last = std::min(first + at_once, test.rows);
    ranked.clear();
    for (std::int64_t user = first; user < last; ++user) {
      find_relevant(test.row_columns(user), test.row_values(user), train.row_columns(user), options.exclude_seen,
                    relevant);
      if (!relevant.empty() && model.knows_user(static_cast<index_type>(user)))
        ranked.push_back(static_cast<index_type>(user));
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
      return known_lists<std::decay_t<decltype(*lists)>>{*lists, static_cast<std::size_t>(begin - ranked.begin())};
    });
  }
}

}  // namespace detail

/// Ranks all items for each user who wants something in `test`, and averages the metrics over these users. A cell of
/// `test` with a value above 0 is relevant; every cell of `train` was seen. Returns an evaluation: a metric_result for
/// each metric, in their order, for structured bindings, and the counts. docs/evaluation.md gives the reasons for these
/// rules:
///
/// - items that the user has in `train` are neither recommended nor relevant, unless `.exclude_seen = false`;
/// - a user without relevant items is left out, and counted;
/// - a user of whom the model knows nothing gets an empty list, which scores 0, and counts;
/// - ranks are by (score descending, id ascending); an item with score -infinity is not recommended.
///
/// `train` and `test`: users x items, of the model's shape. Any type with an int k that is callable on (ranked,
/// relevant) spans is a metric. Throws not_fitted, std::invalid_argument where a shape or a k is wrong or a matrix is
/// malformed, numeric_error where a score is NaN. One pass, O(users * (scoring + items)) time, one row of scores a
/// worker and 24 bytes a metric for every 64 users, for models of factors a copy of the items' and some thousand lists;
/// the same bits for any number of threads.
template <class Policy, class Model, class Train, class Test, class... Metrics>
evaluation<sizeof...(Metrics)> evaluate(const Policy& policy, const Model& model, const Train& train, const Test& test,
                                        const evaluation_options& options, const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  detail::assert_evaluation<Model, Train, Test, Metrics...>();
  using index_type = typename Model::index_type;
  using list_type = detail::metric_list<index_type, Metrics...>;
  using scratch_type = detail::evaluation_scratch<typename Model::scalar_type, index_type>;
  detail::require_fitted(model.items() > 0 || model.users() > 0, "evaluate");
  const int k = detail::longest_list(metrics...);
  const std::int64_t users = model.users(), items = model.items();
  const auto seen = detail::evaluation_view<index_type>(policy, train, users, items, "train");
  const auto wanted = detail::evaluation_view<index_type>(policy, test, users, items, "test");

  const list_type list(metrics...);
  const auto workers = static_cast<std::size_t>(detail::worker_count(policy));
  std::vector<typename list_type::states> states(workers, list.start({users, items, seen.pattern()}));
  std::vector<scratch_type> scratch(workers, scratch_type(items, k, detail::scored_at_once<Model, index_type>()));
  const query<index_type> q{.k = k, .exclude = options.exclude_seen ? seen.pattern() : sparsity_view<index_type>()};
  typename list_type::tally tally;
  const auto add_users = [&](std::int64_t first, std::int64_t last, const auto& rank_by) {
    const auto evaluate_block = [&](std::int64_t begin, std::int64_t end, int worker) {
      typename list_type::tally block;
      const auto mine = static_cast<std::size_t>(worker);
      detail::evaluate_users(model, seen, wanted, options, rank_by, list, first + begin, first + end, block,
                             states[mine], scratch[mine]);
      return block;
    };
    tally = detail::reduce_blocks(policy, last - first, detail::users_per_block, tally, evaluate_block,
                                  [](auto& all, const auto& block) { all.merge(block); });
  };
  const auto by_scores = [&](auto& mine) { return detail::scored_lists<Model>(model, q, mine); };
  if constexpr (detail::scores_inner_products<Model>)
    detail::evaluate_by_tiles(policy, model, seen, wanted, options, q, add_users, by_scores);
  else
    add_users(0, users, by_scores);
  return list.finish(tally, states);
}

/// The same with the default options.
template <class Policy, class Model, class Train, class Test, class... Metrics>
requires(!std::is_same_v<Metrics, evaluation_options> &&
         ...) evaluation<sizeof...(Metrics)> evaluate(const Policy& policy, const Model& model, const Train& train,
                                                      const Test& test, const Metrics&... metrics) {
  return evaluate(policy, model, train, test, evaluation_options{}, metrics...);
}

}  // namespace akin::inline AKIN_ABI
