// Random bytes, and requests that are nearly right, at the port and at the readers of bodies. The sanitizers look on.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tests/serve/fixture.hpp>
#include <tests/serve/raw_client.hpp>
#include <tests/support/catch.hpp>
#include <vector>

#include <akin/random.hpp>

namespace {

const std::vector<std::string> requests = {
    "GET /recommend?user=u7&k=5&reasons=2 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-5\r\n\r\n",
    "POST /event HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
    "25\r\n\r\n{\"user\":\"u\",\"item\":\"i1\"}\n",
    "POST /basket HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    "d\r\n{\"items\":[]}\n\r\n0\r\n\r\n",
    "GET /explain?user=%75%37&item=i1 HTTP/1.0\r\nConnection: keep-alive\r\nAccept-Encoding: gzip, br\r\n\r\n",
    "POST /event HTTP/1.1\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nExpect: 100-continue\r\n"
    "Content-Length: 4\r\n\r\n\x1f\x8b\x08"};

const std::vector<std::string> bodies = {R"({"user":"ann","item":"i1","value":-1.5e3})",
                                         R"({"items":["i1","i2","\ud83c\udf75"],"k":7})", R"({"user":"a\"\\\u0041"})"};

class mutator {
 public:
  explicit mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.bits(drawn_++) % bound); }

  std::string mutated(std::string text) {
    for (std::size_t changes = 1 + below(5); changes > 0; --changes) {
      const std::size_t at = below(text.size() + 1);
      switch (below(5)) {
        case 0:
          text.insert(at, 1, byte());
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size() + 1), below(40)));
          break;
        case 3:
          text.insert(at, below(3000), byte());
          break;
        default:
          if (at < text.size()) text[at] = byte();
      }
    }
    return text;
  }
  std::string noise() {
    std::string bytes(below(2000), ' ');
    for (char& c : bytes) c = byte();
    return bytes;
  }

 private:
  char byte() { return static_cast<char>(random_.bits(drawn_++)); }
  akin::random_stream random_;
  std::uint64_t drawn_ = 0;
};

/// Calls body(mutator) with new seeds, up to `most`, for at most the seconds.
template <class Body>
int for_seconds(double seconds, int most, const Body& body) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  int rounds = 0;
  for (; rounds < most && std::chrono::steady_clock::now() < end; ++rounds) {
    mutator changes(static_cast<std::uint64_t>(rounds));
    body(changes);
  }
  return rounds;
}

}  // namespace

TEST_CASE("door: no bytes at the port hurt it", "[fuzz]") {
  const akin_test::running_service service;
  int strange = 0;
  const int rounds = for_seconds(8, 1500, [&](mutator& changes) {
    const std::string bytes =
        changes.below(4) == 0 ? changes.noise() : changes.mutated(requests[changes.below(requests.size())]);
    const std::string answer = akin_test::exchange(service.port(), bytes);
    if (const int status = akin_test::status_of(answer); !answer.empty() && (status == 0 || status == 500)) ++strange;
  });
  CHECK(rounds > 20);
  CHECK(strange == 0);
  CHECK(service.client().Get("/health")->status == 200);
}

TEST_CASE("json: no body hurts its readers", "[fuzz]") {
  int accepted = 0, refused = 0;
  for_seconds(5, 20'000, [&](mutator& changes) {
    const std::string body =
        changes.below(8) == 0 ? changes.noise() : changes.mutated(bodies[changes.below(bodies.size())]);
    for (const bool is_event : {true, false}) try {
        if (is_event)
          read_event(body);
        else
          read_basket(body, 1000);
        ++accepted;
      } catch (const http_error& error) {
        refused += error.status == 400 ? 1 : 0;
      }
  });
  CHECK(accepted > 0);
  CHECK(refused > accepted);
  CHECK_THROWS_AS(read_event(std::string(60'000, '[')), http_error);
  CHECK_THROWS_AS(read_event("{\"a\":" + std::string(60'000, '[')), http_error);
}
