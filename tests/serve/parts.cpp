#include <chrono>
#include <examples/serve/answer_cache.hpp>
#include <examples/serve/json.hpp>
#include <examples/serve/metrics.hpp>
#include <examples/serve/rate_limit.hpp>
#include <memory>
#include <string>
#include <tests/support/catch.hpp>

TEST_CASE("answer_cache: an answer is found under its stamp only", "[answer_cache]") {
  answer_cache<int> cache(1000);
  CHECK(cache.find("ann", 1) == nullptr);
  cache.store("ann", 1, std::make_shared<const std::string>("tea"));
  REQUIRE(cache.find("ann", 1) != nullptr);
  CHECK(*cache.find("ann", 1) == "tea");
  CHECK(cache.find("ann", 2) == nullptr);
  CHECK(cache.find("bob", 1) == nullptr);
  CHECK(cache.hits() == 2);
  CHECK(cache.misses() == 3);
}

TEST_CASE("answer_cache: it is bounded, and keeps what is used", "[answer_cache]") {
  answer_cache<int> cache(6400);
  const auto text = std::make_shared<const std::string>("x");
  cache.store("used", 1, text);
  for (int i = 0; i < 50'000; ++i) {
    cache.store(std::to_string(i), 1, text);
    cache.find("used", 1);
  }
  CHECK(cache.find("used", 1) != nullptr);
  int kept = 0;
  for (int i = 0; i < 50'000; ++i) kept += cache.find(std::to_string(i), 1) != nullptr ? 1 : 0;
  CHECK(kept <= 6400 + 128);
  CHECK(kept > 1000);
  answer_cache<int> off(0);
  off.store("a", 1, text);
  CHECK(off.find("a", 1) == nullptr);
}

TEST_CASE("rate_limit: a bucket for each address, which fills again", "[rate_limit]") {
  using std::chrono::milliseconds;
  rate_limit limit(10, 3);
  const auto start = std::chrono::steady_clock::time_point{};
  for (int i = 0; i < 3; ++i) CHECK(limit.allows("a", start));
  CHECK_FALSE(limit.allows("a", start));
  CHECK(limit.allows("b", start));
  CHECK_FALSE(limit.allows("a", start + milliseconds(50)));
  CHECK(limit.allows("a", start + milliseconds(110)));
  for (int i = 0; i < 3; ++i) CHECK(limit.allows("a", start + milliseconds(60'000)));
  CHECK_FALSE(limit.allows("a", start + milliseconds(60'000)));
  CHECK(rate_limit(0, 1).allows("a", start));
}

TEST_CASE("metrics: counts by route and status, and a histogram", "[metrics]") {
  metrics counted({"/a", "other"});
  counted.count(0, 200, 3e-6);
  counted.count(0, 200, 3e-3);
  counted.count(0, 418, 7);
  counted.count(99, 404, 0);
  const std::string text = counted.text();
  for (const char* line :
       {"http_requests_total{route=\"/a\",status=\"200\"} 2\n",
        "http_requests_total{route=\"/a\",status=\"other\"} 1\n",
        "http_requests_total{route=\"other\",status=\"404\"} 1\n",
        "http_request_seconds_bucket{route=\"/a\",le=\"5e-06\"} 1\n",
        "http_request_seconds_bucket{route=\"/a\",le=\"0.005\"} 2\n",
        "http_request_seconds_bucket{route=\"/a\",le=\"1\"} 2\n",
        "http_request_seconds_bucket{route=\"/a\",le=\"+Inf\"} 3\n", "http_request_seconds_count{route=\"/a\"} 3\n"})
    CHECK_THAT(text, contains(line));
}

TEST_CASE("json: scores are short and read back, bytes that are no text are replaced", "[json]") {
  CHECK(text_of(json_of({{"a\"<", "", 0.1f}}, "score")) == "[{\"item\":\"a\\\"<\",\"score\":0.1}]");
  CHECK_THAT(error_text("\xFF!"), contains("\xEF\xBF\xBD!"));
}
