#include <csignal>
#include <examples/serve/event_log.hpp>
#include <fstream>
#include <map>
#include <string>
#include <sys/resource.h>
#include <tests/io/folder.hpp>
#include <tests/support/catch.hpp>
#include <thread>
#include <utility>
#include <vector>

#include <akin/data/read_interactions.hpp>

namespace {

using named_events = std::vector<std::pair<std::string, std::string>>;

named_events events_of(const akin::interaction_log& log) {
  named_events events;
  for (std::size_t i = 0; i < log.size(); ++i)
    events.emplace_back(log.user_ids().name_of(log.users()[i]), log.item_ids().name_of(log.items()[i]));
  return events;
}

}  // namespace

TEST_CASE("event_log: names of any kind come back, for a service and for a training", "[event_log]") {
  const folder place;
  const named_events odd = {{"ann", "tea"},        {"a,b", "say \"tea\""},     {"two\nlines", "\r\n"},
                            {" edge ", "\t"},      {"Zoë 日本 🍵", "<script>"}, {"\"", ","},
                            {"=1+1", "user,item"}, {"a;b|c\td", "\"\""},       {"'", "\\"}};
  {
    event_log log(place / "e.csv");
    CHECK(log.past().empty());
    for (const auto& [user, item] : odd) log.append(user, item, 1.5);
  }
  CHECK(events_of(event_log(place / "e.csv").past()) == odd);
  const auto log = akin::read_interactions(place / "e.csv", {.value = "value", .time = "time"});
  CHECK(events_of(log) == odd);
  CHECK(log.values()[0] == 1.5f);
  CHECK(log.has_times());
  CHECK(log.times()[0] > 1'600'000'000'000);
}

TEST_CASE("event_log: a last line that was torn is cut off, wherever", "[event_log]") {
  const folder place;
  {
    event_log log(place / "whole.csv");
    log.append("ann", "tea", 1);
    log.append("two\nlines", "a \"b\"", -2);
  }
  const std::string whole = read_text(place / "whole.csv");
  const std::size_t header = whole.find('\n') + 1, first = whole.find('\n', header) + 1;
  int wrong = 0;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    write_text(place / "torn.csv", whole.substr(0, length));
    event_log log(place / "torn.csv");
    const std::size_t lines = length < first ? 0 : length < whole.size() ? 1 : 2;
    if (log.past().size() != lines) ++wrong;
    log.append("new", "event", 1);
    const auto events = events_of(log.past());
    if (events.size() != lines + 1 || events.back().first != "new") ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("event_log: what is no log of events is refused and stays", "[event_log]") {
  const folder place;
  write_text(place / "other.csv", "a,b,c\n1,2,3\n");
  CHECK_THROWS_WITH(event_log(place / "other.csv"), contains("first line must be user,item,value,time"));
  CHECK(read_text(place / "other.csv") == "a,b,c\n1,2,3\n");
  write_text(place / "text", "a long text without any line end at all");
  CHECK_THROWS_WITH(event_log(place / "text"), contains("with lines"));
  CHECK(read_text(place / "text").size() == 39);
  CHECK_THROWS_WITH(event_log(place / "no folder" / "e.csv"), contains("cannot be opened"));
  CHECK_THROWS_WITH(event_log(place / "."), contains("cannot be opened"));
  CHECK_THROWS_WITH(event_log("/dev/null"), contains("must be a file"));
  const event_log log(place / "e.csv");
  CHECK_THROWS_WITH(event_log(place / "e.csv"), contains("another process"));
}

TEST_CASE("event_log: many threads append at once", "[event_log]") {
  const folder place;
  constexpr int writers = 8, events = 40;
  {
    event_log log(place / "e.csv");
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w)
      threads.emplace_back([&, w] {
        for (int i = 0; i < events; ++i) log.append("w" + std::to_string(w), std::to_string(i), 1);
      });
    for (auto& thread : threads) thread.join();
  }
  std::map<std::string, int> next;  // of each writer, in order
  int wrong = 0;
  const auto all = events_of(event_log(place / "e.csv").past());
  for (const auto& [user, item] : all) wrong += item == std::to_string(next[user]++) ? 0 : 1;
  CHECK(wrong == 0);
  CHECK(all.size() == writers * events);
}

TEST_CASE("event_log: a full disk is said, and leaves no half line", "[event_log]") {
  const folder place;
  event_log log(place / "e.csv");
  log.append("ann", "tea", 1);
  // A file that may not grow is what a process can arrange of a full disk.
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full = {std::filesystem::file_size(place / "e.csv") + 5, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  std::string problem;
  try {
    log.append("bob", "coffee", 1);
  } catch (const log_error& error) {
    problem = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK_THAT(problem, contains("event_log: the event was not written: "));
  log.append("cat", "milk", 1);
  CHECK(events_of(log.past()) == named_events{{"ann", "tea"}, {"cat", "milk"}});
}
