// akin's side for NDCG, recall and average precision of lists that were made before: one evaluation to warm up, and one
// by the clock.
#include <algorithm>

#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/metrics/ranking.hpp>

#include "runner.hpp"

namespace {

template <class Number>
std::vector<Number> read_numbers(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Number> numbers(static_cast<std::size_t>(file.tellg()) / sizeof(Number));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(Number)));
  if (!file) throw std::runtime_error("cannot read " + path);
  return numbers;
}

void run(compare::arguments given) {
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const std::string made = given.text("data", ".") + "/made.", prefix = given.text("save", "");
  const int k = given.whole("k", 20);
  given.require_all_taken();

  const auto items = read_numbers<std::int32_t>(made + "lists.i32"),
             wanted = read_numbers<std::int32_t>(made + "relevant.i32");
  const auto wide = read_numbers<std::int64_t>(made + "offsets.i64");
  const std::vector<std::int32_t> offsets(wide.begin(), wide.end());
  const auto users = static_cast<std::int64_t>(offsets.size()) - 1;
  const auto highest =
      std::max(*std::max_element(items.begin(), items.end()), *std::max_element(wanted.begin(), wanted.end()));
  const std::vector<float> ones(wanted.size(), 1);
  const Eigen::Map<const akin::sparse_matrix<float>> relevant(users, highest + 1, offsets.back(), offsets.data(),
                                                              wanted.data(), ones.data());
  const akin::rows_view<const std::int32_t> lists{items.data(), users, static_cast<std::int64_t>(items.size()) / users};

  using namespace akin::metrics;
  const auto evaluate = [&] {
    return akin::evaluate_lists(policy, lists, relevant, ndcg{k}, recall{k}, average_precision{k});
  };
  auto result = evaluate();
  const double seconds = compare::seconds_of([&] { result = evaluate(); });
  const std::vector<double> means = {result[0].mean, result[1].mean, result[2].mean};
  if (!prefix.empty()) compare::write_numbers(prefix + ".means.f64", means.data(), 3);
  compare::print_result(seconds, k);
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
