/// @file
/// The running results of any number of metrics.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/moments.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Placeholder state of a metric that is a mean over users.
struct no_state {};

/// The prepared object of a metric, shared by all workers; also a mean over users.
template <class Prepared>
struct shared_metric {
  std::shared_ptr<const Prepared> metric;
};

template <class State>
inline constexpr bool is_state_of_mean = std::is_same_v<State, no_state>;
template <class Prepared>
inline constexpr bool is_state_of_mean<shared_metric<Prepared>> = true;

template <class Metric>
inline constexpr bool wants_scores = false;
template <class Metric>
requires(bool(Metric::wants_scores)) inline constexpr bool wants_scores<Metric> = true;

template <class Metric, class Index>
auto start_state(const Metric& metric, const metrics::list_context<Index>& context) {
  if constexpr (metrics::aggregate_metric<Metric, Index>) {
    return metric.accumulate(context);
  } else if constexpr (metrics::prepared_metric<Metric, Index>) {
    using prepared = std::decay_t<decltype(metric.prepare(context))>;
    return shared_metric<prepared>{std::make_shared<const prepared>(metric.prepare(context))};
  } else {
    return no_state{};
  }
}

/// The longest list that a metric needs, 0 if all use only scores; throws if the k of one is below 1.
template <class... Metrics>
int longest_list(std::string_view where, const Metrics&... metrics) {
  const auto length = [&](const auto& metric) {
    if constexpr (requires { metric.k; }) {
      require(static_cast<int>(metric.k) >= 1, where, "k of a metric must be positive", static_cast<int>(metric.k));
      return static_cast<int>(metric.k);
    } else {
      return 0;
    }
  };
  return std::max({length(metrics)...});
}

/// The sums of a block of users, combined in the order of the blocks; with keep_values also each user's numbers.
struct block_tally {
  explicit block_tally(std::size_t metrics, bool keep) : keep_values(keep), means(metrics) {}

  bool keep_values;
  std::vector<moments> means;  // of each metric
  std::int64_t users = 0, users_without_relevant = 0, unknown_users = 0, repeats = 0;
  std::vector<std::int64_t> who = {};
  std::vector<double> values = {};  // a row of as many as means for each user

  void merge(const block_tally& other) {
    for (std::size_t i = 0; i < means.size(); ++i) means[i].merge(other.means[i]);
    users += other.users;
    users_without_relevant += other.users_without_relevant;
    unknown_users += other.unknown_users;
    repeats += other.repeats;
    who.insert(who.end(), other.who.begin(), other.who.end());
    values.insert(values.end(), other.values.begin(), other.values.end());
  }
};

/// Any number of metrics, type-erased, so that the pass over the users is compiled once for a scalar (of the scores)
/// and an index type.
template <class Scalar, class Index>
class list_judge {
 public:
  virtual std::size_t size() const = 0;
  /// The longest list that a metric needs, 0 if all use only scores; throws if the k of one is below 1.
  virtual int longest_list(std::string_view where) const = 0;
  virtual bool wants_scores() const = 0;
  /// Before the first list: a state for each worker.
  virtual void start(const metrics::list_context<Index>& context, int workers) = 0;
  virtual void add(const metrics::judged_list<Index>& list, const metrics::scored_items<Scalar>& items,
                   block_tally& block, int worker) = 0;

 protected:
  ~list_judge() = default;
};

/// Means go to the block, states of aggregate metrics to the worker.
template <class Scalar, class Index, class... Metrics>
class metric_list final : public list_judge<Scalar, Index> {
 public:
  explicit metric_list(const Metrics&... metrics) : metrics_(metrics...) {}

  std::size_t size() const override { return sizeof...(Metrics); }
  int longest_list(std::string_view where) const override {
    return std::apply([&](const Metrics&... metric) { return detail::longest_list(where, metric...); }, metrics_);
  }
  bool wants_scores() const override { return (detail::wants_scores<Metrics> || ...); }
  void start(const metrics::list_context<Index>& context, int workers) override {
    workers_.assign(
        static_cast<std::size_t>(workers),
        std::apply([&](const Metrics&... metric) { return states(start_state(metric, context)...); }, metrics_));
  }
  void add(const metrics::judged_list<Index>& list, const metrics::scored_items<Scalar>& items, block_tally& block,
           int worker) override {
    std::array<double, sizeof...(Metrics)> values{};
    for_each_metric([&]<std::size_t Number>() {
      const auto& metric = std::get<Number>(metrics_);
      auto& state = std::get<Number>(at(workers_, worker));
      if constexpr (!is_mean<Number>)
        state.add(list);
      else if constexpr (detail::wants_scores<std::tuple_element_t<Number, std::tuple<Metrics...>>>)
        values[Number] = static_cast<double>(metric(list, items));
      else if constexpr (std::is_same_v<std::tuple_element_t<Number, states>, no_state>)
        values[Number] = value_of(metric, list);
      else
        values[Number] = static_cast<double>((*state.metric)(list));
      if constexpr (is_mean<Number>) block.means[Number].add(values[Number]);
    });
    if (!block.keep_values) return;
    block.who.push_back(list.user);
    block.values.insert(block.values.end(), values.begin(), values.end());
  }

  /// The results; the states of all workers are merged into the first.
  evaluation<sizeof...(Metrics)> finish(const block_tally& all) {
    evaluation<sizeof...(Metrics)> result;
    result.names = std::apply([](const Metrics&... metric) { return names_of(metric...); }, metrics_);
    result.users = all.users;
    result.users_without_relevant = all.users_without_relevant;
    result.unknown_users = all.unknown_users;
    result.repeats = all.repeats;
    for_each_metric([&]<std::size_t Number>() {
      if constexpr (is_mean<Number>) {
        result[Number] = all.means[Number].result();
      } else {
        auto& first = std::get<Number>(workers_[0]);
        for (std::size_t other = 1; other < workers_.size(); ++other) first.merge(std::get<Number>(workers_[other]));
        result[Number] = {first.value(), 0, all.users};
      }
    });
    return result;
  }

  /// For each metric whether it is a mean over users.
  static constexpr std::array<bool, sizeof...(Metrics)> means() noexcept {
    return []<std::size_t... Number>(std::index_sequence<Number...>) {
      return std::array<bool, sizeof...(Metrics)>{is_mean<Number>...};
    }
    (std::index_sequence_for<Metrics...>());
  }

 private:
  using states = std::tuple<decltype(start_state(std::declval<const Metrics&>(),
                                                 std::declval<const metrics::list_context<Index>&>()))...>;

  template <std::size_t Number>
  static constexpr bool is_mean = is_state_of_mean<std::tuple_element_t<Number, states>>;

  template <class Body>
  static void for_each_metric(Body&& body) {
    [&]<std::size_t... Number>(std::index_sequence<Number...>) { (body.template operator()<Number>(), ...); }
    (std::index_sequence_for<Metrics...>());
  }

  std::tuple<Metrics...> metrics_;
  std::vector<states> workers_;
};

}  // namespace akin::inline AKIN_ABI::detail
