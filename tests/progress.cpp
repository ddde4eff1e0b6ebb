#include <cmath>

#include <akin/progress.hpp>

#include "support/catch.hpp"

TEST_CASE("a loss that was not computed is not a number") { CHECK(std::isnan(akin::progress{}.loss)); }

TEST_CASE("an observer is told where the training stands, and false stops it") {
  int told = 0;
  auto until_three = [&](const akin::progress& p) {
    told = p.iteration;
    return p.iteration < 3;
  };
  CHECK(akin::detail::notify(until_three, {.iteration = 2, .iterations = 9}));
  CHECK(told == 2);
  CHECK_FALSE(akin::detail::notify(until_three, {.iteration = 3, .iterations = 9}));
  CHECK(told == 3);
}

TEST_CASE("an observer that returns nothing never stops a training") {
  double seconds = 0;
  auto listen = [&](const akin::progress& p) { seconds = p.seconds; };
  CHECK(akin::detail::notify(listen, {.iteration = 1, .iterations = 1, .seconds = 2.5}));
  CHECK(seconds == 2.5);
  akin::no_observer nobody;
  CHECK(akin::detail::notify(nobody, {}));
}

namespace {

/// A training without a state.
struct no_state final : akin::training_state {
  void write_to(akin::detail::model_writer&) const override {}
  void read_from(const akin::detail::model_reader&) override {}
};

int told_by_pointer = 0;
bool stop_after_two(const akin::progress& state) {
  ++told_by_pointer;
  return state.iteration < 2;
}

}  // namespace

TEST_CASE("an observer behind the doors is the caller's, whatever kind it is") {
  const no_state state;
  int told = 0;
  auto silent = [&](const akin::progress&) { ++told; };
  const auto stopping = [&](const akin::progress& reached) { return reached.iteration < 2; };
  const akin::detail::observer_ref by_void(silent), by_answer(stopping), by_function(stop_after_two);
  CHECK((by_void.is_present() && by_answer.is_present() && by_function.is_present()));
  CHECK(by_void({.iteration = 5}, state));
  CHECK(told == 1);
  CHECK(by_answer({.iteration = 1}, state));
  CHECK_FALSE(by_answer({.iteration = 2}, state));
  CHECK(by_function({.iteration = 1}, state));
  CHECK_FALSE(by_function({.iteration = 2}, state));
  CHECK(told_by_pointer == 2);
}

TEST_CASE("nobody is told where there is no observer") {
  akin::no_observer nobody;
  const akin::detail::observer_ref observer(nobody);
  CHECK_FALSE(observer.is_present());
  CHECK(observer({.iteration = 1}, no_state()));
}

namespace {

/// Wants the state of a training.
struct keeper {
  int kept = 0, finished = 0;

  int resume(akin::training_state&) { return 7; }
  bool operator()(const akin::progress& reached, const akin::training_state&) {
    kept = reached.iteration;
    return true;
  }
  void finish() { ++finished; }
};

}  // namespace

TEST_CASE("an observer that asks for the state of a training gets it") {
  keeper observer;
  const akin::detail::observer_ref ref(observer);
  no_state state;
  CHECK(ref.resume(state) == 7);
  CHECK(ref({.iteration = 9}, state));
  CHECK(observer.kept == 9);
  ref.finish();
  CHECK(observer.finished == 1);

  auto plain = [](const akin::progress&) {};
  const akin::detail::observer_ref other(plain);
  CHECK(other.resume(state) == 0);
  other.finish();
}
