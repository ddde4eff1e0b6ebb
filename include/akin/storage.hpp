/// @file
/// Memory of arrays: owned and aligned for SIMD, or part of a mapping that it keeps alive.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Cache lines and the widest vector are 64 bytes.
inline constexpr std::size_t storage_alignment = 64;

/// The product of two sizes; throws std::length_error if it is negative or does not fit.
inline std::int64_t checked_product(std::int64_t a, std::int64_t b) {
  if (a < 0 || b < 0 || (b != 0 && a > std::numeric_limits<std::int64_t>::max() / b))
    fail<std::length_error>("akin: an array of ", a, " x ", b, " elements is too large");
  return a * b;
}

/// Gives aligned memory back.
struct release_aligned {
  void operator()(void* memory) const noexcept { ::operator delete (memory, std::align_val_t{storage_alignment}); }
};
template <class T>
using aligned_memory = std::unique_ptr<T, release_aligned>;

/// Memory for that many elements, none of them set; null for 0. Throws std::length_error for a negative size.
template <class T>
aligned_memory<T> allocate_aligned(std::int64_t size) {
  const std::int64_t bytes = checked_product(size, static_cast<std::int64_t>(sizeof(T)));
  if (bytes == 0) return nullptr;
  return aligned_memory<T>(
      static_cast<T*>(::operator new (static_cast<std::size_t>(bytes), std::align_val_t{storage_alignment})));
}

/// An array of T that either owns its elements (64-byte aligned) or refers to elements that `owner` keeps alive, such
/// as a mapped file. Copying owned elements copies them; copying a reference shares its elements, which cannot be
/// written.
template <class T>
class storage {
  static_assert(std::is_trivially_copyable_v<T>, "akin: storage holds plain elements");

 public:
  storage() noexcept = default;

  /// `size` elements, all zero.
  explicit storage(std::int64_t size);

  storage(const T* data, std::int64_t size, std::shared_ptr<const void> owner) noexcept
      : data_(data), size_(size), owner_(std::move(owner)) {}

  storage(const storage& other);
  storage(storage&& other) noexcept { swap(other); }
  storage& operator=(storage other) noexcept {
    swap(other);
    return *this;
  }
  ~storage() = default;

  void swap(storage& other) noexcept;

  const T* data() const noexcept { return data_; }
  /// The elements for writing; null if they are mapped.
  T* mutable_data() noexcept { return memory_.get(); }
  std::int64_t size() const noexcept { return size_; }
  bool is_mapped() const noexcept { return owner_ != nullptr; }

  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }
  const T& operator[](std::int64_t i) const noexcept { return data_[i]; }

 private:
  aligned_memory<T> memory_;
  const T* data_ = nullptr;
  std::int64_t size_ = 0;
  std::shared_ptr<const void> owner_;
};

template <class T>
storage<T>::storage(std::int64_t size) : memory_(allocate_aligned<T>(size)), data_(memory_.get()), size_(size) {
  std::fill_n(memory_.get(), size, T{});
}

template <class T>
storage<T>::storage(const storage& other) : storage() {
  if (other.is_mapped()) {
    data_ = other.data_, size_ = other.size_, owner_ = other.owner_;
  } else {
    storage copy(other.size_);
    std::copy_n(other.data_, other.size_, copy.memory_.get());
    swap(copy);
  }
}

template <class T>
void storage<T>::swap(storage& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(owner_, other.owner_);
}

AKIN_COMPILE_ONCE(data, class storage<float>)
AKIN_COMPILE_ONCE(data, class storage<double>)
AKIN_COMPILE_ONCE(data, class storage<std::int32_t>)
AKIN_COMPILE_ONCE(data, class storage<std::int64_t>)

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
