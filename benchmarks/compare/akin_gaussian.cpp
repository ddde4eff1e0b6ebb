// Writes factors of independent normal numbers, which both sides of a row then read: a retrieval that learns nothing.
#include <akin/data/synthetic.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string prefix = given.text("save", "made"), unused = given.text("data", "");
  const int factors = given.whole("factors", 64), users = given.whole("users", 200), items = given.whole("items", 1000);
  given.require_all_taken();
  const auto write = [&](const char* side, int rows, std::uint64_t seed) {
    const auto numbers = akin::synthetic::gaussian<float>(rows, factors, {.seed = seed});
    compare::write_floats(prefix + side, numbers.data(), numbers.size());
  };
  write(".users.f32", users, 1);
  write(".items.f32", items, 2);
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
