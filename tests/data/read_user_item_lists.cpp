#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/data/read_user_item_lists.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

using akin::interaction_log;

namespace {

interaction_log read(std::string_view text, const akin::user_item_list_options& options = {}) {
  return akin::detail::read_user_item_lists({{input(text, "lists.txt"), "", 1}}, options);
}

akin::lightgcn_split<float> split(std::string_view train, std::string_view test) {
  return akin::detail::read_lightgcn<float>(input(train, "train.txt"), input(test, "test.txt"));
}

std::string refusal(std::string_view train, std::string_view test = "") {
  return message([&] { return split(train, test); });
}

}  // namespace

TEST_CASE("lines of a user and items") {
  const interaction_log log = read("anna mug lamp\nbert\tlamp  vase \r\n\ncarl\nanna vase");
  CHECK(log.size() == 5);
  CHECK(log.user_ids().size() == 2);
  CHECK(log.item_ids().size() == 3);
  const auto matrix = log.matrix(akin::duplicates::sum);
  CHECK(matrix.coeff(0, *log.item_ids().index_of("vase")) == 1);
  CHECK(matrix.coeff(1, *log.item_ids().index_of("mug")) == 0);
  CHECK_FALSE(log.has_events());
  CHECK(read("").empty());
  CHECK(read(" \n\t\n").empty());
}

TEST_CASE("bytes that are no text") {
  using namespace std::string_literals;
  CHECK(message([] { return read("a b\nc \0d\n"s); }) == "lists.txt:2: the text must not hold NUL bytes");
  CHECK(message([] { return read("a b\rc d\r"); }) == "lists.txt:1: a carriage return must be followed by a line feed");
  CHECK(message([] { return read("\xFE\xFF"); }) == "lists.txt:1: the file must be text in UTF-8, it is UTF-16");
}

TEST_CASE("tables are no lists") {
  CHECK(message([] { return read("a,x\nb,y\n"); }) ==
        "lists.txt:1:1: spaces or tabs must stand between user and items");
  CHECK(message([] { return read("\na\nb;y\n"); }) ==
        "lists.txt:3:1: spaces or tabs must stand between user and items");
  CHECK(read("a\nb\n").empty());
  CHECK(read("a,b x\nc,d\n").size() == 1);
  CHECK(message([] { return read("PK\x03\x04"); }) ==
        "lists.txt:1: the file must be text in UTF-8, it is a zip archive or an Excel workbook, unpack or export it "
        "first");
}

TEST_CASE("lists with the ids of others") {
  const interaction_log train = read("a x y\nb z\n");
  const interaction_log test = read("c z\nb w x\n", {.ids_of = &train});
  CHECK(std::vector(test.users().begin(), test.users().end()) == std::vector<std::int32_t>{2, 1, 1});
  CHECK(std::vector(test.items().begin(), test.items().end()) == std::vector<std::int32_t>{2, 3, 0});
  const folder here;
  write_text(here / "buy.txt", "b x\nd x\n");
  const interaction_log bought = akin::read_user_item_lists({{here / "buy.txt", "buy"}}, {.ids_of = &train});
  CHECK(bought.users()[0] == 1);
  CHECK(bought.users()[1] == 2);
  CHECK(akin::read_user_item_lists(here / "buy.txt", {.ids_of = &train}).users()[1] == 2);
}

TEST_CASE("a file a kind of interaction") {
  const folder here;
  write_text(here / "view.txt", "0 10 11\n1 10\n");
  write_text(here / "cart.txt", "1 11\n");
  write_text(here / "buy.txt", "0 11\n2 12\n");
  const interaction_log log = akin::read_user_item_lists(
      {{here / "view.txt", "view", 1}, {here / "cart.txt", "cart", 3}, {here / "buy.txt", "buy", 5}});
  CHECK(log.size() == 6);
  CHECK(log.event_ids().size() == 3);
  CHECK(log.event_ids().name_of(log.events()[3]) == "cart");
  CHECK(log.values()[5] == 5);
  const auto matrix = log.matrix(akin::duplicates::sum);
  CHECK(matrix.rows() == 3);
  CHECK(matrix.coeff(0, *log.item_ids().index_of("11")) == 6);
  CHECK(akin::read_user_item_lists({{here / "buy.txt", "buy"}}).size() == 2);
  CHECK(akin::read_user_item_lists(here / "view.txt").size() == 3);
  CHECK(message<std::invalid_argument>([&] {
          return akin::read_user_item_lists({{here / "buy.txt", "", 1}});
        }) == "read_user_item_lists: event must have a name");
  CHECK(message<std::invalid_argument>([&] {
          return akin::read_user_item_lists({{here / "buy.txt", "buy", 1e39}});
        }) == "read_user_item_lists: weight must be finite and fit a float, got 1e+39");
  CHECK(message<std::runtime_error>([&] {
          return akin::read_user_item_lists(here / "no.txt");
        }).ends_with("no.txt: the file must exist and be readable"));
}

TEST_CASE("both sides of a split have the numbers of the files") {
  const auto [train, test] = split("0 3 1\n2 0 3 3\n", "0 4\n5 1\n");
  CHECK(train.rows() == 6);
  CHECK(train.cols() == 5);
  CHECK(test.rows() == 6);
  CHECK(test.cols() == 5);
  CHECK(train.nonZeros() == 4);
  CHECK(train.coeff(0, 1) == 1);
  CHECK(train.coeff(2, 3) == 1);
  CHECK(test.coeff(5, 1) == 1);
  CHECK(test.nonZeros() == 2);
  const auto [none, nothing] = split("", "");
  CHECK(none.rows() == 0);
  CHECK(nothing.cols() == 0);
}

TEST_CASE("ids of a split are whole numbers without large gaps") {
  CHECK(refusal("0 1\n1 x\n") == "train.txt:2:2: an id must be a whole number from 0, got \"x\"");
  CHECK(refusal("0 1\n-1 1\n") == "train.txt:2:1: an id must be a whole number from 0, got \"-1\"");
  CHECK(refusal("0 1 2.5\n") == "train.txt:1:3: an id must be a whole number from 0, got \"2.5\"");
  CHECK(refusal("0 1\n", "0 1 2147483647\n") ==
        "test.txt:1:3: ids must number users and items from 0 without large gaps, got 2147483647");
  CHECK(refusal("99999999999999999999 1\n") ==
        "train.txt:1:1: an id must be a whole number from 0, got \"99999999999999999999\"");
  CHECK(split("0 1000000\n", "").train.cols() == 1'000'001);
}

TEST_CASE("a folder with a split") {
  const folder here;
  write_text(here / "train.txt", "0 0 1\n1 2\n");
  write_text(here / "test.txt", "0 2\n");
  const auto [train, test] = akin::read_lightgcn<double>(here / "");
  CHECK(train.nonZeros() == 3);
  CHECK(test.coeff(0, 2) == 1);
}
