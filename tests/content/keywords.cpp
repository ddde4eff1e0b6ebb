#include <stdexcept>
#include <string>
#include <vector>

#include <akin/content/keywords.hpp>

#include "support/catch.hpp"

TEST_CASE("rare and repeated terms first") {
  akin::tfidf_vectorizer v;
  CHECK_THROWS_AS(akin::keywords(v, "red"), akin::not_fitted);
  v.fit(std::vector<std::string>{"red mug", "red lamp", "red mug", "red globe"});
  const auto found = akin::keywords(v, "A red GLOBE, lamp and mug");
  REQUIRE(found.size() == 4);
  CHECK((found[0].term == "globe" && found[1].term == "lamp"));  // as rare: in byte order
  CHECK((found[2].term == "mug" && found[3].term == "red"));
  CHECK(found[0].weight == found[1].weight);
  CHECK(found[1].weight > found[2].weight);
  double square = 0;
  for (const auto& keyword : found) square += static_cast<double>(keyword.weight) * static_cast<double>(keyword.weight);
  CHECK(square == Approx(1));

  CHECK(akin::keywords(v, "mug mug mug mug globe", 1).at(0).term == "mug");
  CHECK(akin::keywords(v, "").empty());
  CHECK(akin::keywords(v, "nothing known").empty());
}

TEST_CASE("what keywords cannot do is said") {
  akin::tfidf_vectorizer v, hashed({.hashed_features = 8});
  v.fit(std::vector<std::string>{"red mug"});
  hashed.fit(std::vector<std::string>{"red mug"});
  CHECK_THROWS_WITH(akin::keywords(v, "red", 0), contains("keywords: k must be positive, got 0"));
  CHECK_THROWS_WITH(akin::keywords(hashed, "red"), contains("hashed_features must be 0, got 8"));
  CHECK_THROWS_WITH(akin::keywords(v, "r\xff"), contains("must be UTF-8, got byte 0xFF at offset 1"));
}
