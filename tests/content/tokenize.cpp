#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/content/tokenize.hpp>

#include "support/catch.hpp"

using Catch::Matchers::Message;
using words = std::vector<std::string>;

namespace {

words split(std::string_view text) {
  const auto tokens = akin::tokenize(text);
  words result(tokens.begin(), tokens.end()), streamed;
  std::string buffer;
  akin::for_each_token(text, buffer, [&](std::string_view token) { streamed.emplace_back(token); });
  CHECK(result == streamed);
  CHECK(result.size() == tokens.size());
  return result;
}

}  // namespace

TEST_CASE("words of ASCII") {
  CHECK(split("Red MUG, 12cm (white)") == words{"red", "mug", "12cm", "white"});
  CHECK(split("don't  stop_me-now") == words{"don", "t", "stop", "me", "now"});
  CHECK(split("x") == words{"x"});
  CHECK(split("").empty());
  CHECK(split(" \t.,!\n").empty());
  CHECK(split(std::string_view("a\0b", 3)) == words{"a", "b"});
}

TEST_CASE("cases are folded, letter by letter") {
  CHECK(split("ÀÉÎ Ñandú") == words{"àéî", "ñandú"});
  CHECK(split("ΣΊΣΥΦΟΣ σίσυφος") == words{"σίσυφοσ", "σίσυφοσ"});
  CHECK(split("МОСКВА Ёлка") == words{"москва", "ёлка"});
  CHECK(split("STRAẞE straße") == words{"straße", "straße"});
  CHECK(split("Ǆ ǅ ǆ") == words{"ǆ", "ǆ", "ǆ"});
  CHECK(split("İ") == words{"İ"});         // its folding is two characters
  CHECK(split("K Å") == words{"k", "å"});  // Kelvin, Angstrom
  CHECK(split("Ⱥ𐐀Ａ") == words{"ⱥ𐐨ａ"});   // two bytes become three
  std::string grows;
  for (int i = 0; i < 100; ++i) grows += "Ⱥ";
  CHECK(split(grows)[0].size() == 300);
}

TEST_CASE("Han in pairs, kana and hangul") {
  CHECK(split("苹果手机 iPhone15, Café!") == words{"苹果", "果手", "手机", "iphone15", "café"});
  CHECK(split("好") == words{"好"});
  CHECK(split("很好。") == words{"很好"});
  CHECK(split("买iPhone手机壳") == words{"买", "iphone", "手机", "机壳"});
  CHECK(split("人々 二〇一〇 𠀀𠀁𠀂") == words{"人々", "二〇", "〇一", "一〇", "𠀀𠀁", "𠀁𠀂"});
  CHECK(split("東京タワーへようこそ") == words{"東京", "タワー", "へよ", "よう", "うこ", "こそ"});
  CHECK(split("らーめん ラーメン ﾗｰﾒﾝ") == words{"らー", "ーめ", "めん", "ラーメン", "ﾗｰﾒﾝ"});
  CHECK(split("서울 특별시") == words{"서울", "특별시"});
  CHECK(split("สวัสดี नमस्ते") == words{"สวัสดี", "नमस्ते"});
}

TEST_CASE("marks belong to what is before them") {
  CHECK(split("cafe\u0301 e\u0301") == words{"cafe\u0301", "e\u0301"});
  CHECK(split("\u0301") == words{});
  CHECK(split("\u2764\ufe0f ok") == words{"ok"});                       // a heart is no letter
  CHECK(split("葛\U000E0100飾区") == words{"葛\U000E0100飾", "飾区"});  // a variant of a Han character
}

TEST_CASE("format characters are no boundary, and a word is the same with and without them") {
  CHECK(split("co\u00ADoperate cooperate") == words{"cooperate", "cooperate"});
  CHECK(split("\u0DC1\u0DCA\u200D\u0DBB\u0DD3 \u0DBD\u0D82\u0D9A\u0DCF") ==
        words{"\u0DC1\u0DCA\u0DBB\u0DD3", "\u0DBD\u0D82\u0D9A\u0DCF"});  // Sri Lanka
  CHECK(split("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645") ==
        words{"\u0645\u06CC\u062E\u0648\u0627\u0647\u0645"});
  CHECK(split("苹\u2060果手") == words{"苹果", "果手"});
  CHECK(split("ra\u00ADÉ e\u200D\u0301") == words{"raé", "e\u0301"});
  CHECK(split("\uFEFFfirst \u200Fsecond\u200E, \u00AD") == words{"first", "second"});
  CHECK(split("ab\u200Bcd") == words{"ab", "cd"});  // a zero-width space
  for (const char* format :
       {"\u00AD",     "\u0600",     "\u061C",     "\u06DD",    "\u070F",     "\u08E2",     "\u180E",
        "\u200C",     "\u200D",     "\u200E",     "\u202A",    "\u202E",     "\u2060",     "\u2064",
        "\u2066",     "\u206F",     "\uFEFF",     "\uFFF9",    "\U000110BD", "\U00013430", "\U0001BCA0",
        "\U0001D173", "\U000E0001", "\U000E0020", "\U000E007F"}) {
    CAPTURE(format);
    CHECK(split(std::string("Ab") + format + "cd") == words{"abcd"});
  }
}

TEST_CASE("what is no UTF-8 is refused with its offset") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\xff\xfe", "0xFF at offset 0"},         {"ab\x80", "0x80 at offset 2"},
      {"\xc0\xaf", "0xC0 at offset 0"},          // overlong
      {"a\xc1\xbf", "0xC1 at offset 1"},         // overlong
      {"\xe0\x9f\xbf", "0xE0 at offset 0"},      // overlong
      {"\xf0\x8f\xbf\xbf", "0xF0 at offset 0"},  // overlong
      {"好\xed\xa0\x80", "0xED at offset 3"},    // a surrogate
      {"\xed\xbf\xbf", "0xED at offset 0"},      // a surrogate
      {"\xf4\x90\x80\x80", "0xF4 at offset 0"},  // beyond U+10FFFF
      {"\xf5\x80\x80\x80", "0xF5 at offset 0"},  // beyond U+10FFFF
      {"caf\xc3", "0xC3 at offset 3"},           // cut off
      {"\xe8\x8b", "0xE8 at offset 0"},          // cut off
      {"x \xc3(", "0xC3 at offset 2"},           // not continued
      {"\xf0\x9f\x98 ", "0xF0 at offset 0"},     // not continued
  };
  for (const auto& [text, where] : cases) {
    CAPTURE(where);
    CHECK_THROWS_MATCHES(akin::tokenize(text), akin::format_error,
                         Message("tokenize: text must be UTF-8, got byte " + where));
    std::string buffer;
    CHECK_THROWS_AS(akin::for_each_token(text, buffer, [](std::string_view) {}), akin::format_error);
  }
  CHECK(split("\xf4\x8f\xbf\xbf \xee\x80\x80 \xed\x9f\xbb") == words{"\xed\x9f\xbb"});  // the last ones that are
}

TEST_CASE("tokens are copied and moved whole") {
  auto first = akin::tokenize("Ab");
  const akin::tokens copy = first;
  const akin::tokens moved = std::move(first);
  CHECK((copy[0] == "ab" && moved[0] == "ab"));
  CHECK(akin::tokens().empty());
}

TEST_CASE("any bytes are words or a format_error, and words are whole") {
  std::uint64_t state = 42;
  const auto draw = [&](std::size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state >> 33) % bound);
  };
  const std::vector<std::string> pieces = {"a",  "Z",      " ",      "é", "Ⱥ",    "手",   "め",
                                           "タ", "\u0301", "\u200d", "𐐀", "\xe6", "\x80", "\xf0\x9f"};
  int refused = 0;
  for (int turn = 0; turn < 3000; ++turn) {
    std::string text;
    const std::size_t valid = turn % 2 == 0 ? pieces.size() - 3 : pieces.size();
    for (std::size_t n = draw(20); n > 0; --n) text += pieces[draw(valid)];
    try {
      for (const std::string& word : split(text)) CHECK(split(word) == words{word});
    } catch (const akin::format_error&) {
      ++refused;
      CHECK(turn % 2 == 1);
    }
  }
  CHECK((refused > 500 && refused < 1500));
}
