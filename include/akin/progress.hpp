/// @file
/// What an observer of a training is told, and how it stops it.
#pragma once

#include <limits>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// Told to the observer after each iteration. An observer is any callable on `const progress&`; one that returns false
/// ends the training, which keeps what has been learnt so far.
struct progress {
  int iteration = 0;   ///< 1 after the first
  int iterations = 0;  ///< how many there will be
  double seconds = 0;  ///< since the training began
  /// The objective that the model minimises, NaN where it was not computed.
  double loss = std::numeric_limits<double>::quiet_NaN();
};

/// Observes nothing, costs nothing.
struct no_observer {
  constexpr bool operator()(const progress&) const noexcept { return true; }
};

namespace detail {

/// Calls the observer; whether the training shall go on.
template <class Observer>
bool notify(Observer& observer, const progress& state) {
  if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const progress&>>) {
    observer(state);
    return true;
  } else {
    return static_cast<bool>(observer(state));
  }
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
