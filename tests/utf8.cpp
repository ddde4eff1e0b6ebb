#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <akin/utf8.hpp>

#include "support/catch.hpp"

namespace detail = akin::detail;

TEST_CASE("each character comes back from its bytes") {
  std::size_t wrong = 0;
  for (std::uint32_t character = 0; character <= 0x10FFFF; ++character) {
    if (character == 0xD800) character = 0xE000;  // surrogates are no characters
    char bytes[4];
    const auto size = static_cast<std::size_t>(detail::encode_utf8(character, bytes) - bytes);
    const std::size_t expected = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    const auto back = detail::decode_utf8({bytes, size}, 0);
    wrong += size != expected || back.bytes != size || back.character != character;
  }
  CHECK(wrong == 0);
}

TEST_CASE("what is no UTF-8 has no bytes") {
  const std::string_view overlong = "\xC0\xAF", surrogate = "\xED\xA0\x80", beyond = "\xF4\x90\x80\x80",
                         cut = "\xE2\x82", lone = "\x80", broken = "\xC3(";
  for (const auto text : {overlong, surrogate, beyond, cut, lone, broken})
    CHECK(detail::decode_utf8(text, 0).bytes == 0);
  CHECK(detail::decode_utf8("a\xC3\xA9", 1).character == 0xE9);
}
