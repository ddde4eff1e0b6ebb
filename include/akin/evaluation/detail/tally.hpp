/// @file
/// The running results of any number of metrics.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/evaluation/detail/moments.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/metrics/judged_list.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Stands for the state of a metric that is a mean over users.
struct no_state {};

template <class Metric, class Index>
auto start_state(const Metric& metric, const metrics::list_context<Index>& context) {
  if constexpr (metrics::aggregate_metric<Metric, Index>)
    return metric.accumulate(context);
  else
    return no_state{};
}

template <class Metric, class Index>
double value_of(const Metric& metric, const metrics::judged_list<Index>& list) {
  if constexpr (requires { metric(list); }) {
    return static_cast<double>(metric(list));
  } else {
    const auto k = static_cast<std::size_t>(metric.k);
    return static_cast<double>(metric(list.ranked.first(std::min(k, list.ranked.size())), list.relevant));
  }
}

/// What a block of users adds up to: floating-point sums, combined in the order of the blocks.
template <std::size_t Metrics>
struct block_tally {
  std::array<moments, Metrics> means;
  std::int64_t users = 0, users_without_relevant = 0, unknown_users = 0, repeats = 0;

  void merge(const block_tally& other) noexcept {
    for (std::size_t i = 0; i < Metrics; ++i) means[i].merge(other.means[i]);
    users += other.users;
    users_without_relevant += other.users_without_relevant;
    unknown_users += other.unknown_users;
    repeats += other.repeats;
  }
};

/// Any number of metrics as one: means go to the block, states of aggregate metrics to the worker.
template <class Index, class... Metrics>
class metric_list {
 public:
  using states = std::tuple<decltype(start_state(std::declval<const Metrics&>(),
                                                 std::declval<const metrics::list_context<Index>&>()))...>;
  using tally = block_tally<sizeof...(Metrics)>;

  explicit metric_list(const Metrics&... metrics) : metrics_(metrics...) {}

  states start(const metrics::list_context<Index>& context) const {
    return std::apply([&](const Metrics&... metric) { return states(start_state(metric, context)...); }, metrics_);
  }

  void add(const metrics::judged_list<Index>& list, tally& block, states& worker) const {
    for_each_metric([&]<std::size_t I>() {
      if constexpr (is_mean<I>)
        block.means[I].add(value_of(std::get<I>(metrics_), list));
      else
        std::get<I>(worker).add(list);
    });
  }

  /// The results; the states of all workers are merged into the first.
  evaluation<sizeof...(Metrics)> finish(const tally& all, std::span<states> workers) const {
    evaluation<sizeof...(Metrics)> result;
    result.users = all.users;
    result.users_without_relevant = all.users_without_relevant;
    result.unknown_users = all.unknown_users;
    result.repeats = all.repeats;
    for_each_metric([&]<std::size_t I>() {
      if constexpr (is_mean<I>) {
        result[I] = all.means[I].result();
      } else {
        for (const states& other : workers.subspan(1)) std::get<I>(workers[0]).merge(std::get<I>(other));
        result[I] = {std::get<I>(workers[0]).value(), 0, all.users};
      }
    });
    return result;
  }

 private:
  template <std::size_t I>
  static constexpr bool is_mean = std::is_same_v<std::tuple_element_t<I, states>, no_state>;

  template <class Body>
  static void for_each_metric(Body&& body) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (body.template operator()<I>(), ...); }
    (std::index_sequence_for<Metrics...>());
  }

  std::tuple<Metrics...> metrics_;
};

}  // namespace akin::inline AKIN_ABI::detail
