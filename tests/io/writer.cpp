#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <akin/io/writer.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"

using akin::detail::model_writer;
using craft::contains;
using craft::get;

TEST_CASE("a written file has the layout that the format promises") {
  const std::vector<float> factors = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> ids = {7, 8, 9};
  model_writer writer;
  writer.add("ids", ids.data(), 3);
  writer.add("factors", factors.data(), 2, 3);
  const craft::bytes file = craft::file_of(writer);

  REQUIRE(file.size() == 64 + 2 * 192 + 2 * 64);
  CHECK(std::string(reinterpret_cast<const char*>(file.data()), 8) ==
        "\x89"
        "AKIN\r\n\x1a");
  CHECK(get<std::uint32_t>(file, 8) == 1);  // version
  CHECK(get<std::uint64_t>(file, 16) == file.size());
  CHECK(get<std::uint64_t>(file, 24) == 2);  // sections

  CHECK(std::string(reinterpret_cast<const char*>(file.data()) + 64) == "factors");
  CHECK(get<std::uint32_t>(file, 64 + 144) == 7);    // float
  CHECK(get<std::uint64_t>(file, 64 + 152) == 2);    // rows
  CHECK(get<std::uint64_t>(file, 64 + 160) == 3);    // cols
  CHECK(get<std::uint64_t>(file, 64 + 168) == 448);  // offset
  CHECK(get<std::uint64_t>(file, 64 + 176) == 24);   // bytes
  CHECK(std::string(reinterpret_cast<const char*>(file.data()) + 256) == "ids");
  CHECK(get<std::uint64_t>(file, 256 + 168) == 512);

  for (std::size_t i = 0; i < 6; ++i) CHECK(get<float>(file, 448 + 4 * i) == factors[i]);
  for (std::size_t i = 0; i < 3; ++i) CHECK(get<std::int32_t>(file, 512 + 4 * i) == ids[i]);
}

TEST_CASE("equal contents give equal files, in whatever order they were added") {
  model_writer one, two;
  one.add_value("a", 1);
  one.add_value("b", 2.5);
  two.add_value("b", 2.5);
  two.add_value("a", 1);
  const craft::bytes first = craft::file_of(one);
  CHECK(first == craft::file_of(two));
  CHECK(first == craft::file_of(one));
}

TEST_CASE("a file without sections, and sections without elements") {
  model_writer nothing;
  CHECK(craft::file_of(nothing).size() == 64);
  CHECK(craft::read(nothing).names().empty());

  model_writer writer;
  writer.add("empty", static_cast<const double*>(nullptr), 0, 5);
  writer.add_copy("none", static_cast<const float*>(nullptr), 0);
  writer.add_text("text", "");
  const auto reader = craft::read(writer);
  CHECK(reader.array<double>("empty").rows == 0);
  CHECK(reader.array<double>("empty").cols == 5);
  CHECK(reader.array<float>("none").rows == 0);
  CHECK(reader.text("text").empty());
}

TEST_CASE("arrays are read when the file is written, copies when they are added") {
  std::vector<int> kept = {1, 2}, copied = {3, 4};
  model_writer writer;
  writer.add("kept", std::span<const int>(kept));
  writer.add_copy("copied", copied.data(), 2);
  kept[0] = 10;
  copied[0] = 30;
  const auto reader = craft::read(writer);
  CHECK(reader.array<int>("kept").data[0] == 10);
  CHECK(reader.array<int>("copied").data[0] == 3);
}

TEST_CASE("names and shapes that no file can hold are refused") {
  model_writer writer;
  const auto refusal = [&](std::string_view name) {
    return craft::message<std::invalid_argument>([&] { writer.add_value(name, 1); });
  };
  CHECK(contains(refusal(""), "1 to 143 printable ASCII"));
  CHECK(contains(refusal("two words"), "got two words"));
  CHECK(contains(refusal("caf\xc3\xa9"), "ASCII"));
  CHECK(contains(refusal(std::string(144, 'x')), "1 to 143"));
  CHECK(refusal(std::string(143, 'x')) == "nothing");
  CHECK(craft::read(writer).value<int>(std::string(143, 'x')) == 1);

  const double number = 1;
  const auto misshaped = [&](std::int64_t rows, std::int64_t cols) {
    return craft::message<std::invalid_argument>([&] { writer.add("odd", &number, rows, cols); });
  };
  CHECK(contains(misshaped(-1, 1), "got -1 x 1"));
  CHECK(contains(misshaped(1, -1), "section odd"));
  CHECK(contains(misshaped(std::numeric_limits<std::int64_t>::max(), 1), "must be sizes of an array"));
  CHECK(contains(misshaped(std::int64_t{1} << 32, std::int64_t{1} << 32), "must be sizes of an array"));
}

TEST_CASE("a name is given once") {
  model_writer writer;
  writer.add_value("part.a", 1);
  writer.scope("part").add_value("a", 2);
  CHECK(contains(craft::message<std::invalid_argument>([&] { craft::file_of(writer); }), "must differ, got part.a"));
}

TEST_CASE("a scope adds to the same file") {
  model_writer writer;
  {
    model_writer inner = writer.scope("left").scope("item");
    inner.add_value("k", 5);
  }
  writer.add_value("k", 6);
  const auto reader = craft::read(writer);
  CHECK(reader.value<int>("left.item.k") == 5);
  CHECK(reader.scope("left").scope("item").value<int>("k") == 5);
  CHECK(reader.value<int>("k") == 6);
  CHECK(reader.names() == std::vector<std::string_view>{"k", "left.item.k"});
}
