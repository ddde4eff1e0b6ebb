/// @file
/// Learns the weights of a blend from interactions that its models have not seen.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/relevant_items.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/hybrid/learn_weights_options.hpp>
#include <akin/hybrid/normal_form.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The mean of a metric over users for blends of the same models with different weights: the models score once for all
/// of these blends, a block of users at a time.
template <class HistoryScalar, class TestScalar, class Metric, class... Models>
class weight_trial {
  using first_type = std::tuple_element_t<0, std::tuple<Models...>>;
  using scalar_type = typename first_type::scalar_type;
  using index_type = typename first_type::index_type;

 public:
  using weights = std::array<double, sizeof...(Models)>;

  weight_trial(normalization how, const csr_view<HistoryScalar, index_type>& history,
               const csr_view<TestScalar, index_type>& held_out, const Metric& metric, const Models&... models)
      : how_(how), history_(history), held_out_(held_out), metric_(metric), models_(part<Models>(models)...) {}

  /// Selects the users with relevant items; at most max_users of them, evenly, or all if it is 0.
  void choose_users(std::int64_t max_users) {
    std::vector<index_type> relevant;
    for (std::int64_t user = 0; user < held_out_.rows; ++user)
      if (find(user, relevant), !relevant.empty()) users_.push_back(static_cast<index_type>(user));
    const std::int64_t all = users_.size();
    require(all > 0, "learn_weights", "held_out must have an item above 0 that its user has not in history");
    if (max_users == 0 || max_users >= all) return;
    for (std::int64_t i = 0; i < max_users; ++i) users_[i] = users_[i * all / max_users];
    users_.resize(max_users);
  }

  /// The sum of the metric over the users for each of the candidates.
  std::vector<double> operator()(const host_policy& policy, const std::vector<weights>& candidates) const {
    per_worker<scratch> workers(worker_count(policy), scratch(items(), metric_.k));
    return reduce_blocks(
        policy, users_.size(), combined_users, std::vector<double>(candidates.size()),
        [&](std::int64_t begin, std::int64_t end, int worker) {
          return try_users(begin, end, candidates, workers[worker]);
        },
        [](std::vector<double>& sums, const std::vector<double>& block) {
          for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += block[i];
        });
  }

 private:
  /// A model's normalised scores of a user; empty if it does not know the user.
  struct normal_row {
    std::vector<scalar_type> scores;
    scalar_type unscored = 0;
  };
  struct scratch {
    scratch(std::int64_t items, int k) : ranking(items, k), known(items) {}

    ranking_scratch<scalar_type, index_type> ranking;
    std::vector<index_type> ranked, relevant;
    std::vector<std::int32_t> hits;
    std::array<std::array<normal_row, sizeof...(Models)>, combined_users> rows;
    numbers<std::uint8_t> known;
  };

  std::int64_t items() const noexcept { return held_out_.cols; }

  void find(std::int64_t user, std::vector<index_type>& relevant) const {
    find_relevant(held_out_.row(user), history_.row(user).ids, true, relevant);
  }

  std::vector<double> try_users(std::int64_t begin, std::int64_t end, const std::vector<weights>& candidates,
                                scratch& mine) const {
    const auto users =
        std::span(users_).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    for (auto& rows : mine.rows)
      for (normal_row& row : rows) row.scores.clear();
    for_each_part(models_, [&](std::size_t number, const auto& model) {
      for_each_scored(model, users, items(), [&](std::size_t position, std::span<scalar_type> scores) {
        normal_row& row = mine.rows[position][number];
        row.unscored = normalize(how_, scores);
        row.scores.assign(scores.begin(), scores.end());
      });
    });
    std::vector<double> sums(candidates.size());
    for (std::size_t position = 0; position < users.size(); ++position) {
      find(users[position], mine.relevant);
      for (std::size_t i = 0; i < candidates.size(); ++i)
        sums[i] += value_for(users[position], mine.rows[position], candidates[i], mine);
    }
    return sums;
  }

  /// The metric of the user's list from the weighted sum of the rows, which is that of blend.
  double value_for(index_type user, const std::array<normal_row, sizeof...(Models)>& rows, const weights& candidate,
                   scratch& mine) const {
    auto& [scores, best] = mine.ranking;
    std::fill(scores.begin(), scores.end(), scalar_type{0});
    std::fill(mine.known.begin(), mine.known.end(), std::uint8_t{0});
    for (std::size_t number = 0; number < rows.size(); ++number)
      if (const auto weight = static_cast<scalar_type>(candidate[number]); weight > 0 && !rows[number].scores.empty())
        add_weighted<scalar_type>(weight, rows[number].scores, rows[number].unscored, scores, mine.known);
    drop_unknown<scalar_type>(mine.known, scores);
    const query<index_type> q{.k = static_cast<int>(metric_.k)};
    const std::int64_t count = rank_scores(q, history_.row(user).ids, std::span<scalar_type>(scores), best);
    mine.ranked.clear();
    for (std::int64_t i = 0; i < count; ++i) mine.ranked.push_back(best[i].id);
    find_hits(std::span<const index_type>(mine.ranked), std::span<const index_type>(mine.relevant), mine.hits);
    return value_of(metric_, metrics::judged_list<index_type>{user, mine.ranked, mine.relevant, mine.hits});
  }

  normalization how_;
  csr_view<HistoryScalar, index_type> history_;
  csr_view<TestScalar, index_type> held_out_;
  const Metric& metric_;
  std::tuple<part<Models>...> models_;
  numbers<index_type> users_;
};

/// The weights, made to sum to 1.
template <std::size_t Count>
std::array<double, Count> shares_of_one(std::array<double, Count> weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// The candidates of a search from `weights` along one of them: 0, unless it is the only one, and the weight (if it is
/// 0, the largest of all) times powers of `step`.
template <std::size_t Count>
std::vector<std::array<double, Count>> moves_of(const std::array<double, Count>& weights, std::size_t along,
                                                double step) {
  std::vector<std::array<double, Count>> moves;
  const auto add = [&](double weight) {
    moves.push_back(weights);
    moves.back()[along] = weight;
  };
  const double base = weights[along] > 0 ? weights[along] : *std::max_element(weights.begin(), weights.end());
  if (weights[along] > 0 && weights[along] < 1) add(0);
  for (const double power : {-2.0, -1.0, 0.0, 1.0, 2.0})
    if (const double weight = base * std::pow(step, power); weight != weights[along]) add(weight);
  for (auto& move : moves) move = shares_of_one(move);
  return moves;
}

/// The best of equal weights, each model alone, and what a search along one weight after the other finds from there;
/// try_all evaluates several weights.
template <std::size_t Count, class TryAll>
std::array<double, Count> search_weights(int rounds, const TryAll& try_all) {
  std::array<double, Count> best;
  best.fill(1.0 / static_cast<double>(Count));
  if (Count == 1) return best;
  double best_value = -1;
  const auto take_best = [&](const std::vector<std::array<double, Count>>& candidates) {
    const std::vector<double> values = try_all(candidates);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] > best_value) {
        best_value = values[i];
        best = candidates[i];
      }
  };
  std::vector<std::array<double, Count>> start = {best};
  for (std::size_t i = 0; i < Count; ++i) {
    start.push_back({});
    start.back()[i] = 1;
  }
  take_best(start);
  double step = 4;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t along = 0; along < Count; ++along) take_best(moves_of(best, along, step));
    step = std::sqrt(step);
  }
  return best;
}

/// The checked view of a matrix that must have the models' shape.
template <class Index, class Matrix>
auto shaped_view(const host_policy& policy, const Matrix& matrix, std::int64_t users, std::int64_t items,
                 std::string_view where, std::string_view name) {
  static_assert(interaction_matrix<Matrix>,
                "akin: matrices of interactions must be row-major sparse matrices (one row a user)");
  using scalar_type = pointee<decltype(matrix.valuePtr())>;
  const auto view = checked_view<scalar_type, Index>(policy, matrix, sentence(where, ": ", name));
  if (view.rows != users || view.cols != items)
    fail<std::invalid_argument>(where, ": ", name, " must have the models' shape, ", users, " users x ", items,
                                " items, got ", view.rows, " x ", view.cols);
  return view;
}

}  // namespace detail

/// Weights for blend(normalization, ...), in the order of the models, that sum to 1: those whose blend makes the best
/// lists by `metric`; relevant are the users' items in `held_out` that are not in `history`, which is excluded. The
/// models should have learnt only from `history`; the weights then suit models of the same options that learnt from
/// both.
///
/// Tries equal weights and each model alone, then from the best of them a coordinate search: one weight after the other
/// is set to 0 or moved by some factors, which come closer to 1 from round to round. On `held_out` the result is at
/// least as good as the best single model. `metric` is a mean over users, such as metrics::ndcg{10}.
///
/// history, held_out: users x items, of the models' shape, with any scalar. Throws std::invalid_argument if shapes or
/// options are wrong or no user has a relevant item in `held_out`, not_fitted. O(1 + rounds * models) passes of scoring
/// over the users, each with O(models * items) for 6 blends; memory of 16 rows of scores for each model and worker. The
/// same weights for any number of threads.
template <class Policy, class History, class HeldOut, class Metric, class... Models>
requires(scorer<Models>&&...) std::array<double, sizeof...(Models)> learn_weights(
    const Policy& policy, normalization how, const History& history, const HeldOut& held_out, const Metric& metric,
    const learn_weights_options& options, const Models&... models) {
  constexpr std::string_view where = "learn_weights";
  detail::assert_policy<Policy>();
  static_assert(sizeof...(Models) > 0, "akin: learn_weights needs models");
  assert_parts<Models...>();
  using index_type = typename std::tuple_element_t<0, std::tuple<Models...>>::index_type;
  static_assert(metrics::user_metric<Metric, index_type> && !metrics::aggregate_metric<Metric, index_type>,
                "akin: learn_weights needs a metric that is a mean over users, such as akin::metrics::ndcg{10}");
  detail::require(options.rounds >= 0, where, "rounds must not be negative", options.rounds);
  detail::require(options.users >= 0, where, "users must not be negative", options.users);
  detail::require(static_cast<int>(metric.k) >= 1, where, "k of the metric must be positive",
                  static_cast<int>(metric.k));
  require_same_shape(where, models...);
  const auto& first = std::get<0>(std::tie(models...));
  detail::require_fitted(first, where);
  const auto seen = detail::shaped_view<index_type>(policy, history, first.users(), first.items(), where, "history");
  const auto relevant_cells =
      detail::shaped_view<index_type>(policy, held_out, first.users(), first.items(), where, "held_out");
  detail::weight_trial<detail::pointee<decltype(history.valuePtr())>, detail::pointee<decltype(held_out.valuePtr())>,
                       Metric, Models...>
  trial(how, seen, relevant_cells, metric, models...);
  trial.choose_users(options.users);
  return detail::search_weights<sizeof...(Models)>(options.rounds,
                                                   [&](const auto& candidates) { return trial(policy, candidates); });
}

/// The same with the default options.
template <class Policy, class History, class HeldOut, class Metric, class... Models>
requires(scorer<Models>&&...) std::array<double, sizeof...(Models)> learn_weights(
    const Policy& policy, normalization how, const History& history, const HeldOut& held_out, const Metric& metric,
    const Models&... models) {
  return learn_weights(policy, how, history, held_out, metric, learn_weights_options{}, models...);
}

}  // namespace akin::inline AKIN_ABI
