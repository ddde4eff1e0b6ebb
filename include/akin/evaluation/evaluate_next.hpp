/// @file
/// Evaluates what a model expects next in sequences.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/pass.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/matrix.hpp>
#include <akin/model/request.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

struct next_options {
  /// Each event but the first of a sequence is expected after all before it. False: the last event alone, as in tests
  /// that leave one out.
  bool every_prefix = true;
  /// Whether items that came before in the sequence are neither recommended nor expected.
  bool exclude_seen = false;
};

/// The results of evaluate_next. `users` and the counts of the metrics are numbers of questions.
template <std::size_t Metrics>
struct next_evaluation : evaluation<Metrics> {
  std::int64_t sequences = 0;  ///< with a question
  std::string protocol = {};   ///< how the questions were asked, for reports
};

namespace detail {

/// Questions to a model of sequences: what comes after the first `length` events of a sequence.
template <class Index>
class next_questions {
 public:
  next_questions(const sequences<Index>& all, const next_options& options) : all_(all) {
    for (std::int64_t s = 0; s < all.size(); ++s) {
      const std::int64_t size = all[s].size();
      for (std::int64_t length = options.every_prefix ? 1 : std::max<std::int64_t>(size - 1, 1); length < size;
           ++length) {
        sequence_.push_back(static_cast<std::int32_t>(s));
        length_.push_back(static_cast<std::int32_t>(length));
      }
    }
  }

  std::int64_t size() const noexcept { return sequence_.size(); }
  std::int64_t sequence_of(std::int64_t question) const noexcept { return sequence_[question]; }
  sequence_view<Index> before(std::int64_t question) const noexcept {
    return all_[sequence_[question]].first(length_[question]);
  }
  Index expected(std::int64_t question) const noexcept { return all_[sequence_[question]].items[length_[question]]; }

 private:
  const sequences<Index>& all_;
  numbers<std::int32_t> sequence_, length_;
};

/// A model of sequences as a scorer whose user q is question q.
template <class Model>
class next_scorer {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;

  /// `items` may be more than the model has: those that no training knew are never recommended.
  next_scorer(const Model& model, const next_questions<index_type>& questions, std::int64_t items)
      : model_(model), questions_(questions), items_(items) {}

  std::int64_t users() const noexcept { return questions_.size(); }
  std::int64_t items() const noexcept { return items_; }
  bool knows_user(index_type question) const { return is_known(model_, questions_.before(question)); }
  bool knows_item(index_type item) const { return knows(model_, item); }
  scalar_type score(index_type question, index_type item) const {
    numbers<scalar_type> scores(items_);
    score_all(question, {scores.data(), static_cast<std::size_t>(items_)});
    return scores[item];
  }
  void score_all(index_type question, std::span<scalar_type> out) const {
    const auto known = static_cast<std::size_t>(model_.items());
    akin::score_one(model_, questions_.before(question), out.first(known));
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(known), out.end(), no_score<scalar_type>);
  }

 private:
  const Model& model_;
  const next_questions<index_type>& questions_;
  std::int64_t items_;
};

/// Questions x items: the expected item of each.
template <class Index>
sparse_matrix<float, Index> expected_items(const next_questions<Index>& questions, std::int64_t items) {
  sparse_matrix<float, Index> expected(questions.size(), items);
  expected.resizeNonZeros(questions.size());
  for (std::int64_t question = 0; question < questions.size(); ++question) {
    expected.outerIndexPtr()[question + 1] = static_cast<Index>(question + 1);
    expected.innerIndexPtr()[question] = questions.expected(question);
    expected.valuePtr()[question] = 1;
  }
  return expected;
}

/// Questions x items: what came before in the sequence; nothing unless it is excluded.
template <class Index>
sparse_matrix<float, Index> seen_items(const next_questions<Index>& questions, std::int64_t items, bool exclude_seen) {
  std::vector<Index> offsets(static_cast<std::size_t>(questions.size()) + 1), columns;
  for (std::int64_t question = 0; question < questions.size(); ++question) {
    if (exclude_seen) {
      const slice<const Index> before = questions.before(question).items;
      const auto begin = columns.insert(columns.end(), before.begin(), before.end());
      std::sort(begin, columns.end());
      columns.erase(std::unique(begin, columns.end()), columns.end());
    }
    if (columns.size() > static_cast<std::size_t>(largest_id<Index>))
      fail<std::length_error>("evaluate_next: the items before all questions must not be more than ",
                              largest_id<Index>);
    at(offsets, question + 1) = static_cast<Index>(columns.size());
  }
  const std::vector<float> values(columns.size(), 1.0f);
  return Eigen::Map<const sparse_matrix<float, Index>>(questions.size(), items,
                                                       static_cast<Eigen::Index>(columns.size()), offsets.data(),
                                                       columns.data(), values.data());
}

/// Standard errors of means over questions that come in sequences, which are independent of each other, but questions
/// of one are not: sqrt(S / (S - 1) sum over sequences of (sum of deviations)^2) / questions. K.-Y. Liang, S. L. Zeger,
/// "Longitudinal data analysis using generalized linear models", Biometrika 1986. Returns the number of sequences.
template <class Index>
std::int64_t set_standard_errors(const block_tally& all, const next_questions<Index>& questions,
                                 std::span<const bool> is_mean, std::span<metric_result> results) {
  const std::size_t metrics = results.size();
  std::vector<double> squares(metrics), sums(metrics);
  std::int64_t sequences = 0;
  const auto end_sequence = [&] {
    for (std::size_t m = 0; m < metrics; ++m) squares[m] += sums[m] * sums[m];
    std::fill(sums.begin(), sums.end(), 0.0);
    ++sequences;
  };
  for (std::size_t row = 0; row < all.who.size(); ++row) {
    if (row > 0 && questions.sequence_of(all.who[row]) != questions.sequence_of(all.who[row - 1])) end_sequence();
    for (std::size_t m = 0; m < metrics; ++m) sums[m] += all.values[row * metrics + m] - results[m].mean;
  }
  if (!all.who.empty()) end_sequence();
  const auto count = static_cast<double>(sequences);
  for (std::size_t m = 0; m < metrics; ++m)
    if (is_mean[m])
      results[m].standard_error =
          sequences < 2 ? 0 : std::sqrt(squares[m] * count / (count - 1)) / static_cast<double>(all.who.size());
  return sequences;
}

inline std::string protocol_of(const next_options& options) {
  return sentence(
      options.every_prefix ? "every event but the first after all before it" : "the last event after all before it",
      "; all items are ranked", options.exclude_seen ? " but those that came before" : ", repeats too",
      "; equal scores by id; standard errors over sequences");
}

}  // namespace detail

/// Asks the model what comes next in each sequence, and averages the metrics over the questions: each event but the
/// first is expected after those before it (or the last event alone, see next_options). All items are ranked, by (score
/// descending, id ascending); an item that no training knew is never recommended, but counts where it is expected, as
/// does a question of items that the model does not know. Questions of one sequence are not independent: standard
/// errors are over sequences. Works for models of sequences, and for models of histories, which see the items without
/// their order.
///
/// Throws not_fitted, std::invalid_argument for a metric with k < 1, numeric_error if a score is NaN. O(questions *
/// (scoring + items)); memory: 24 bytes a question, 8 bytes a metric and question, and with exclude_seen 8 bytes for
/// each item before each question. The same bits for any number of threads.
template <class Policy, class Model, class Index, class... Metrics>
next_evaluation<sizeof...(Metrics)> evaluate_next(const Policy& policy, const Model& model,
                                                  const sequences<Index>& test, const next_options& options,
                                                  const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  static_assert(answers<Model, sequence_view<Index>>,
                "akin: evaluate_next needs a model that can score a sequence, or a history");
  constexpr std::string_view where = "evaluate_next";
  detail::require_fitted(detail::is_fitted(model), where);
  const detail::host_policy host = detail::on_host(policy);
  const detail::next_questions<Index> questions(test, options);
  const std::int64_t items = std::max<std::int64_t>(test.items(), model.items());
  const detail::next_scorer<Model> scorer(model, questions, items);
  using matrix_type = sparse_matrix<float, Index>;
  const matrix_type expected = detail::expected_items(questions, items);
  const matrix_type seen = detail::seen_items(questions, items, options.exclude_seen);
  detail::assert_evaluation<detail::next_scorer<Model>, matrix_type, matrix_type, Metrics...>();
  detail::metric_list<typename Model::scalar_type, Index, Metrics...> list(metrics...);
  const auto all =
      detail::evaluate_model(host, scorer, seen, expected, {.exclude_seen = options.exclude_seen}, true, where, list);
  next_evaluation<sizeof...(Metrics)> result{list.finish(all), 0, {}};
  result.sequences = detail::set_standard_errors(all, questions, list.means(), result);
  result.protocol = detail::protocol_of(options);
  return result;
}

/// The same with the default options.
template <class Policy, class Model, class Index, class... Metrics>
requires(!std::is_same_v<Metrics, next_options> && ...) next_evaluation<sizeof...(Metrics)> evaluate_next(
    const Policy& policy, const Model& model, const sequences<Index>& test, const Metrics&... metrics) {
  return evaluate_next(policy, model, test, next_options{}, metrics...);
}

}  // namespace akin::inline AKIN_ABI

template <std::size_t Metrics>
struct std::tuple_size<akin::next_evaluation<Metrics>> : std::integral_constant<std::size_t, Metrics> {};

template <std::size_t Number, std::size_t Metrics>
struct std::tuple_element<Number, akin::next_evaluation<Metrics>> {
  using type = akin::metric_result;
};
