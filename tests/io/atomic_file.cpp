#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

#include <akin/io/atomic_file.hpp>

#include "io/craft.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

#if !defined(_WIN32)
#include <csignal>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

using akin::detail::atomic_file;
using craft::contains;

namespace {

void write(const std::filesystem::path& path, const std::string& text, bool nameless = true) {
  atomic_file file(path, nameless);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

std::string refusal(const std::filesystem::path& path, const std::string& text = "text") {
  return craft::message<std::runtime_error>([&] { write(path, text); });
}

}  // namespace

TEST_CASE("a file appears when it is whole") {
  const folder here;
  const bool nameless = GENERATE(true, false);
  atomic_file file(here / "a", nameless);
  file.write(std::as_bytes(std::span("one ", 4)));
  file.write({});
  file.write(std::as_bytes(std::span("two", 3)));
  CHECK_FALSE(std::filesystem::exists(here / "a"));
  file.commit();
  CHECK(read_text(here / "a") == "one two");
  CHECK(here.size() == 1);
}

TEST_CASE("an old file is replaced in one go") {
  const folder here;
  const bool nameless = GENERATE(true, false);
  write_text(here / "a", "old");
  {
    atomic_file file(here / "a", nameless);
    file.write(std::as_bytes(std::span("new", 3)));
    CHECK(read_text(here / "a") == "old");
    file.commit();
  }
  CHECK(read_text(here / "a") == "new");
  CHECK(here.size() == 1);
}

TEST_CASE("without commit nothing has happened") {
  const folder here;
  const bool nameless = GENERATE(true, false);
  write_text(here / "a", "old");
  {
    atomic_file file(here / "a", nameless);
    file.write(std::as_bytes(std::span("new", 3)));
    CHECK((here.size() == 2 || nameless));
  }
  CHECK(read_text(here / "a") == "old");
  CHECK(here.size() == 1);
}

TEST_CASE("several writers of one file do not meet: the last one wins") {
  const folder here;
  const bool nameless = GENERATE(true, false);
  atomic_file one(here / "a", nameless), two(here / "a", nameless);
  one.write(std::as_bytes(std::span("one", 3)));
  two.write(std::as_bytes(std::span("two", 3)));
  two.commit();
  one.commit();
  CHECK(read_text(here / "a") == "one");
  CHECK(here.size() == 1);
}

TEST_CASE("places where no file can be are named, with the reason") {
  const folder here;
  const std::string missing = refusal(here / "none" / "a.model");
  CHECK(contains(missing, "save: \""));
  CHECK(contains(missing, "a.model\" cannot be written, no file can be created beside it: No such file or directory"));
  std::filesystem::create_directory(here / "sub");
  CHECK(contains(refusal(here / "sub"), "sub\" is there already and not a regular file"));
  CHECK(contains(refusal(""), "save: \"\" cannot be written"));
  CHECK(here.size() == 1);
}

#if !defined(_WIN32)

TEST_CASE("a path without a folder is in the current one") {
  const folder here;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(here / "");
  write("plain", "text");
  std::filesystem::current_path(before);
  CHECK(read_text(here / "plain") == "text");
}

TEST_CASE("a device is not replaced by a file") {
  CHECK(contains(refusal("/dev/null"), "not a regular file"));
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("a symbolic link stays, what it leads to is replaced") {
  const folder here;
  std::filesystem::create_directory(here / "versions");
  write_text(here / "versions/1", "old");
  std::filesystem::create_symlink("versions/1", here / "current");
  write(here / "current", "new");
  CHECK(std::filesystem::is_symlink(here / "current"));
  CHECK(read_text(here / "versions/1") == "new");
  CHECK(here.size() == 2);
}

namespace {

/// Lets this process write files of up to `bytes` only; more is an error, or a signal where it is not ignored.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~file_size_limit() { setrlimit(RLIMIT_FSIZE, &before_); }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("when the disk takes no more, the old file stays and the temporary one goes") {
  const folder here;
  write_text(here / "a", "old");
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  // Large writes fail at once, small ones when what was collected is flushed.
  for (const std::size_t size : {std::size_t{1000000}, std::size_t{2000}}) {
    const file_size_limit limit(1000);
    CHECK(contains(refusal(here / "a", std::string(size, 'x')), "cannot be written, writing failed: File too large"));
  }
  std::signal(SIGXFSZ, handler);
  CHECK(read_text(here / "a") == "old");
  CHECK(here.size() == 1);
}

namespace {

/// Runs body() in a child and returns the signal that ended it, 0 if none did.
template <class Body>
int signal_of_child(const Body& body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void die_while_writing(const std::filesystem::path& path, bool nameless) {
  CHECK(signal_of_child([&] {
          // The default action of the signal for too large a file ends the process in the middle of the write.
          std::signal(SIGXFSZ, SIG_DFL);
          const rlimit no_dump{0, 0};
          setrlimit(RLIMIT_CORE, &no_dump);
          const file_size_limit limit(50000);
          write(path, std::string(1000000, 'x'), nameless);
        }) == SIGXFSZ);
}

}  // namespace

TEST_CASE("a killed writer leaves the old file whole, and the next one removes what else it left") {
  const folder here;
  const bool nameless = GENERATE(true, false);
  write_text(here / "a", "old");
  for (int i = 0; i < 20; ++i) {
    die_while_writing(here / "a", nameless);
    CHECK(read_text(here / "a") == "old");
    CHECK((here.size() == 2 || nameless));  // of each before it nothing is left
  }
  write(here / "a", "new");
  CHECK(read_text(here / "a") == "new");
  CHECK(here.size() == 1);
}

TEST_CASE("a writer that is killed at any moment leaves one file whole and nothing after the next") {
  const folder here;
  const bool nameless = GENERATE(true, false);
  const std::string text(100000, 'x');
  write_text(here / "a", text);
  int killed = 0;
  for (int i = 0; i < 20; ++i) {
    killed += signal_of_child([&] {
                itimerval timer{};
                timer.it_value.tv_usec = 1 + i * 211;
                std::signal(SIGALRM, SIG_DFL);
                setitimer(ITIMER_REAL, &timer, nullptr);
                for (;;) write(here / "a", text, nameless);
              }) == SIGALRM;
    CHECK(read_text(here / "a") == text);
  }
  CHECK(killed == 20);
  write(here / "a", "new", nameless);
  CHECK(here.size() == 1);
}

TEST_CASE("what a living writer has, or what only looks like it, stays") {
  const folder here;
  atomic_file alive(here / "a", false);
  for (const char* name : {"a.tmp-0123456789abcde", "a.tmp-0123456789abcdeF", "b.tmp-0123456789abcdef", "a.tmp"})
    write_text(here / name, "mine");
  write_text(here / "a.tmp-0123456789abcdef", "abandoned");
  std::filesystem::create_symlink("b", here / "a.tmp-1123456789abcdef");
  write(here / "a", "new");
  CHECK(here.size() == 7);
  CHECK_FALSE(std::filesystem::exists(here / "a.tmp-0123456789abcdef"));
  alive.write(std::as_bytes(std::span("alive", 5)));
  alive.commit();
  CHECK(read_text(here / "a") == "alive");
}

TEST_CASE("writers of one file that clean up behind each other all succeed") {
  const folder here;
  std::atomic<int> written = 0;
  const auto many = [&] {
    for (int i = 0; i < 30; ++i) {
      try {
        write(here / "a", "whole", false);
        ++written;
      } catch (const std::runtime_error&) {
      }
    }
  };
  std::thread other(many);
  many();
  other.join();
  CHECK(written == 60);
  CHECK(read_text(here / "a") == "whole");
  CHECK(here.size() == 1);
}

TEST_CASE("a file of ours is created with the rights that the process gives to files") {
  const folder here;
  write(here / "a", "text", GENERATE(true, false));
  write_text(here / "b", "text");
  CHECK(std::filesystem::status(here / "a").permissions() == std::filesystem::status(here / "b").permissions());
}

#endif
