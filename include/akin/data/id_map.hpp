/// @file
/// Names of users and items as dense numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Up to eight bytes as one number; different texts of one length give different numbers.
std::uint64_t load_up_to_8(const char* bytes, std::size_t size) noexcept;

/// A bijection in which each bit of x affects all bits of the result.
std::uint64_t mix_bits(std::uint64_t x) noexcept;

/// The key that a table compares before the name itself: for names of up to eight bytes, `word` and `length` are the
/// name; for longer ones, `word` is a hash. Depends on the machine's byte order and is never stored.
struct name_key {
  std::uint64_t word = 0;
  std::uint32_t length = 0;

  explicit name_key(std::string_view name) noexcept;

  std::uint64_t hash() const noexcept { return mix_bits(word + length * 0x9E3779B97F4A7C15u); }
};

}  // namespace detail

/// Names (any bytes, any length, the empty name too) numbered 0, 1, 2, … in the order of their first insertion. A
/// lookup takes O(length) on average and allocates nothing; memory is the text plus 32 to 56 bytes a name.
class id_map {
 public:
  id_map() noexcept = default;

  /// From the arrays of text() and offsets(), as a file kept them; throws format_error unless the offsets begin
  /// with 0, do not descend, end with the size of the text, and the names are distinct. O(text).
  id_map(std::span<const char> text, std::span<const std::int64_t> offsets);

  /// The number of names.
  std::size_t size() const noexcept { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  bool empty() const noexcept { return size() == 0; }

  /// The id of a name, if it has one.
  std::optional<std::int32_t> index_of(std::string_view name) const noexcept;

  bool contains(std::string_view name) const noexcept { return index_of(name).has_value(); }

  /// The name of an id, valid until the next insertion; throws std::out_of_range if there is none.
  std::string_view name_of(std::int32_t id) const;

  /// The id of a name, a new one if it has none yet; throws std::length_error beyond 2^31 - 1 names.
  std::int32_t insert(std::string_view name);

  /// All names one after the other.
  std::span<const char> text() const noexcept { return text_; }
  /// size() + 1 positions in text(): the name of id i goes from offsets()[i] to offsets()[i + 1].
  std::span<const std::int64_t> offsets() const noexcept;

  /// True if the first names are those of `start`, in the same order.
  bool starts_with(const id_map& start) const noexcept;

  /// True if both have the same names in the same order.
  friend bool operator==(const id_map& a, const id_map& b) noexcept { return a.size() == b.size() && a.starts_with(b); }

 private:
  // The key beside the id: a lookup of a short name reads only its slot, of a long one also the text, and only if the
  // name is almost certainly there.
  struct slot {
    std::uint64_t word = 0;
    std::uint32_t length = 0;
    std::int32_t id = -1;
  };

  static constexpr std::int64_t zero_ = 0;
  static constexpr std::size_t maximum_size_ = std::numeric_limits<std::int32_t>::max();

  /// A power of two that leaves a third of the table free with `names` names and one more.
  static std::size_t slots_for(std::size_t names) noexcept;
  static bool is_crowded(std::size_t slots, std::size_t names) noexcept { return slots / 3 * 2 <= names; }

  std::string_view name_at(std::size_t id) const noexcept;

  /// The slot that holds the name, or the free slot where it belongs.
  std::size_t find(std::string_view name, const detail::name_key& key) const noexcept;

  std::int32_t append(std::string_view name, const detail::name_key& key, std::size_t position);

  void check_offsets() const;

  /// A table of `count` slots with all names; throws format_error if a name occurs twice.
  void rebuild_slots(std::size_t count);

  std::string text_;
  std::vector<std::int64_t> offsets_;
  std::vector<slot> slots_;
};

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::uint64_t load_up_to_8(const char* bytes, std::size_t size) noexcept {
  if (size >= 4) {
    std::uint32_t first = 0, last = 0;
    std::memcpy(&first, bytes, 4);
    std::memcpy(&last, bytes + size - 4, 4);
    return std::uint64_t{first} << 32 | last;
  }
  if (size == 0) return 0;
  const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])}; };
  return byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
}

AKIN_INLINE std::uint64_t mix_bits(std::uint64_t x) noexcept {
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93u;
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93u;
  return x ^ (x >> 32);
}

AKIN_INLINE name_key::name_key(std::string_view name) noexcept
    : length(static_cast<std::uint32_t>(std::min<std::size_t>(name.size(), 0xFFFFFFFFu))) {
  const char* bytes = name.data();
  std::size_t left = name.size();
  for (; left > 8; bytes += 8, left -= 8) {
    std::uint64_t next = 0;
    std::memcpy(&next, bytes, 8);
    word = mix_bits(word ^ next);
  }
  word ^= load_up_to_8(bytes, left);
}

}  // namespace detail

AKIN_INLINE id_map::id_map(std::span<const char> text, std::span<const std::int64_t> offsets)
    : text_(text.data(), text.size()), offsets_(offsets.begin(), offsets.end()) {
  check_offsets();
  rebuild_slots(slots_for(size()));
}

AKIN_INLINE std::optional<std::int32_t> id_map::index_of(std::string_view name) const noexcept {
  if (slots_.empty()) return std::nullopt;
  const std::int32_t id = slots_[find(name, detail::name_key(name))].id;
  return id < 0 ? std::nullopt : std::optional<std::int32_t>(id);
}

AKIN_INLINE std::string_view id_map::name_of(std::int32_t id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= size())
    detail::fail<std::out_of_range>("id_map::name_of: id must be one of the map's ", size(), " ids, got ", id);
  return name_at(static_cast<std::size_t>(id));
}

AKIN_INLINE std::int32_t id_map::insert(std::string_view name) {
  if (slots_.empty()) rebuild_slots(slots_for(0));
  const detail::name_key key(name);
  const std::size_t position = find(name, key);
  return slots_[position].id >= 0 ? slots_[position].id : append(name, key, position);
}

AKIN_INLINE std::span<const std::int64_t> id_map::offsets() const noexcept {
  return offsets_.empty() ? std::span<const std::int64_t>(&zero_, 1) : std::span<const std::int64_t>(offsets_);
}

AKIN_INLINE bool id_map::starts_with(const id_map& start) const noexcept {
  const auto x = offsets(), y = start.offsets();
  return y.size() <= x.size() && text_.starts_with(start.text_) && std::memcmp(x.data(), y.data(), y.size_bytes()) == 0;
}

AKIN_INLINE std::size_t id_map::slots_for(std::size_t names) noexcept {
  std::size_t count = 16;
  while (is_crowded(count, names)) count *= 2;
  return count;
}

AKIN_INLINE std::string_view id_map::name_at(std::size_t id) const noexcept {
  const auto begin = static_cast<std::size_t>(offsets_[id]), end = static_cast<std::size_t>(offsets_[id + 1]);
  return {text_.data() + begin, end - begin};
}

AKIN_INLINE std::size_t id_map::find(std::string_view name, const detail::name_key& key) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t position = key.hash() & mask;; position = (position + 1) & mask) {
    const slot& candidate = slots_[position];
    if (candidate.id < 0) return position;
    if (candidate.word != key.word || candidate.length != key.length) continue;
    if (name.size() <= 8 || name_at(static_cast<std::size_t>(candidate.id)) == name) return position;
  }
}

AKIN_NOINLINE AKIN_INLINE std::int32_t id_map::append(std::string_view name, const detail::name_key& key,
                                                      std::size_t position) {
  const std::size_t id = size();
  if (id == maximum_size_)
    detail::fail<std::length_error>("id_map::insert: names must not be more than ", maximum_size_);
  if (is_crowded(slots_.size(), id)) {
    rebuild_slots(slots_for(id));
    position = find(name, key);
  }
  // Everything that can throw is before the first change of the map, so that a failed insertion changes nothing.
  if (offsets_.size() + 2 > offsets_.capacity()) offsets_.reserve(2 * offsets_.size() + 16);
  text_.append(name);
  if (offsets_.empty()) offsets_.push_back(0);
  offsets_.push_back(std::ssize(text_));
  slots_[position] = {key.word, key.length, static_cast<std::int32_t>(id)};
  return static_cast<std::int32_t>(id);
}

AKIN_INLINE void id_map::check_offsets() const {
  const auto require_that = [](bool ok, const char* rule) {
    if (!ok) detail::fail<format_error>("id_map: ", rule);
  };
  require_that(!offsets_.empty() && offsets_.front() == 0, "offsets must begin with 0");
  require_that(size() <= maximum_size_, "names must not be more than 2147483647");
  for (std::size_t i = 0; i + 1 < offsets_.size(); ++i)
    require_that(offsets_[i] <= offsets_[i + 1], "offsets must not descend");
  require_that(static_cast<std::uint64_t>(offsets_.back()) == text_.size(), "offsets must end with the text's size");
}

AKIN_INLINE void id_map::rebuild_slots(std::size_t count) {
  std::vector<slot> old(count);
  old.swap(slots_);
  for (std::size_t id = 0; id < size(); ++id) {
    const detail::name_key key(name_at(id));
    const std::size_t position = find(name_at(id), key);
    if (slots_[position].id >= 0)
      detail::fail<format_error>("id_map: names must be distinct, ids ", slots_[position].id, " and ", id,
                                 " have the same");
    slots_[position] = {key.word, key.length, static_cast<std::int32_t>(id)};
  }
}

}  // namespace akin::inline AKIN_ABI
#endif
