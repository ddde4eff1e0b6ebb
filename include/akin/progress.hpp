/// @file
/// The progress that an observer of a training receives, and how the observer stops the training.
#pragma once

#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// Passed to the observer after each iteration. An observer is any callable on `const progress&`; if it returns false,
/// the training ends and keeps its result so far.
struct progress {
  int iteration = 0;   ///< 1 after the first
  int iterations = 0;  ///< the planned number
  double seconds = 0;  ///< since the training began
  /// The objective that the model minimises, NaN if it was not computed.
  double loss = std::numeric_limits<double>::quiet_NaN();
};

/// Observes nothing, costs nothing.
struct no_observer {
  constexpr bool operator()(const progress&) const noexcept { return true; }
};

namespace detail {

/// Calls the observer; returns whether the training continues.
template <class Observer>
bool notify(Observer& observer, const progress& state) {
  if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const progress&>>) {
    observer(state);
    return true;
  } else {
    return static_cast<bool>(observer(state));
  }
}

/// A type-erased observer: refers to the caller's, or to none, so that a training is compiled once for all of them.
class observer_ref {
 public:
  template <class Observer>
  requires(!std::is_same_v<std::remove_cv_t<Observer>, observer_ref>) explicit observer_ref(
      Observer& observer) noexcept {
    if constexpr (std::is_function_v<Observer>) {
      observer_ = reinterpret_cast<void*>(&observer);
      call_ = [](void* called, const progress& state) { return notify(*reinterpret_cast<Observer*>(called), state); };
    } else if constexpr (!std::is_same_v<std::remove_cv_t<Observer>, no_observer>) {
      observer_ = const_cast<void*>(static_cast<const void*>(std::addressof(observer)));
      call_ = [](void* called, const progress& state) { return notify(*static_cast<Observer*>(called), state); };
    }
  }

  /// Whether there is an observer.
  bool is_present() const noexcept { return call_ != nullptr; }
  /// Whether the training continues.
  bool operator()(const progress& state) const { return call_ == nullptr || call_(observer_, state); }

 private:
  void* observer_ = nullptr;
  bool (*call_)(void*, const progress&) = nullptr;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
