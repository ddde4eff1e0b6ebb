// Writes ranked lists of drawn items and the items that each user wants, 1 to 20, half of them somewhere in the list:
// what both sides of an evaluation read.
#include <algorithm>

#include <akin/random.hpp>

#include "runner.hpp"

namespace {

constexpr std::uint64_t max_wanted = 20;

/// The items of a user are a + b r modulo a prime: a list is the first of them, so that no item comes twice.
struct drawn_user {
  std::uint64_t items, start, step;
  std::int32_t operator()(std::uint64_t rank) const { return static_cast<std::int32_t>((start + step * rank) % items); }
};

std::vector<std::int32_t> wanted_items(const drawn_user& item, std::uint64_t wanted, std::uint64_t length,
                                       std::uint64_t first_rank) {
  std::vector<std::int32_t> items;
  const std::uint64_t listed = (wanted + 1) / 2;  // at ranks spread over the list
  for (std::uint64_t i = 0; i < listed; ++i) items.push_back(item((first_rank + i * length / listed) % length));
  for (std::uint64_t i = 0; i < wanted - listed; ++i) items.push_back(item(length + i));
  std::sort(items.begin(), items.end());
  return items;
}

void run(compare::arguments given) {
  const std::string prefix = given.text("save", "made"), unused = given.text("data", "");
  const auto users = static_cast<std::uint64_t>(given.whole("users", 1000));
  const auto items = static_cast<std::uint64_t>(given.whole("items", 100003));
  const auto length = static_cast<std::uint64_t>(given.whole("length", 100));
  given.require_all_taken();

  const akin::random_stream starts(1, 0), steps(1, 1), counts(1, 2), ranks(1, 3);
  std::vector<std::int32_t> lists, relevant;
  std::vector<std::int64_t> offsets = {0};
  for (std::uint64_t user = 0; user < users; ++user) {
    const drawn_user item{items, starts.below(user, items), 1 + steps.below(user, items - 1)};
    for (std::uint64_t rank = 0; rank < length; ++rank) lists.push_back(item(rank));
    const auto wanted = wanted_items(item, 1 + counts.below(user, max_wanted), length, ranks.below(user, length));
    relevant.insert(relevant.end(), wanted.begin(), wanted.end());
    offsets.push_back(static_cast<std::int64_t>(relevant.size()));
  }
  compare::write_numbers(prefix + ".lists.i32", lists.data(), static_cast<std::int64_t>(lists.size()));
  compare::write_numbers(prefix + ".relevant.i32", relevant.data(), static_cast<std::int64_t>(relevant.size()));
  compare::write_numbers(prefix + ".offsets.i64", offsets.data(), static_cast<std::int64_t>(offsets.size()));
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
