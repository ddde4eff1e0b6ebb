#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <akin/data/read_sequences.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

namespace {

using akin::sequences;

akin::named_sequences read(std::string_view text, const akin::read_sequences_options& options = {}) {
  return akin::detail::read_sequences(input(text, "s.txt"), options);
}

std::string refusal(std::string_view text) {
  return message([&] { return read(text); });
}

}  // namespace

TEST_CASE("a sequence a line") {
  const auto [all, ids] = read("b a\tb\n\n  7 \r\na");
  CHECK(all == sequences<>(3, {0, 3, 4, 5}, {0, 1, 0, 2, 1}));
  CHECK(ids->name_of(2) == "7");
  CHECK(read("").sequences.size() == 0);
}

TEST_CASE("lines that begin with a name") {
  const auto [all, ids] = read("1 5 6 5\n2\n3 6\n", {.named = true});
  CHECK(all == sequences<>(2, {0, 3, 3, 4}, {0, 1, 0, 1}));
  CHECK(ids->size() == 2);
}

TEST_CASE("a test has the items of the training first") {
  const auto train = read("a b\n");
  const auto same = read("b a\n", {.item_ids = train.item_ids});
  CHECK(same.item_ids == train.item_ids);
  CHECK(same.sequences == sequences<>(2, {0, 2}, {1, 0}));
  const auto more = read("b new\n", {.item_ids = train.item_ids});
  CHECK(more.sequences == sequences<>(3, {0, 2}, {1, 2}));
  CHECK(train.item_ids->size() == 2);
}

TEST_CASE("tables and other files are no sequences") {
  CHECK(refusal("a b\nuser,item\n") == "s.txt:2:1: spaces or tabs must stand between items");
  CHECK(refusal("PK\x03\x04zip").find("s.txt:1: the file must be text in UTF-8") == 0);
  const folder scratch;
  CHECK(message<std::runtime_error>([&] { return akin::read_sequences(scratch / "none"); }).find("none") !=
        std::string::npos);
}
