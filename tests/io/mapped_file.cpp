#include <cstdint>
#include <filesystem>
#include <string>

#include <akin/io/mapped_file.hpp>

#include "io/craft.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

using akin::detail::mapped_file;
using craft::contains;

namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string refusal(const std::filesystem::path& path) {
  return craft::message<std::runtime_error>([&] { mapped_file{path}; });
}

}  // namespace

TEST_CASE("a mapped file shows the bytes of the file") {
  const folder here;
  std::string text(100000, 'x');
  text.back() = 'y';
  write_text(here / "a", text);
  const mapped_file file(here / "a");
  CHECK(text_of(file.bytes()) == text);
  CHECK(reinterpret_cast<std::uintptr_t>(file.bytes().data()) % 64 == 0);
}

TEST_CASE("an empty file has no bytes") {
  const folder here;
  write_text(here / "empty", "");
  CHECK(mapped_file(here / "empty").bytes().empty());
}

TEST_CASE("what cannot be mapped is named, with the reason") {
  const folder here;
  CHECK(contains(refusal(here / "none.model"), "none.model\" cannot be opened: No such file"));
  std::filesystem::create_directory(here / "sub");
  CHECK(contains(refusal(here / "sub"), "sub\" "));
}

#if !defined(_WIN32)

#include <sys/stat.h>

TEST_CASE("only regular files are mapped, and nothing waits for a pipe") {
  const folder here;
  std::filesystem::create_directory(here / "sub");
  CHECK(contains(refusal(here / "sub"), "sub\" is not a regular file"));
  REQUIRE(mkfifo((here / "pipe").c_str(), 0600) == 0);
  CHECK(contains(refusal(here / "pipe"), "pipe\" is not a regular file"));
  CHECK(contains(refusal("/dev/zero"), "is not a regular file"));
}

TEST_CASE("a mapped file outlives its name") {
  const folder here;
  write_text(here / "a", "old");
  const mapped_file file(here / "a");
  write_text(here / "b", "new");
  std::filesystem::rename(here / "b", here / "a");
  CHECK(text_of(file.bytes()) == "old");
  std::filesystem::remove(here / "a");
  CHECK(text_of(file.bytes()) == "old");
}

#endif

TEST_CASE("bytes in memory are aligned as those of a file") {
  const std::string text = "some text";
  const akin::detail::aligned_bytes copy(std::as_bytes(std::span(text)));
  CHECK(text_of(copy.bytes()) == text);
  CHECK(reinterpret_cast<std::uintptr_t>(copy.bytes().data()) % 64 == 0);
  CHECK(akin::detail::aligned_bytes(0).bytes().empty());
}
