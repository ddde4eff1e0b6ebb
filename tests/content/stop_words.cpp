#include <set>
#include <string>
#include <vector>

#include <akin/content/stop_words.hpp>
#include <akin/content/tokenize.hpp>

#include "support/catch.hpp"

TEST_CASE("stop words are tokens, each once") {
  const std::vector<std::vector<std::string>> lists = {akin::stop_words::english(), akin::stop_words::chinese()};
  for (const auto& list : lists) {
    CHECK(list.size() > 150);
    CHECK(std::set<std::string>(list.begin(), list.end()).size() == list.size());
    for (const std::string& word : list) {
      const auto tokens = akin::tokenize(word);
      CAPTURE(word);
      REQUIRE(tokens.size() == 1);
      CHECK(tokens[0] == word);
    }
  }
}

TEST_CASE("what a text is about is no stop word") {
  const auto english = akin::stop_words::english(), chinese = akin::stop_words::chinese();
  const std::set<std::string> words(english.begin(), english.end()), pairs(chinese.begin(), chinese.end());
  for (const char* word : {"red", "good", "book", "new", "set", "time", "home"}) CHECK(words.count(word) == 0);
  for (const char* word : {"the", "and", "of", "not"}) CHECK(words.count(word) == 1);
  for (const char* word : {"手机", "质量", "服务", "好"}) CHECK(pairs.count(word) == 0);
  for (const char* word : {"的", "我们", "沒有"}) CHECK(pairs.count(word) == 1);
}
