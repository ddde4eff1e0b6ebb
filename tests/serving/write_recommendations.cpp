#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/id_map.hpp>
#include <akin/execution.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/serving/write_recommendations.hpp>

#include "io/folder.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace {

akin::id_map names(std::initializer_list<const char*> texts) {
  akin::id_map ids;
  for (const char* text : texts) ids.insert(text);
  return ids;
}

/// Three users, two items: the second is more popular; user 0 has both.
struct small_shop {
  small_shop() : x(akin_test::matrix_of<akin::popularity<float>>(3, 2, {{0, 0, 1}, {0, 1, 1}, {1, 1, 1}})) {
    model.fit(x);
  }
  akin::recommendations<float> lists() const {
    return akin::recommend(akin::execution::seq, model, {.k = 2, .exclude = x});
  }

  akin::popularity<float> model;
  akin::sparse_matrix<float> x;
  akin::id_map users = names({"ann", "bob, the \"builder\"", "eve"}), items = names({"tea", "jam"});
};

}  // namespace

TEST_CASE("lists become lines of CSV, names quoted where they must be") {
  const folder files;
  const small_shop shop;
  akin::write_recommendations(shop.lists(), files / "lists.csv", shop.users, shop.items);
  CHECK(read_text(files / "lists.csv") ==
        "user,item,rank,score\n\"bob, the \"\"builder\"\"\",tea,1,1\neve,jam,1,2\neve,tea,2,1\n");
}

TEST_CASE("lists become lines of JSON, empty ones too") {
  const folder files;
  const small_shop shop;
  akin::write_recommendations(shop.lists(), files / "lists.jsonl", shop.users, shop.items);
  CHECK(read_text(files / "lists.jsonl") ==
        "{\"user\": \"ann\", \"items\": []}\n"
        "{\"user\": \"bob, the \\\"builder\\\"\", \"items\": [{\"item\": \"tea\", \"score\": 1}]}\n"
        "{\"user\": \"eve\", \"items\": [{\"item\": \"jam\", \"score\": 2}, {\"item\": \"tea\", \"score\": 1}]}\n");
}

TEST_CASE("lists of some users name these") {
  const folder files;
  const small_shop shop;
  const std::vector<std::int32_t> some = {2};
  const auto lists = akin::recommend(akin::execution::seq, shop.model, some, {.k = 1});
  akin::write_recommendations(lists, files / "lists.csv", shop.users, shop.items, some);
  CHECK(read_text(files / "lists.csv") == "user,item,rank,score\neve,jam,1,2\n");
}

TEST_CASE("lists that do not fit, and formats that nobody knows, are refused and leave no file") {
  const folder files;
  const small_shop shop;
  const auto lists = shop.lists();
  CHECK_THROWS_WITH(akin::write_recommendations(lists, files / "lists.txt", shop.users, shop.items),
                    contains("the path must end in .csv or .jsonl, got "));
  CHECK_THROWS_WITH(akin::write_recommendations(lists, files / "lists.csv", names({"ann"}), shop.items),
                    contains("there must be a user for each list, got 3 lists and 1 users"));
  CHECK_THROWS_WITH(akin::write_recommendations(lists, files / "lists.csv", shop.users, names({})),
                    contains("each item of the lists must be an id below 0"));
  const std::vector<std::int32_t> nobody = {0, 1, 7};
  CHECK_THROWS_WITH(akin::write_recommendations(lists, files / "lists.csv", shop.users, shop.items, nobody),
                    contains("each of users must be an id below 3, got 7"));
  CHECK(files.size() == 0);
  CHECK_THROWS_AS(akin::write_recommendations(lists, files / "nowhere" / "lists.csv", shop.users, shop.items),
                  std::runtime_error);
}
