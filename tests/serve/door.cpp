#include <atomic>
#include <examples/serve/door.hpp>
#include <string>
#include <tests/serve/fixture.hpp>
#include <tests/serve/raw_client.hpp>
#include <tests/support/catch.hpp>
#include <thread>
#include <vector>

#include <akin/data/read_interactions.hpp>

using akin_test::post;
using akin_test::running_service;
using nlohmann::json;

namespace {

json body_of(const httplib::Result& result) {
  REQUIRE(result);
  return json::parse(result->body);
}

std::vector<std::string> items_of(const json& answer) {
  std::vector<std::string> items;
  for (const auto& row : answer.at("items")) items.push_back(row.at("item"));
  return items;
}

std::vector<std::string> items_of(const shop_bundle::named_items& list) {
  std::vector<std::string> items;
  for (const auto& row : list) items.push_back(row.item);
  return items;
}

}  // namespace

TEST_CASE("door: answers are the library's", "[door]") {
  const running_service service;
  auto asks = service.client();
  const auto bundle = akin_test::small_bundle();
  const json list = body_of(asks.Get("/recommend?user=u7&k=5&reasons=1"));
  CHECK(items_of(list) == items_of(bundle.recommend("u7", {.k = 5})));
  CHECK(list.at("items")[0].at("score").get<float>() == bundle.recommend("u7", {.k = 5})[0].score);
  CHECK(list.at("items")[0].at("because")[0].at("item") == bundle.explain("u7", items_of(list)[0], {.k = 1})[0].item);
  CHECK(list.at("source") == "user");
  CHECK(body_of(asks.Get("/recommend?user=u7&k=5&reasons=1")) == list);  // from the cache
  CHECK(body_of(asks.Get("/recommend?user=u7")).at("items").size() == 10);
  CHECK(body_of(asks.Get("/recommend?user=nobody&k=3")).at("source") == "popular");
  CHECK(items_of(body_of(asks.Get("/similar?item=i1&k=4"))) == items_of(bundle.similar_items("i1", {.k = 4})));
  CHECK(body_of(asks.Get("/explain?user=u7&item=i1&k=2")).at("because").size() <= 2);
  const std::vector<std::string> basket = {"i1", "i2"};
  CHECK(items_of(body_of(post(asks, "/basket", R"({"items":["i1","i2","no such"],"k":3})"))) ==
        items_of(bundle.recommend_for(basket, {.k = 3})));
  CHECK(body_of(asks.Get("/history?user=u7&k=1000")).at("items").size() > 0);
  CHECK(body_of(asks.Get("/items?query=i3&k=100")).at("items").size() == 11);
  CHECK(body_of(asks.Get("/users?query=u5")).at("users").size() == 10);
  const json health = body_of(asks.Get("/health"));
  CHECK(health.at("status") == "ok");
  CHECK(health.at("model") == "item_knn");
  const auto page = asks.Get("/");
  REQUIRE(page);
  CHECK_THAT(page->body, contains("<!doctype html>"));
  CHECK_THAT(page->get_header_value("Content-Security-Policy"), contains("default-src 'none'"));
  const auto head = asks.Head("/health");
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK_THAT(asks.Get("/health")->get_header_value("Server-Timing"), contains("app;dur="));
}

TEST_CASE("door: an event changes the next answer, and a restart remembers it", "[door]") {
  const running_service service;
  auto asks = service.client();
  const json before = body_of(asks.Get("/recommend?user=u7&k=3"));
  const std::string taken = items_of(before)[0];
  const json done = body_of(post(asks, "/event", json{{"user", "u7"}, {"item", taken}, {"value", 2}}.dump()));
  CHECK(done.at("stored") == true);
  CHECK(done.at("used") == true);
  const json after = body_of(asks.Get("/recommend?user=u7&k=3"));
  CHECK(after.at("source") == "history");
  CHECK(items_of(after)[0] != taken);
  CHECK(body_of(asks.Get("/history?user=u7&k=1")).at("items")[0].at("item") == taken);
  CHECK(body_of(post(asks, "/event", R"({"user":"<script>","item":"not here"})")).at("used") == false);
  CHECK(body_of(asks.Get("/health")).at("events") == 2);
  const std::string metrics = asks.Get("/metrics")->body;
  CHECK_THAT(metrics, contains("events_total 2\n"));
  CHECK_THAT(metrics, contains("http_requests_total{route=\"/event\",status=\"200\"} 2\n"));
  CHECK_THAT(metrics, contains("model_version 1\n"));

  auto log = read_text(service.events());
  shop again(akin_test::small_catalogue());
  const folder place;
  write_text(place / "e.csv", log);
  again.add_events(event_log(place / "e.csv").past());
  CHECK(again.recommend("u7", 3).source == list_source::history);
}

TEST_CASE("door: wrong requests get a sentence and their status", "[door]") {
  const running_service service;
  auto asks = service.client();
  struct wrong_request {
    const char* path;
    int status;
    const char* sentence;
  };
  for (const auto& [path, status, sentence] :
       {wrong_request{"/recommend", 400, "user must be given"},
        {"/recommend?user=", 400, "user must be a text of 1 to 256 bytes"},
        {"/recommend?user=u1&k=0", 400, "k must be a whole number from 1 to 1000"},
        {"/recommend?user=u1&k=1001", 400, "k must be"},
        {"/recommend?user=u1&k=-1", 400, "k must be"},
        {"/recommend?user=u1&k=1e3", 400, "k must be"},
        {"/recommend?user=u1&k=99999999999999999999", 400, "k must be"},
        {"/recommend?user=u1&k=", 400, "k must be"},
        {"/recommend?user=u1&reasons=10", 400, "reasons must be"},
        {"/recommend?user=%00", 400, "none of them zero"},
        {"/similar?item=nothing", 404, "knows no item"},
        {"/similar?item=%FF%FE", 404, "knows no item"},
        {"/similar", 400, "item must be given"},
        {"/explain?user=u1", 400, "item must be given"},
        {"/explain?user=u1&item=x", 404, "knows no item"},
        {"/history", 400, "user must be given"},
        {"/event", 405, "must be asked with POST"},
        {"/nothing", 404, "there is no /nothing"},
        {"/constant?bytes=3", 404, "there is no /constant"},
        {"/%3Cscript%3E", 404, "there is no /<script>"},
        {"/../../etc/passwd", 404, "there is no"}}) {
    INFO(path);
    const auto result = asks.Get(path);
    REQUIRE(result);
    CHECK(result->status == status);
    CHECK_THAT(json::parse(result->body).at("error").get<std::string>(), contains(sentence));
  }
  for (const auto& [body, status, sentence] :
       {wrong_request{"", 400, "must be JSON"},
        {"{", 400, "must be JSON"},
        {"[]", 400, "must be an object"},
        {"{}", 400, "user must be a string"},
        {R"({"user":"u"})", 400, "item must be a string"},
        {R"({"user":1,"item":"i"})", 400, "user must be a string"},
        {R"({"user":"","item":"i"})", 400, "user must be a text"},
        {R"({"user":"a\u0000b","item":"i"})", 400, "none of them zero"},
        {R"({"user":"u","item":"i","value":"2"})", 400, "value must be a number"},
        {R"({"user":"u","item":"i","value":1e300})", 400, "value must be a number"},
        {R"({"user":"u","item":"i","value":1e999})", 400, "must be JSON"},
        {R"({"user":"u","item":"i","value":NaN})", 400, "must be JSON"},
        {"{\"user\":\"\xFF\",\"item\":\"i\"}", 400, "must be JSON in UTF-8"},
        {R"({"a":[[[[[[[[]]]]]]]]})", 400, "nested"}}) {
    INFO(body);
    const auto result = post(asks, "/event", body);
    REQUIRE(result);
    CHECK(result->status == status);
    CHECK_THAT(json::parse(result->body).at("error").get<std::string>(), contains(sentence));
  }
  for (const auto& [body, status, sentence] : {wrong_request{"{}", 400, "items must be an array"},
                                               {R"({"items":"i"})", 400, "items must be an array"},
                                               {R"({"items":[1]})", 400, "each of items must be a string"},
                                               {R"({"items":[],"k":1.5})", 400, "k must be"},
                                               {R"({"items":[],"k":99999999999999999999})", 400, "k must be"}}) {
    INFO(body);
    const auto result = post(asks, "/basket", body);
    REQUIRE(result);
    CHECK(result->status == status);
    CHECK_THAT(json::parse(result->body).at("error").get<std::string>(), contains(sentence));
  }
  CHECK(asks.Post("/event", R"({"user":"u","item":"i"})", "text/plain")->status == 400);
  CHECK(asks.Post("/event", "x", "multipart/form-data; boundary=x")->status == 400);
  CHECK(asks.Put("/recommend", "x", "text/plain")->status == 405);
  CHECK(asks.Delete("/event")->get_header_value("Allow") == "POST");
  CHECK(body_of(asks.Get("/health")).at("events") == 0);
}

TEST_CASE("door: long requests are refused", "[door]") {
  const running_service service({.max_body = 2000});
  auto asks = service.client();
  const auto long_body = post(asks, "/event", std::string(3000, ' '));
  REQUIRE(long_body);
  CHECK(long_body->status == 413);
  CHECK_THAT(long_body->body, contains("error"));
  CHECK(post(asks, "/basket", "{\"items\":[]" + std::string(1900, ' ') + "}")->status == 200);

  using akin_test::status_of;
  const auto chunked = [&](std::size_t size) {
    std::string request =
        "POST /event HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n";
    for (std::size_t i = 0; i < size; i += 16) request += "10\r\n" + std::string(16, ' ') + "\r\n";
    return status_of(akin_test::exchange(service.port(), request + "0\r\n\r\n"));
  };
  CHECK(chunked(160) == 400);
  CHECK(chunked(3000) == 413);
  CHECK(status_of(akin_test::exchange(service.port(), "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n")) == 414);
  const auto header =
      akin_test::exchange(service.port(), "GET /health HTTP/1.1\r\nX: " + std::string(1'000'000, 'a') + "\r\n\r\n");
  CHECK(status_of(header) == 400);
  // A line without an end, and headers without an end.
  CHECK(status_of(akin_test::exchange(service.port(), std::string(1'000'000, 'a'))) != 200);
  std::string headers = "GET /health HTTP/1.1\r\n";
  for (int i = 0; i < 100'000; ++i) headers += "a: b\r\n";
  CHECK(status_of(akin_test::exchange(service.port(), headers)) != 200);
  CHECK(asks.Get("/health")->status == 200);
}

TEST_CASE("door: a body that nobody reads is no request, and ranges are ignored", "[door]") {
  const running_service service;
  const std::string inner = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string& head :
       {"GET /health HTTP/1.1\r\nContent-Length: " + std::to_string(inner.size()) + "\r\n\r\n",
        std::string("GET /health HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "POST /nothing HTTP/1.1\r\nContent-Length: " + std::to_string(inner.size()) + "\r\n\r\n",
        std::string("POST /event HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 34\r\n\r\n")}) {
    const std::string answers = akin_test::exchange(service.port(), head + inner);
    CHECK(akin_test::answers_in(answers) == 1);
  }
  CHECK(akin_test::answers_in(akin_test::exchange(service.port(), inner + inner + inner)) == 3);

  auto asks = service.client();
  std::string ranges = "bytes=";
  for (int i = 0; i < 1000; ++i) ranges += "0-1,";
  const auto result = asks.Get("/health", {{"Range", ranges + "0-1"}});
  REQUIRE(result);
  CHECK(result->status == 200);
  CHECK(result->body == asks.Get("/health")->body.substr(0, result->body.size()));
  CHECK(asks.Get("/health", {{"Range", "bytes=" + std::string(7000, '1') + "-"}}));
}

TEST_CASE("door: a client has a rate", "[door]") {
  const running_service service({.requests_per_second = 0.001, .burst = 3});
  auto asks = service.client();
  for (int i = 0; i < 3; ++i) CHECK(asks.Get("/health")->status == 200);
  const auto fourth = asks.Get("/health");
  REQUIRE(fourth);
  CHECK(fourth->status == 429);
  CHECK_THAT(fourth->body, contains("too many requests"));
  CHECK(post(asks, "/event", R"({"user":"u","item":"i"})")->status == 429);
}

TEST_CASE("door: a new model file is answered from, a damaged one refused", "[door]") {
  running_service service;
  auto asks = service.client();
  const json before = body_of(asks.Get("/recommend?user=u7&k=5"));
  akin::save(akin_test::small_bundle(2), service.model());
  service.service().reload();
  CHECK(body_of(asks.Get("/health")).at("version") == 2);
  const json after = body_of(asks.Get("/recommend?user=u7&k=5"));
  CHECK(items_of(after) == items_of(akin_test::small_bundle(2).recommend("u7", {.k = 5})));
  CHECK(after != before);
  std::filesystem::remove(service.model());
  write_text(service.model(), "not a model");
  CHECK_THROWS_WITH(service.service().reload(), contains("is not a model file"));
  std::filesystem::remove(service.model());
  CHECK_THROWS(service.service().reload());
  CHECK(body_of(asks.Get("/recommend?user=u7&k=5")) == after);
}

TEST_CASE("door: a stop finishes answers and frees the port", "[door]") {
  running_service service;
  std::atomic<int> answered = 0, stored = 0, failed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      auto asks = service.client();
      asks.set_connection_timeout(2);
      for (int i = 0; i < 100'000; ++i) {
        const auto result =
            post(asks, "/event", json{{"user", "t" + std::to_string(t)}, {"item", std::to_string(i)}}.dump());
        ++answered;
        if (!result) return;
        result->status == 200 ? ++stored : ++failed;
      }
    });
  while (answered < 20) std::this_thread::yield();
  service.stop();
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(akin::read_interactions(service.events()).size() >= static_cast<std::size_t>(stored.load()));
  CHECK(stored > 0);
  CHECK(!service.client().Get("/health"));
}

TEST_CASE("door: readers and writers at once see their own events", "[door]") {
  const running_service service;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      auto asks = service.client();
      const std::string user = "u" + std::to_string(t / 2);  // two threads a user
      for (int i = 0; i < 40; ++i) {
        const std::string item = "i" + std::to_string((i * 7 + t) % 40);
        const auto done = post(asks, "/event", json{{"user", user}, {"item", item}}.dump());
        const auto list = asks.Get(("/recommend?k=5&user=" + user).c_str());
        if (!done || done->status != 200 || !list || list->status != 200) {
          ++wrong;
          continue;
        }
        for (const std::string& listed : items_of(json::parse(list->body))) wrong += listed == item ? 1 : 0;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("door: what cannot be served is refused with a sentence", "[door]") {
  const folder place;
  akin::save(akin_test::small_bundle(), place / "m");
  CHECK_THROWS_WITH(door({.model = place / "m"}), contains("events must name a file"));
  CHECK_THROWS_WITH(door({.model = place / "x", .events = place / "e"}), contains("cannot be opened"));
  CHECK_THROWS_WITH(door({.model = place / "m", .events = place / "e", .port = 70'000}), contains("port must be"));
  CHECK_THROWS_WITH(door({.model = place / "m", .events = place / "e", .connections = 0}), contains("connections"));
  door first({.model = place / "m", .events = place / "e", .port = 0});
  const int port = first.start();
  door second({.model = place / "m", .events = place / "e2", .port = port});
  CHECK_THROWS_WITH(second.start(), contains("must be free"));
}
