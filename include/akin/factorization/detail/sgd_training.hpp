/// @file
/// The loop over epochs that all models trained by gradient steps share.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/progress.hpp>

namespace akin::inline AKIN_ABI::detail {

/// What an epoch says of itself.
struct epoch_result {
  double loss;
  bool go_on = true;
};

/// Runs epoch(number) for 1 … epochs, until it or the observer ends the training. Throws numeric_error where
/// is_finite() is false after an epoch.
template <class Epoch, class IsFinite>
void train_epochs(int epochs, std::string_view where, const Epoch& epoch, const IsFinite& is_finite,
                  const observer_ref& observer) {
  const auto start = std::chrono::steady_clock::now();
  for (int number = 1; number <= epochs; ++number) {
    const epoch_result result = epoch(number);
    if (!is_finite())
      fail<numeric_error>(where, ": the factors are no longer finite after epoch ", number,
                          "; a lower learning_rate may help");
    progress state{number, epochs};
    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.loss = result.loss;
    if (!observer(state) || !result.go_on) return;
  }
}

}  // namespace akin::inline AKIN_ABI::detail
