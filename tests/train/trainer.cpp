#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/model/fields.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/train/trainer.hpp>

#include "support/catch.hpp"

namespace {

struct counting_options {
  int iterations = 5;
  int patience = 100;
  int diverges_at = 100;
};
template <class Options, class Visit>
akin::fields_of<counting_options, Options> fields(Options& options, const Visit& visit) {
  visit("iterations", options.iterations);
}

struct counting_task {
  static constexpr std::string_view kind = "counting";
  using scalar_type = float;
  using index_type = std::int32_t;
  counting_options options;
};

struct elsewhere {};

}  // namespace

template <>
struct akin::execution_traits<elsewhere> {
  using backend_type = akin::backend::cuda;
};

/// Learns how often it was called, and with which numbers.
template <>
class akin::trainer<akin::backend::host, counting_task> {
 public:
  using table_type = std::vector<int>;

  explicit trainer(const counting_task& task) : task_(task) {}
  const counting_task& task() const { return task_; }
  std::uint64_t data_checksum() const { return 7; }
  void iterate(int number, bool with_loss) {
    learnt_.push_back(number);
    asked_for_loss = with_loss;
  }
  double loss() const { return 10.0 / static_cast<double>(learnt_.size()); }
  bool is_finite() const { return static_cast<int>(learnt_.size()) < task_.options.diverges_at; }
  bool is_done() const { return static_cast<int>(learnt_.size()) >= task_.options.patience; }
  table_type take() { return learnt_; }
  template <class Visit>
  void state(const Visit&) {}

  bool asked_for_loss = false;

 private:
  const counting_task& task_;
  std::vector<int> learnt_;
};

namespace {

using training = akin::trainer<akin::backend::host, counting_task>;

template <class Observer>
std::vector<int> trained(const counting_task& task, Observer& observer) {
  training one(task);
  return akin::detail::run_training(one, akin::detail::observer_ref(observer));
}

}  // namespace

static_assert(akin::trains_on<akin::execution::sequenced_policy, counting_task>);
static_assert(akin::trains_on<akin::execution::parallel_policy, counting_task>);
static_assert(!akin::trains_on<elsewhere, counting_task>);
static_assert(!akin::trains_on<int, counting_task>);

TEST_CASE("a training runs its iterations, and tells of each") {
  const counting_task task{{.iterations = 4}};
  std::vector<akin::progress> told;
  auto listen = [&](const akin::progress& p) { told.push_back(p); };
  CHECK(trained(task, listen) == std::vector<int>{1, 2, 3, 4});
  REQUIRE(told.size() == 4);
  CHECK(told[2].iteration == 3);
  CHECK(told[2].iterations == 4);
  CHECK(told[3].loss == 2.5);
  CHECK(told[3].seconds >= told[0].seconds);
}

TEST_CASE("the loss is computed for an observer only") {
  const counting_task task;
  training alone(task), watched(task);
  akin::no_observer nobody;
  auto listen = [](const akin::progress&) {};
  akin::detail::run_training(alone, akin::detail::observer_ref(nobody));
  akin::detail::run_training(watched, akin::detail::observer_ref(listen));
  CHECK_FALSE(alone.asked_for_loss);
  CHECK(watched.asked_for_loss);
}

TEST_CASE("a training ends where its observer or itself ends it, and keeps what it has learnt") {
  auto until_two = [](const akin::progress& p) { return p.iteration < 2; };
  CHECK(trained({}, until_two) == std::vector<int>{1, 2});
  akin::no_observer nobody;
  CHECK(trained({{.patience = 3}}, nobody) == std::vector<int>{1, 2, 3});
}

TEST_CASE("a training that diverges says so, and after which epoch") {
  akin::no_observer nobody;
  CHECK_THROWS_AS(trained({{.diverges_at = 3}}, nobody), akin::numeric_error);
  CHECK_THROWS_WITH(trained({{.diverges_at = 3}}, nobody),
                    "counting::fit: the factors are no longer finite after epoch 3; a lower learning_rate may help");
}

namespace {

/// Says that some iterations are done, and counts the calls.
struct resuming {
  int done = 0, told = 0, finished = 0;

  int resume(akin::training_state&) { return done; }
  bool operator()(const akin::progress& p, const akin::training_state&) {
    ++told;
    return p.iteration != 4;
  }
  void finish() { ++finished; }
};

}  // namespace

TEST_CASE("an observer with the state of a training says where it goes on") {
  resuming observer{.done = 2};
  CHECK(trained({{.iterations = 3}}, observer) == std::vector<int>{3});
  CHECK(observer.told == 1);
  CHECK(observer.finished == 1);

  resuming stopping;
  CHECK(trained({{.iterations = 6}}, stopping) == std::vector<int>{1, 2, 3, 4});
  CHECK(stopping.finished == 0);

  resuming complete{.done = 5};
  CHECK(trained({}, complete).empty());
  CHECK(complete.finished == 1);
}

TEST_CASE("a training that has ended is not gone on with") {
  resuming ended{.done = 2};
  CHECK(trained({{.patience = 0}}, ended).empty());
  CHECK(ended.told == 0);
  CHECK(ended.finished == 1);
}

TEST_CASE("a state that no training can have left is refused") {
  resuming beyond{.done = 6};
  CHECK_THROWS_AS(trained({}, beyond), akin::format_error);
  CHECK_THROWS_WITH(trained({}, beyond), "counting::fit: the state must be of one of 5 iterations, got 6");
  resuming diverged{.done = 2};
  CHECK_THROWS_WITH(trained({{.diverges_at = 0}}, diverged), contains("no longer finite after epoch 2"));
}
