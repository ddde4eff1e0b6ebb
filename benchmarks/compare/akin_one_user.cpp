// akin's side for one user after the other from factors that are given: the median of the times, and the 99th
// percentile.
#include <algorithm>

#include <akin/retrieval/quantized_index.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/retrieval/workspace.hpp>

#include "retrieval.hpp"

namespace {

/// The seconds of each user's list, ascending, after a few to warm up; fills the lists. one(user, items, scores) makes
/// one.
template <class One>
std::vector<double> times_of(const compare::retrieval& asked, std::vector<std::int32_t>& lists, const One& one) {
  const auto k = static_cast<std::size_t>(asked.k);
  const auto users = static_cast<std::int32_t>(asked.model.users());
  std::vector<float> scores(k);
  std::vector<double> seconds;
  lists.assign(k * static_cast<std::size_t>(users), -1);
  const auto make = [&](std::int32_t user) {
    const std::span<std::int32_t> items(lists.data() + k * static_cast<std::size_t>(user), k);
    return compare::seconds_of([&] { one(user, items, std::span<float>(scores)); });
  };
  for (std::int32_t user = 0; user < std::min(users, 5); ++user) make(user);
  for (std::int32_t user = 0; user < users; ++user) seconds.push_back(make(user));
  std::sort(seconds.begin(), seconds.end());
  return seconds;
}

/// Between the two nearest where it lies between them, as numpy has it.
double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

void run(compare::arguments given) {
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const std::string index = given.text("index", "");
  const compare::retrieval asked(given);
  given.require_all_taken();

  const auto query = asked.query();
  akin::workspace<float> scratch(asked.model, asked.k);
  std::vector<std::int32_t> lists;
  std::vector<double> seconds;
  if (index == "int8") {
    const akin::quantized_index<float> quantized(policy, asked.model.item_factors());
    const auto users = asked.model.user_factors();
    const auto width = static_cast<std::size_t>(users.cols());
    seconds = times_of(asked, lists, [&](std::int32_t user, auto items, auto scores) {
      const std::span<const float> vector(users.row(user).data(), width);
      akin::recommend_one(quantized, vector, query, scratch, items, scores);
    });
  } else {
    seconds = times_of(asked, lists, [&](std::int32_t user, auto items, auto scores) {
      akin::recommend_one(asked.model, user, query, scratch, items, scores);
    });
  }
  std::printf("{\"seconds\": %.9g, \"p99\": %.9g, \"factors\": %d}\n", quantile(seconds, 0.5), quantile(seconds, 0.99),
              asked.k);
  asked.write(lists);
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
