#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <akin/io/reader.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"

using akin::detail::file_header;
using akin::detail::model_reader;
using akin::detail::model_writer;
using akin::detail::table_entry;
using craft::contains;

namespace {

enum class colour : std::uint8_t { red, green, blue };

/// Three sections: an array, a text and a value.
craft::bytes small_file() {
  const std::vector<double> numbers = {0.5, -1, 2};
  model_writer writer;
  writer.add("array", numbers.data(), 3, 1);
  writer.add_text("text", "words");
  writer.add_value("value", 64);
  return craft::file_of(writer);
}

/// What is said of small_file() after change(header, entries) and with checksums that match again.
template <class Change>
std::string refusal_after(Change&& change) {
  craft::bytes file = small_file();
  auto header = craft::get<file_header>(file, 0);
  std::vector<table_entry> entries(3);
  std::memcpy(entries.data(), file.data() + sizeof header, 3 * sizeof(table_entry));
  change(header, entries);
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, entries.data(), 3 * sizeof(table_entry));
  craft::seal(file);
  return craft::refusal(file);
}

template <class Function>
std::string refused(Function&& f) {
  return craft::message<akin::format_error>(std::forward<Function>(f));
}

template <class T>
void same_value(T value) {
  model_writer writer;
  writer.add_value("v", value);
  CHECK(craft::read(writer).value<T>("v") == value);
}

}  // namespace

TEST_CASE("values come back as they were") {
  same_value(true);
  same_value(false);
  same_value(colour::blue);
  same_value(std::numeric_limits<int>::min());
  same_value(std::numeric_limits<std::int64_t>::min());
  same_value(std::numeric_limits<std::int64_t>::max());
  same_value(std::numeric_limits<std::uint64_t>::max());
  same_value(std::numeric_limits<std::uint32_t>::max());
  same_value(0.1);
  same_value(0.1f);
  same_value(std::numeric_limits<double>::denorm_min());
  same_value(-std::numeric_limits<float>::infinity());

  model_writer writer;
  writer.add_value("nan", std::bit_cast<double>(0x7ff8000000000123u));
  writer.add_value("zero", -0.0);
  writer.add_text("text", std::string_view("a\0b \xff", 5));
  const model_reader reader = craft::read(writer);
  CHECK(std::bit_cast<std::uint64_t>(reader.value<double>("nan")) == 0x7ff8000000000123u);
  CHECK(std::signbit(reader.value<double>("zero")));
  CHECK(reader.text("text") == std::string_view("a\0b \xff", 5));
}

TEST_CASE("an integer may be read as another type that can hold it") {
  model_writer writer;
  writer.add_value("int", 300);
  writer.add_value("negative", -1);
  writer.add_value("large", std::numeric_limits<std::uint64_t>::max());
  const model_reader reader = craft::read(writer);
  CHECK(reader.value<std::int64_t>("int") == 300);
  CHECK(reader.value<std::size_t>("int") == 300);
  CHECK(contains(refused([&] { return reader.value<std::uint8_t>("int"); }),
                 "holds 300, which is not between 0 and 255"));
  CHECK(contains(refused([&] { return reader.value<std::uint32_t>("negative"); }), "section \"negative\" holds -1"));
  CHECK(contains(refused([&] { return reader.value<int>("large"); }),
                 "holds 18446744073709551615, which is not between"));
}

TEST_CASE("values are checked against the range that the caller gives") {
  model_writer writer;
  writer.add_value("factors", 64);
  writer.add_value("rate", 0.5);
  writer.add_value("nan", std::nan(""));
  writer.add_value("colour", 3);
  writer.add_value("flag", std::uint8_t{1});
  const std::uint8_t two = 2;
  writer.add("two", &two, 1);
  const model_reader reader = craft::read(writer);
  CHECK(reader.value("factors", 1, 64) == 64);
  CHECK(contains(refused([&] { return reader.value("factors", 1, 63); }), "holds 64, which is not between 1 and 63"));
  CHECK(reader.value("rate", 0.0, 0.5) == 0.5);
  CHECK(contains(refused([&] { return reader.value("nan", 0.0, 1.0); }), "\"nan\" holds"));
  CHECK(contains(refused([&] { return reader.value("colour", colour::red, colour::blue); }),
                 "3, which is not between 0 and 2"));
  CHECK(contains(refused([&] { return reader.value<bool>("two"); }), "neither true nor false"));
  CHECK(contains(refused([&] { return reader.value<bool>("flag"); }), "holds uint64 where uint8 is needed"));
}

TEST_CASE("arrays lie in the file, aligned, for as long as the owner is held") {
  std::vector<float> numbers(1000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  model_writer writer;
  writer.add("m", numbers.data(), 100, 10);
  writer.add_text("a", "shifts what comes after it");
  std::shared_ptr<const void> owner;
  akin::rows_view<const float> view;
  {
    const model_reader reader = craft::read(writer);
    view = reader.array<float>("m", 100, 10);
    CHECK(reader.array<float>("m", model_reader::any, 10).data == view.data);
    owner = reader.owner();
  }
  CHECK(reinterpret_cast<std::uintptr_t>(view.data) % 64 == 0);
  CHECK(std::equal(numbers.begin(), numbers.end(), view.data));
  CHECK(view.row(99)[9] == 999);
}

TEST_CASE("sections that are not as asked are named") {
  const model_reader reader = craft::read(small_file());
  CHECK(reader.has("array"));
  CHECK_FALSE(reader.has("arra"));
  CHECK_FALSE(reader.has("array."));
  CHECK(refused([&] { return reader.array<float>("array"); }) ==
        "load: \"m\" is no proper model: section \"array\" holds double where float is needed");
  CHECK(refused([&] { return reader.array<double>("arrays"); }) ==
        "load: \"m\" is no proper model: section \"arrays\" is missing");
  CHECK(contains(refused([&] { return reader.array<double>("array", 3, 2); }), "is 3 x 1 where 3 x 2 is needed"));
  CHECK(contains(refused([&] { return reader.array<double>("array", model_reader::any, 2); }), "any x 2"));
  CHECK(contains(refused([&] { return reader.value<double>("array"); }), "is 3 x 1 where 1 x 1 is needed"));
  CHECK(contains(refused([&] { return reader.value<int>("text"); }), "holds uint8 where int64 is needed"));
  CHECK(contains(refused([&] { return reader.text("value"); }), "holds int64 where uint8 is needed"));
  CHECK(contains(refused([&] { return reader.value<double>("value"); }), "holds int64 where double is needed"));
  CHECK(refused([&] { return reader.scope("p").scope("q").value<int>("k"); }) ==
        "load: \"m\" (part p.q) is no proper model: section \"k\" is missing");
  CHECK(refused([&] { return reader.require(false, "users and items differ"); }) ==
        "load: \"m\" is no proper model: users and items differ");
  CHECK_NOTHROW(reader.require(true, "fine"));
  CHECK(reader.kind().empty());
}

TEST_CASE("a file that is cut off anywhere is truncated") {
  const craft::bytes file = small_file();
  for (std::size_t size = 0; size < file.size(); ++size) {
    CAPTURE(size);
    CHECK(contains(craft::refusal(std::span(file).first(size)), "load: \"m\" is truncated: it has "));
  }
  CHECK(craft::refusal(std::span(file).first(file.size() - 1)) == "load: \"m\" is truncated: it has 831 bytes of 832");
}

TEST_CASE("every changed byte of a file is noticed") {
  craft::bytes file = small_file();
  REQUIRE(craft::refusal(file) == "nothing");
  for (std::size_t i = 0; i < file.size(); ++i) {
    const std::byte original = file[i];
    for (int change = 1; change < 256; ++change) {
      file[i] = original ^ static_cast<std::byte>(change);
      if (craft::refusal(file) == "nothing") FAIL("byte " << i << " changed by " << change << " goes unnoticed");
    }
    file[i] = original;
  }
}

TEST_CASE("damage is told from a foreign file and from a later version") {
  craft::bytes file = small_file();
  const auto with_byte = [&](std::size_t position, unsigned char value) {
    craft::bytes changed = file;
    changed[position] = static_cast<std::byte>(value);
    return craft::refusal(changed);
  };
  CHECK(with_byte(0, 'P') == "load: \"m\" is not a model file of akin");
  CHECK(with_byte(8, 2) == "load: \"m\" is written in version 2 of the format, this akin reads version 1");
  CHECK(contains(with_byte(16, 1), "corrupted: the checksum of its header"));
  CHECK(contains(with_byte(64, 'x'), "corrupted: the checksum of its table"));
  CHECK(contains(with_byte(640, 1), "corrupted: the checksum of section \"array\""));
  CHECK(contains(with_byte(640 + 24, 1), "section \"array\" is not followed by zeros"));
  CHECK(craft::refusal(std::as_bytes(std::span("PK", 2))) == "load: \"m\" is not a model file of akin");
  file.push_back({});
  CHECK(contains(craft::refusal(file), "it has 833 bytes where 832 were written"));
}

TEST_CASE("a table that no writer makes is refused, whatever the checksums say") {
  using entries = std::vector<table_entry>;
  constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  REQUIRE(refusal_after([](file_header&, entries&) {}) == "nothing");
  CHECK(contains(refusal_after([](file_header& h, entries&) { h.section_count = huge; }),
                 "table of 18446744073709551615"));
  CHECK(contains(refusal_after([](file_header& h, entries&) { h.section_count = 5; }), "table of 5 sections"));
  CHECK(contains(refusal_after([](file_header& h, entries&) { h.section_count = 2; }), "not where it should be"));
  CHECK(
      contains(refusal_after([](file_header& h, entries&) { h.section_count = 0; }), "do not end where the file does"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { std::swap(e[0], e[1]); }), "order of names"));
  CHECK(
      contains(refusal_after([](file_header&, entries& e) { std::memcpy(e[1].name, "array", 6); }), "order of names"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[1].name[0] = 0; }), "section 1 has no proper name"));
  CHECK(
      contains(refusal_after([](file_header&, entries& e) { e[1].name[100] = 'x'; }), "section 1 has no proper name"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { std::memset(e[1].name, 'x', 144); }), "no proper name"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[1].name[1] = ' '; }), "no proper name"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].type = 0; }), "no known type"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].type = 9; }), "no known type"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].type = 7; }), "not its rows x cols"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].rows = 4; }), "not its rows x cols"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].rows = 0; }), "not its rows x cols"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].rows = huge; }), "not its rows x cols"));
  // (2^61 + 3) * 8 bytes are 24 when 64 bits overflow.
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].rows = (std::uint64_t{1} << 61) + 3; }),
                 "rows x cols"));
  CHECK(
      contains(refusal_after([](file_header&, entries& e) { e[0].size = e[0].rows = 0, e[0].cols = huge; }), "x cols"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].size = huge; }), "does not end within"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[2].size = 65; }), "does not end within"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[0].offset += 8; }), "not where it should be"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[2].offset = e[1].offset; }), "not where it should be"));
  CHECK(contains(refusal_after([](file_header&, entries& e) { e[1].offset = huge; }), "not where it should be"));
  CHECK(contains(refusal_after([](file_header& h, entries&) { h.file_size = huge; }), "truncated"));
  CHECK(contains(refusal_after([](file_header& h, entries&) { h.file_size = 64; }), "832 bytes where 64"));
}
