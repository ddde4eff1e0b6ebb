/// @file
/// Vectors and elements by std::int64_t, the type of all sizes and positions here; the standard library's has no sign.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Element i of a range of the standard library.
template <class Range>
constexpr decltype(auto) at(Range&& range, std::int64_t i) noexcept {
  return range[static_cast<std::size_t>(i)];
}

/// A vector of plain elements whose sizes and positions have a sign; aligned for SIMD. For scratch: memory that it once
/// had it keeps.
template <class T>
class numbers {
  static_assert(std::is_trivially_copyable_v<T>, "akin: numbers holds plain elements");

 public:
  using value_type = T;

  numbers() noexcept = default;
  explicit numbers(std::int64_t size, const T& value = T{}) { assign(size, value); }
  template <std::forward_iterator Iterator>
  numbers(Iterator first, Iterator last) {
    assign(first, last);
  }
  numbers(std::initializer_list<T> values) : numbers(values.begin(), values.end()) {}
  numbers(const numbers& other) : numbers(other.begin(), other.end()) {}
  numbers(numbers&& other) noexcept { swap(other); }
  numbers& operator=(numbers other) noexcept {
    swap(other);
    return *this;
  }
  ~numbers() = default;

  void swap(numbers& other) noexcept;

  std::int64_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  T* data() noexcept { return memory_.get(); }
  const T* data() const noexcept { return memory_.get(); }
  T* begin() noexcept { return data(); }
  const T* begin() const noexcept { return data(); }
  T* end() noexcept { return data() + size_; }
  const T* end() const noexcept { return data() + size_; }
  T& operator[](std::int64_t i) noexcept { return data()[i]; }
  const T& operator[](std::int64_t i) const noexcept { return data()[i]; }
  T& front() noexcept { return data()[0]; }
  const T& front() const noexcept { return data()[0]; }
  T& back() noexcept { return data()[size_ - 1]; }
  const T& back() const noexcept { return data()[size_ - 1]; }

  void clear() noexcept { size_ = 0; }
  /// What is added is `value`.
  void resize(std::int64_t size, const T& value = T{});
  void assign(std::int64_t size, const T& value) {
    clear();
    resize(size, value);
  }
  template <std::forward_iterator Iterator>
  void assign(Iterator first, Iterator last) {
    clear();
    reserve(std::distance(first, last));
    size_ = std::copy(first, last, begin()) - begin();
  }
  void push_back(T value) {
    if (size_ == capacity_) reserve(size_ + 1);
    data()[size_++] = value;
  }
  /// Makes room for so many.
  void reserve(std::int64_t size);

 private:
  aligned_memory<T> memory_;
  std::int64_t size_ = 0, capacity_ = 0;
};

template <class T>
void numbers<T>::swap(numbers& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
}

template <class T>
void numbers<T>::resize(std::int64_t size, const T& value) {
  reserve(size);
  if (size > size_) std::fill(end(), begin() + size, value);
  size_ = size;
}

template <class T>
void numbers<T>::reserve(std::int64_t size) {
  if (size >= 0 && size <= capacity_) return;
  const std::int64_t capacity = size < 0 ? size : std::max(size, 2 * capacity_);
  aligned_memory<T> larger = allocate_aligned<T>(capacity);
  std::copy(begin(), end(), larger.get());
  memory_ = std::move(larger);
  capacity_ = capacity;
}

AKIN_COMPILE_ONCE(data, class numbers<float>)
AKIN_COMPILE_ONCE(data, class numbers<double>)
AKIN_COMPILE_ONCE(data, class numbers<std::int32_t>)
AKIN_COMPILE_ONCE(data, class numbers<std::int64_t>)

}  // namespace akin::inline AKIN_ABI::detail
