/// @file
/// The training of a task on a backend, and the loop around it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/progress.hpp>
#include <akin/train/training_state.hpp>

namespace akin::inline AKIN_ABI {

/// The training of a Task on a Backend, specialised for each backend that has one. It keeps its state from the first
/// iteration to the last, on the device if that is where it runs. A trainer has
///   table_type;
///   a constructor from (task, policy, training data...), which sets up the state before the first iteration;
///   task(); data_checksum(), of the training data;
///   iterate(number, with_loss), one iteration, number 1 the first; loss(), after it, if with_loss;
///   take() -> table_type, which ends the training;
///   state(visit), which calls visit(name, x) for all that the next iteration depends on: arrays of their final shape,
///     and numbers;
///   and, if it needs them, is_finite(), whether the training has not diverged, and is_done(), whether it should end.
template <class Backend, class Task>
class trainer;

/// Whether a Task can be trained by the policy.
template <class Policy, class Task>
concept trains_on = execution_policy<Policy> && requires {
  sizeof(trainer<backend_of<Policy>, Task>);
};

namespace detail {

/// The planned iterations; options call them iterations or epochs.
template <class Options>
int planned_iterations(const Options& options) noexcept {
  if constexpr (requires { options.epochs; })
    return options.epochs;
  else
    return options.iterations;
}

/// Whether the training should end before its planned iterations.
template <class Trainer>
bool ends_early(Trainer& training) {
  if constexpr (requires { training.is_done(); })
    return training.is_done();
  else
    return false;
}

/// Throws numeric_error unless the training has not diverged.
template <class Trainer>
void require_finite(Trainer& training, int done) {
  if constexpr (requires { training.is_finite(); })
    if (!training.is_finite())
      fail<numeric_error>(training.task().kind, "::fit: the factors are no longer finite after epoch ", done,
                          "; a lower learning_rate may help");
}

/// The iterations that are done, in the state that the observer has from an earlier training; all if that has ended.
template <class Trainer>
int resumed_iterations(Trainer& training, const observer_ref& observer, training_state& state, int iterations) {
  const int done = observer.resume(state);
  if (done == 0) return 0;
  if (done > iterations)
    fail<format_error>(training.task().kind, "::fit: the state must be of one of ", iterations, " iterations, got ",
                       done);
  require_finite(training, done);
  return ends_early(training) ? iterations : done;
}

/// Runs a training until all its iterations are done, it is_done(), or the observer ends it; gives what was learnt.
/// Throws numeric_error if it diverges.
template <class Trainer>
typename Trainer::table_type run_training(Trainer& training, const observer_ref& observer) {
  state_of<Trainer> state(training);
  const auto& options = training.task().options;
  const int iterations = planned_iterations(options);
  const auto start = std::chrono::steady_clock::now();
  int done = resumed_iterations(training, observer, state, iterations);
  bool goes_on = true;
  while (done < iterations && goes_on) {
    training.iterate(++done, observer.is_present());
    require_finite(training, done);
    progress reached{done, iterations};
    reached.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (observer.is_present()) reached.loss = training.loss();
    goes_on = observer(reached, state);
    if (ends_early(training)) done = iterations;
  }
  if (done == iterations) observer.finish();
  return training.take();
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
