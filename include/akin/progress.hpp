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
namespace detail {

class model_writer;
class model_reader;

}  // namespace detail

/// Passed to the observer after each iteration. An observer is any callable on `const progress&`; if it returns false,
/// the training ends and keeps its result so far.
struct progress {
  int iteration = 0;   ///< 1 after the first
  int iterations = 0;  ///< the planned number
  double seconds = 0;  ///< since the training began
  /// The objective that the model minimises, NaN if it was not computed.
  double loss = std::numeric_limits<double>::quiet_NaN();
};

/// The state of a training between two iterations, for an observer that keeps it, such as checkpoint. An observer asks
/// for it by being callable on (const progress&, const training_state&); if it has resume(training_state&), that is
/// called before the first iteration and returns how many are done, and if it has finish(), that is called after the
/// last one.
class training_state {
 public:
  /// Refers to the training's arrays: the file must be written before the next iteration.
  virtual void write_to(detail::model_writer& writer) const = 0;
  /// Throws format_error unless write_to stored the state of a training of the same model, options and data.
  virtual void read_from(const detail::model_reader& reader) = 0;

 protected:
  ~training_state() = default;
};

/// Observes nothing, costs nothing.
struct no_observer {
  constexpr bool operator()(const progress&) const noexcept { return true; }
};

namespace detail {

/// Calls the observer; returns whether the training continues.
template <class Observer, class... State>
bool notify(Observer& observer, const progress& reached, const State&... state) {
  if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const progress&, const State&...>>) {
    observer(reached, state...);
    return true;
  } else {
    return static_cast<bool>(observer(reached, state...));
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
      calls_ = &calls_of<Observer>;
    } else if constexpr (!std::is_same_v<std::remove_cv_t<Observer>, no_observer>) {
      observer_ = const_cast<void*>(static_cast<const void*>(std::addressof(observer)));
      calls_ = &calls_of<Observer>;
    }
  }

  /// Whether there is an observer.
  bool is_present() const noexcept { return calls_ != nullptr; }
  /// How many iterations are done: the observer may put the training into a state that it has kept.
  int resume(training_state& state) const { return calls_ == nullptr ? 0 : calls_->resume(observer_, state); }
  /// Whether the training continues.
  bool operator()(const progress& reached, const training_state& state) const {
    return calls_ == nullptr || calls_->notify(observer_, reached, state);
  }
  /// After the last iteration.
  void finish() const {
    if (calls_ != nullptr) calls_->finish(observer_);
  }

 private:
  struct calls {
    int (*resume)(void*, training_state&);
    bool (*notify)(void*, const progress&, const training_state&);
    void (*finish)(void*);
  };

  template <class Observer>
  static Observer& as(void* observer) noexcept {
    if constexpr (std::is_function_v<Observer>)
      return *reinterpret_cast<Observer*>(observer);
    else
      return *static_cast<Observer*>(observer);
  }

  template <class Observer>
  static constexpr calls calls_of = {
      [](void* observer, training_state& state) {
        if constexpr (requires { as<Observer>(observer).resume(state); })
          return static_cast<int>(as<Observer>(observer).resume(state));
        else
          return static_cast<void>(observer), static_cast<void>(state), 0;
      },
      [](void* observer, const progress& reached, const training_state& state) {
        if constexpr (std::is_invocable_v<Observer&, const progress&, const training_state&>)
          return detail::notify(as<Observer>(observer), reached, state);
        else
          return static_cast<void>(state), detail::notify(as<Observer>(observer), reached);
      },
      [](void* observer) {
        if constexpr (requires { as<Observer>(observer).finish(); })
          as<Observer>(observer).finish();
        else
          static_cast<void>(observer);
      }};

  void* observer_ = nullptr;
  const calls* calls_ = nullptr;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
