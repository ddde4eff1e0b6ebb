#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

#include <akin/data/csv.hpp>
#include <akin/data/detail/csv_scanner.hpp>
#include <akin/data/detail/find_separator.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

namespace {

using table = std::vector<std::vector<std::string>>;

/// All records, the first line too.
table records(std::string_view text, char separator = ',', char escape = 0) {
  akin::detail::csv_scanner scanner(input(text), separator, escape);
  std::vector<akin::detail::csv_field> fields;
  table result;
  while (scanner.next(fields, 100)) {
    result.emplace_back();
    for (const auto& field : fields) result.back().emplace_back(scanner.text_of(field));
  }
  return result;
}

std::string refusal(std::string_view text, char separator = ',', char escape = 0) {
  return message([&] { return records(text, separator, escape); });
}

/// Column b of a table with columns a and b.
std::vector<std::string> column_b(std::string_view text, const akin::csv_format& format = {},
                                  const char* name = "log.csv") {
  return akin::detail::read_columns(input(text, name), {"b"}, format)[0];
}

}  // namespace

TEST_CASE("fields and lines") {
  CHECK(records("a,b\n1,2\n") == table{{"a", "b"}, {"1", "2"}});
  CHECK(records("a,b\r\n1,2") == table{{"a", "b"}, {"1", "2"}});
  CHECK(records("a,\n,b\n,\n") == table{{"a", ""}, {"", "b"}, {"", ""}});
  CHECK(records("a,") == table{{"a", ""}});
  CHECK(records("a") == table{{"a"}});
  CHECK(records("").empty());
  CHECK(records("\n\r\n\n").empty());
  CHECK(records("a\n\n\r\nb\n\n") == table{{"a"}, {"b"}});
  CHECK(records("\xEF\xBB\xBF"
                "a,b\n") == table{{"a", "b"}});
  CHECK(records("a\tb c\t\n", '\t') == table{{"a", "b c", ""}});
  CHECK(records("a;b,c\n", ';') == table{{"a", "b,c"}});
  CHECK(records(" a , b \n") == table{{" a ", " b "}});
  CHECK(records("\x01\x02\t\v\f,\x0e\x1f\x7f\n") == table{{"\x01\x02\t\v\f", "\x0e\x1f\x7f"}});
  CHECK(records("苹果,Größe\n") == table{{"苹果", "Größe"}});
}

TEST_CASE("quotes") {
  CHECK(records("\"a\",\"\"\n") == table{{"a", ""}});
  CHECK(records("\"a,b\"\n") == table{{"a,b"}});
  CHECK(records("\"a\nb\r\nc\",d\r\ne") == table{{"a\nb\r\nc", "d"}, {"e"}});
  CHECK(records("\"he said \"\"no\"\"\"\n") == table{{"he said \"no\""}});
  CHECK(records("\"\"\"\"") == table{{"\""}});
  CHECK(records("\"\"\"\"\"\",x") == table{{"\"\"", "x"}});
  CHECK(records("5\" pipe,a\"\n") == table{{"5\" pipe", "a\""}});
  CHECK(records("\"a\r\"\n") == table{{"a\r"}});
}

TEST_CASE("what is no table is refused with its place") {
  using namespace std::string_literals;
  CHECK(refusal("a,b\nc,\"d\ne\n") == "log.csv:2:2: the quote that opens here must be closed");
  CHECK(refusal("\"") == "log.csv:1:1: the quote that opens here must be closed");
  CHECK(refusal("\"\"\"") == "log.csv:1:1: the quote that opens here must be closed");
  CHECK(refusal("\"a\nb\"c\n") ==
        "log.csv:2:1: a closing quote must end the field; quotes inside are doubled, or escaped where escape is set");
  CHECK(refusal("\"a\" ,b\n") ==
        "log.csv:1:1: a closing quote must end the field; quotes inside are doubled, or escaped where escape is set");
  CHECK(refusal("a\nb,c\0d\n"s) == "log.csv:2:2: the text must not hold NUL bytes");
  CHECK(refusal("a\n\"\0\"\n"s) == "log.csv:2:1: the text must not hold NUL bytes");
  CHECK(refusal("a\rb\r") == "log.csv:1:1: a carriage return must be followed by a line feed");
  CHECK(refusal("a,b\r") == "log.csv:1:2: a carriage return must be followed by a line feed");
  CHECK(refusal("\xFF\xFE"
                "a\0"s) == "log.csv:1: the file must be text in UTF-8, it is UTF-16");
}

TEST_CASE("escape characters") {
  const auto read = [](std::string_view text) { return records(text, ',', '\\'); };
  CHECK(read("\"a\\\"b\",c\n") == table{{"a\"b", "c"}});
  CHECK(read("\"\\\"\",\"\\\\\"\n") == table{{"\"", "\\"}});
  CHECK(read("\"a\"\"b\\\"\"\"c\"\n") == table{{"a\"b\"\"c"}});
  CHECK(read("a\\,b,5\" x\n") == table{{"a,b", "5\" x"}});
  CHECK(read("\\\"a\"\"b,\\\\\n") == table{{"\"a\"\"b", "\\"}});
  CHECK(read("a\\\nb,c\nd,\\n\n") == table{{"a\nb", "c"}, {"d", "n"}});
  CHECK(read("a\\\r\nb,\"\\\r\n\"\r\n") == table{{"a\r\nb", "\r\n"}});
  CHECK(records("a\\,b\n") == table{{"a\\", "b"}});
  CHECK(refusal("a,b\\", ',', '\\') == "log.csv:1:2: a character must follow the escape character");
  CHECK(refusal("\"b\\\"\n", ',', '\\') == "log.csv:1:1: the quote that opens here must be closed");
  CHECK(refusal("\"b\" c\n", ',', '\\') ==
        "log.csv:1:1: a closing quote must end the field; quotes inside are doubled or escaped");
  CHECK(refusal("a\\\nb\n\"c\n", ',', '\\') == "log.csv:3:1: the quote that opens here must be closed");
  CHECK(refusal(std::string_view("a\\\0b\n", 5), ',', '\\') == "log.csv:1:1: the text must not hold NUL bytes");
  CHECK(refusal("a\\b\rc\n", ',', '\\') == "log.csv:1:1: a carriage return must be followed by a line feed");
}

TEST_CASE("files that are no text are named") {
  using namespace std::string_literals;
  const auto what = [](std::string_view text) {
    const std::string said = message([&] { return column_b(text, {}, "purchases.csv.gz"); });
    CHECK(said.starts_with("purchases.csv.gz:1: the file must be text in UTF-8, it is "));
    return said.substr(said.find("it is ") + 6);
  };
  CHECK(what("\x1F\x8B\x08\x00\n") == "compressed with gzip, decompress it first");
  CHECK(what("\xFD\x37zXZ\0\0"s) == "compressed with xz, decompress it first");
  CHECK(what("\x28\xB5\x2F\xFD,") == "compressed with zstd, decompress it first");
  CHECK(what("BZh91AY&SY,b") == "compressed with bzip2, decompress it first");
  CHECK(what("PK\x03\x04,b\n") == "a zip archive or an Excel workbook, unpack or export it first");
  CHECK(what("PAR1\x15\x04") == "a Parquet file, export it as CSV first");
  CHECK(what("\xFF\xFE"
             "a\0"s) == "UTF-16");
  CHECK(what("\xFF\xFE\0\0a\0\0\0"s) == "UTF-32");
  CHECK(what("a\0,\0b\0"s) == "UTF-16");
  CHECK(what("\0a\0,\0b"s) == "UTF-16");
  CHECK(column_b("BZh9,b\n1,2\n")[0] == "2");
  CHECK(column_b("PAR1,b\n1,2\n")[0] == "2");
}

TEST_CASE("no message holds bytes that are no text") {
  CHECK(akin::detail::shown("Gr\xF6\xDF"
                            "e") == "\"Gr\\xf6\\xdfe\"");
  CHECK(akin::detail::shown("\xE8\x8B") == "\"\\xe8\\x8b\"");
  CHECK(akin::detail::shown("\xC0\xAF\xF5") == "\"\\xc0\\xaf\\xf5\"");
  CHECK(akin::detail::shown("\xE8\x8B\xB9 \xF0\x9F\x8D\x8E") == "\"\xE8\x8B\xB9 \xF0\x9F\x8D\x8E\"");
  CHECK(message([] {
          return column_b(
              "a,gr\xF6\xDF"
              "e\n");
        }) == "log.csv:1: there must be a column \"b\", the columns are \"a\", \"gr\\xf6\\xdfe\"");
}

TEST_CASE("delimiters are found wherever they lie") {
  for (const char separator : {',', '\t', ';', '\x7F'}) {
    for (std::size_t length = 0; length < 40; ++length) {
      for (std::size_t where = 0; where <= length; ++where) {
        // Bytes around the delimiter that a sloppy comparison of eight at a time would take for one.
        std::string text(length, separator == '\t' ? ' ' : static_cast<char>(separator + 1));
        for (std::size_t i = 0; i < length; i += 3) text[i] = '\x80';
        for (std::size_t i = 1; i < length; i += 3) text[i] = '\x0E';
        if (where < length) text[where] = where % 2 ? '\n' : separator;
        const char* const found = akin::detail::find_delimiter(text.data(), text.data() + length, separator);
        if (found != text.data() + where) FAIL("length " << length << ", place " << where);
      }
    }
  }
}

TEST_CASE("tables survive being written and read") {
  constexpr std::uint64_t seed = 5;
  CAPTURE(seed);
  std::uint64_t state = seed;
  const auto next = [&](std::uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  constexpr std::string_view alphabet = "ab,\"\n\r\t ;\x80";
  for (int round = 0; round < 300; ++round) {
    const std::size_t columns = 1 + next(4);
    table expected;
    std::string text;
    for (std::size_t row = 0, rows = next(6); row < rows; ++row) {
      expected.emplace_back();
      for (std::size_t column = 0; column < columns; ++column) {
        std::string field;
        for (std::size_t i = next(12); i > 0; --i) field += alphabet[next(alphabet.size())];
        expected.back().push_back(field);
        text += column == 0 ? "\"" : ",\"";
        for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
        text += '"';
      }
      text += next(2) == 0 ? "\n" : "\r\n";
    }
    if (records(text) != expected) FAIL("round " << round << ": " << text);
  }
}

TEST_CASE("columns are found by name") {
  CHECK(column_b("a,b,c\n1,2,3\n4,5,6\n") == std::vector<std::string>{"2", "5"});
  CHECK(column_b("b\nx\n\ny") == std::vector<std::string>{"x", "y"});
  CHECK(column_b("a,\"b\"\n1,\"2,\"\"3\"\"\"\n") == std::vector<std::string>{"2,\"3\""});
  CHECK(column_b("a,b\n").empty());
  CHECK(message([] { return column_b("a,c,d e\n1,2,3\n"); }) ==
        "log.csv:1: there must be a column \"b\", the columns are \"a\", \"c\", \"d e\"");
  CHECK(message([] { return column_b("b,a,b\n"); }) ==
        "log.csv:1: the name of the column \"b\" must come once, the columns are \"b\", \"a\", \"b\"");
  CHECK(message([] { return column_b(""); }) ==
        "log.csv:1: the file is empty, a line with the names of the columns must come first");
  CHECK(message([] { return column_b("\n\n", {.header = false}); }) == "log.csv:1: the file is empty");
  CHECK(message([] { return column_b("a,b\n1,2\n3\n"); }) == "log.csv:3:1: a line must have 2 fields, this one has 1");
  CHECK(message([] { return column_b("a,b\n1,\"2\n\"\n3,4,5\n"); }) ==
        "log.csv:4:3: a line must have 2 fields, this one has more");
  const auto second = akin::detail::read_columns(input("1,2\n3,4\n"), {"2"}, {.header = false})[0];
  CHECK(second == std::vector<std::string>{"2", "4"});
  CHECK(message([] { return akin::detail::read_columns(input("1,2\n"), {"b"}, {.header = false}); }) ==
        "log.csv:1: there must be a column \"b\", the columns are \"1\", \"2\"");
}

TEST_CASE("a long list of columns is cut, a long text too") {
  std::string header = "c0";
  for (int i = 1; i < 1000; ++i) header += ",c" + std::to_string(i);
  const std::string text = message([&] { return column_b(header); });
  CHECK(text.size() < 1000);
  CHECK(text.ends_with("\"c49\", ..."));
  CHECK(akin::detail::shown(std::string(100, 'x')) == akin::detail::sentence('"', std::string(40, 'x'), "...\""));
  CHECK(akin::detail::shown("a\nb\x7F") == "\"a\\x0ab\\x7f\"");
  CHECK(akin::detail::shown(akin::detail::sentence(std::string(39, 'x'), "\xE8\x8B\xB9")) ==
        akin::detail::sentence('"', std::string(39, 'x'), "...\""));
}

TEST_CASE("the separator comes from the name or the first lines") {
  const auto one = std::vector<std::string>{"2"};
  CHECK(column_b("a\tb\n1\t2\n", {}, "log.tsv") == one);
  CHECK(column_b("a\tb\n1\t2\n") == one);
  CHECK(column_b("a;b\n1;2\n") == one);
  CHECK(column_b("a|b\r\n1|2\r\n") == one);
  CHECK(column_b("\xEF\xBB\xBF\r\n\na;b\n\n1;2") == one);
  CHECK(column_b("a;b\n1,5;2\n") == one);
  CHECK(column_b("x,b\n1,2\n2,\"3;4|5\"\n")[0] == "2");
  CHECK(column_b("\"a,x\";b\n1;2\n") == one);
  CHECK(column_b("a;x,b\n1;0,2\n", {.separator = ','}) == one);
  CHECK(column_b("a:b\n1:2\n", {.separator = ':'}) == one);
  CHECK(column_b("a;b\nx\\;\\\"y,z;2\n", {.escape = '\\'}) == one);
}

TEST_CASE("a separator that may be another is asked for") {
  const auto asked = [](std::string_view text) { return message([&] { return column_b(text); }); };
  const std::string sentence = "log.csv:1: the separator must be given, it may be the ";
  CHECK(asked("a;x,b\n1;0,2\n") == sentence + "comma or the semicolon");
  CHECK(asked("a|x\tb\n1|0\t2\n") == sentence + "tab or the bar");
  CHECK(asked("a;b,c\n1\n") == sentence + "comma or the semicolon");
}

TEST_CASE("only the first lines are looked at") {
  // The last line would tell that the semicolon is text, but files may be large.
  std::string text = "a;x,b\n";
  while (text.size() < 70'000) text += "1;0,2\n";
  CHECK(message([&] { return column_b(text + "1,2\n"); }) ==
        "log.csv:1: the separator must be given, it may be the comma or the semicolon");
  CHECK(column_b(text.substr(0, 600) + "1,2\n").back() == "2");
  CHECK(akin::detail::try_separator("a,b\n\"c,\n\",d\n", ',', 0).is_steady);
  CHECK_FALSE(akin::detail::try_separator("a,b\nc\n", ',', 0).is_steady);
  CHECK_FALSE(akin::detail::try_separator("a\nb,c\n", ',', 0).is_steady);
  CHECK_FALSE(akin::detail::try_separator("", ',', 0).is_steady);
  CHECK(akin::detail::try_separator("a,\"", ',', 0).first == 1);
  CHECK(akin::detail::try_separator("a,b\\", ',', '\\').first == 1);
}

TEST_CASE("a first line names the separator") {
  const auto one = std::vector<std::string>{"2"};
  CHECK(column_b("sep=;\na;b\n1;2\n") == one);
  CHECK(column_b("SEP=|\r\na|b\r\n1|2\r\n", {}, "log.tsv") == one);
  CHECK(column_b("\xEF\xBB\xBFsep=\t\na\tb\n1\t2\n") == one);
  CHECK(column_b("\"sep=;\"\na;b\n1;2\n") == one);
  CHECK(column_b("sep=;\na,b\n1,2\n", {.separator = ','}) == one);
  CHECK(message([] { return column_b("sep=;\na;b\n1\n"); }) ==
        "log.csv:3:1: a line must have 2 fields, this one has 1");
  CHECK(message([] { return column_b("sep=;"); }) ==
        "log.csv:1: the file is empty, a line with the names of the columns must come first");
}

TEST_CASE("marks of a table that contradict themselves") {
  const auto wrong = [](const akin::csv_format& format) {
    return message<std::invalid_argument>([&] { return column_b("a,b\n", format); });
  };
  CHECK(wrong({.separator = '"'}) == "csv_format: separator must not be a quote or a line end");
  CHECK(wrong({.escape = '"'}) == "csv_format: escape must not be a quote or a line end");
  CHECK(wrong({.separator = ',', .escape = ','}) == "csv_format: escape must not be the separator");
}

TEST_CASE("a line of ten megabytes") {
  const std::string wide(10'000'000, 'x');
  CHECK(column_b("a,b\n1," + wide + "\n")[0] == wide);
  CHECK(column_b("a,b\n1,\"" + wide + "\"\n")[0] == wide);
  const std::string commas(10'000'000, ',');
  CHECK(message([&] { return column_b("a,b\n" + commas); }) ==
        "log.csv:2:3: a line must have 2 fields, this one has more");
}

TEST_CASE("files") {
  const folder here;
  write_text(here / "customers.csv", "customer_id,age,country\r\n1,30,Iceland\r\n2,40,\"Korea, Republic of\"\r\n");
  const auto [customers, countries] = akin::read_columns(here / "customers.csv", {"customer_id", "country"});
  CHECK(customers == std::vector<std::string>{"1", "2"});
  CHECK(countries == std::vector<std::string>{"Iceland", "Korea, Republic of"});
  write_text(here / "empty.csv", "");
  CHECK(message([&] {
          return akin::read_columns(here / "empty.csv", {"a"});
        }).ends_with("empty.csv:1: the file is empty, a line with the names of the columns must come first"));
  const std::string none = message<std::runtime_error>([&] { return akin::read_columns(here / "none.csv", {"a"}); });
  CHECK(none.ends_with("none.csv: the file must exist and be readable"));
  CHECK(message<std::runtime_error>([&] {
          return akin::read_columns(here / ".", {"a"});
        }).ends_with("the path must name a file, this is a folder"));
}

#if !defined(_WIN32)
TEST_CASE("a pipe is read to its end") {
  const folder here;
  const auto pipe = here / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string text = "a,b\n";
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + ",x\n";
  std::thread writer([&] { write_text(pipe, text); });
  const auto [numbers] = akin::read_columns(pipe, {"a"});
  writer.join();
  CHECK(numbers.size() == 50'000);
  CHECK(numbers.back() == "49999");
}
#endif

TEST_CASE("the countries of the sample") {
  const auto [customers, countries] =
      akin::read_columns(akin_test::sample_folder() + "/customers.csv", {"customer_id", "country"});
  CHECK(customers.size() == 4334);
  CHECK(customers[1] == "12347");
  CHECK(countries[1] == "Iceland");
}

TEST_CASE("the names of the columns of a file") {
  const folder files;
  write_text(files / "log.csv", "user;\"the; item\"\nann;tea\n");
  CHECK(akin::column_names(files / "log.csv") == std::vector<std::string>{"user", "the; item"});
  CHECK(akin::column_names(files / "log.csv", {.header = false}) == std::vector<std::string>{"1", "2"});
  write_text(files / "empty.csv", "");
  CHECK_THROWS_AS(akin::column_names(files / "empty.csv"), akin::format_error);
}
