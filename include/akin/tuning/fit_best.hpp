/// @file
/// The best model for given data within a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/tuning/best_report.hpp>
#include <akin/tuning/detail/best_search.hpp>
#include <akin/tuning/detail/trained_model.hpp>
#include <akin/tuning/detail/trial_models.hpp>
#include <akin/tuning/fit_best_options.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Throws std::invalid_argument for an option that is out of range or does not fit the data.
void check_fit_best(const fit_best_options& options, std::int64_t users, std::int64_t items);

template <class Scalar>
best_fit<Scalar> fit_best_model(const host_policy& policy, const training_data<Scalar>& data,
                                const fit_best_options& options, const trial_observer& observer) {
  check_fit_best(options, data.x.rows(), data.x.cols());
  sparse_matrix<Scalar> features, segments;
  if (options.item_features) features = options.item_features->template cast<Scalar>();
  if (!options.item_texts.empty())
    features = tfidf_vectorizer().fit_transform(policy, options.item_texts).template cast<Scalar>();
  if (options.user_segments) segments = options.user_segments->template cast<Scalar>();
  const side_data<Scalar> side{features.size() > 0 ? &features : nullptr, segments.size() > 0 ? &segments : nullptr,
                               options.memory_limit};
  const train_function<Scalar> train = [&](const parameter_map& parameters, const training_data<Scalar>& part) {
    return train_model(policy, parameters, part, side);
  };
  return best_search<Scalar>(policy, data, train, options).run(observer);
}

/// The default observer of fit_best.
struct no_best_observer {};

/// The caller's observer, whose result may be nothing.
template <class Observer>
trial_observer observer_of_trials(Observer& observer) {
  if constexpr (std::is_same_v<std::remove_cv_t<Observer>, no_best_observer>)
    return {};
  else if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const trial_result&>>)
    return [&observer](const trial_result& result) { return observer(result), true; };
  else
    return [&observer](const trial_result& result) { return static_cast<bool>(observer(result)); };
}

AKIN_COMPILE_ONCE(tuning, best_fit<float> fit_best_model(const host_policy&, const training_data<float>&,
                                                         const fit_best_options&, const trial_observer&))

}  // namespace detail

/// The best model for these interactions that is found within a time, trained on all of them: one recommender that is
/// saved, loaded, explained and served like any other (serving/any_recommender.hpp), the trials, and a report.
///
/// A part of the data is held out. A portfolio of models is tried, cheap ones first, with the stored values and others
/// (presence, logarithms, decayed ones); then larger models and single changes of the best ones, as long as there is
/// time. The best trials of up to `blend` kinds are blended if that is better by more than chance, with learnt weights
/// that are moved towards equal ones, as far as few users prove little. Users without a history get what is popular.
/// A third of the held-out users choose nothing; what to expect comes from them, before the last training.
///
/// Trials that fail, or would take more than memory_limit, are reported and left out. observer(const trial_result&) is
/// called for each trial; if it returns false the search ends there. What is tried depends on the clock; the list of
/// trials holds all that it decided: as fit_best_options::trials it gives the same bits again, for any number of
/// threads. Throws std::invalid_argument for options that are out of range or do not fit the data, and if nobody has a
/// history and something else to find; std::runtime_error if no trial succeeds. Takes the time that it is given, a copy
/// of the data for each cut, and the memory of the models. docs/tuning.md has the protocol and what to expect.
template <class Policy, class Observer = detail::no_best_observer>
best_fit<float> fit_best(const Policy& policy, const interaction_log& log, const fit_best_options& options = {},
                         Observer&& observer = {}) {
  return detail::fit_best_model<float>(detail::on_host(policy), detail::training_data<float>::of(log), options,
                                       detail::observer_of_trials(observer));
}

/// The same from a users x items matrix, without times.
template <class Policy, class Matrix, class Observer = detail::no_best_observer>
requires sparse_matrix_like<Matrix>
auto fit_best(const Policy& policy, const Matrix& user_items, const fit_best_options& options = {},
              Observer&& observer = {}) {
  using scalar_type = detail::pointee<decltype(user_items.valuePtr())>;
  static_assert(std::is_same_v<detail::pointee<decltype(user_items.outerIndexPtr())>, std::int32_t>,
                "akin: fit_best needs a matrix with ids of 32 bits, such as akin::sparse_matrix<float>");
  detail::checked_view<scalar_type, std::int32_t>(detail::on_host(policy), user_items, "fit_best");
  return detail::fit_best_model<scalar_type>(detail::on_host(policy), {sparse_matrix<scalar_type>(user_items)}, options,
                                             detail::observer_of_trials(observer));
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(tuning)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE void check_fit_best(const fit_best_options& options, std::int64_t users, std::int64_t items) {
  constexpr std::string_view where = "fit_best";
  require(options.seconds > 0, where, "seconds must be positive", options.seconds);
  require(options.memory_limit > 0, where, "memory_limit must be positive", options.memory_limit);
  require(options.validation_fraction > 0 && options.validation_fraction < 1, where,
          "validation_fraction must be above 0 and below 1", options.validation_fraction);
  require(options.validation_users >= 3, where, "validation_users must be at least 3", options.validation_users);
  require(options.blend >= 1, where, "blend must be positive", options.blend);
  require(options.metric.k >= 1, where, "k of the metric must be positive", options.metric.k);
  require(!options.item_features || options.item_texts.empty(), where,
          "there must not be both item_features and item_texts");
  for (const std::string& kind : options.exclude)
    if (std::find(tried_kinds.begin(), tried_kinds.end(), kind) == tried_kinds.end())
      fail<std::invalid_argument>(where, ": exclude must name kinds of models that are tried, got \"", kind, "\"");
  const auto fits = [&](std::string_view name, std::int64_t rows, std::int64_t expected) {
    if (rows != expected)
      fail<std::invalid_argument>(where, ": ", name, " must have ", expected, " rows, as the data have, got ", rows);
  };
  if (options.item_features) fits("item_features", options.item_features->rows(), items);
  if (!options.item_texts.empty()) fits("item_texts", std::ssize(options.item_texts), items);
  if (options.user_segments) fits("user_segments", options.user_segments->rows(), users);
  if (!options.validation) return;
  fits("validation", options.validation->rows(), users);
  if (options.validation->cols() != items)
    fail<std::invalid_argument>(where, ": validation must have ", items, " columns, as the data have, got ",
                                options.validation->cols());
  checked_view<float, std::int32_t>(execution::seq, *options.validation, "fit_best: validation");
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
