/// @file
/// A view that owns the object that it refers to if that was passed as a temporary.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Types that are not matrices.
template <class T>
struct plain_object {
  using type = T;
};
/// Of Eigen's types, those that own their elements name themselves as their plain object, Map and blocks another.
template <class T>
requires requires { typename T::PlainObject; }
struct plain_object<T> {
  using type = typename T::PlainObject;
};

/// A type whose objects refer to elements of others, so that a copy is equivalent: a View, a span, a Map.
template <class T, class View>
concept refers_only = std::same_as<T, View> || std::same_as<T, std::nullopt_t> ||
    std::ranges::enable_borrowed_range<T> || !std::same_as<typename plain_object<T>::type, T>;

/// A type that owns elements that a View can refer to.
template <class T, class View>
concept owner_for = std::convertible_to<const T&, View> && !refers_only<T, View>;

/// The object on the heap: moved there if possible, otherwise copied.
template <class T>
std::shared_ptr<const std::remove_const_t<T>> to_shared(T&& x) {
  if constexpr (std::default_initializable<T> && requires { x.swap(x); }) {
    const auto owner = std::make_shared<T>();  // Eigen 3.4 has no move: its constructor would copy
    owner->swap(x);
    return owner;
  } else {
    return std::make_shared<const std::remove_const_t<T>>(std::forward<T>(x));
  }
}

/// A View (of a pattern, a mask, a stretch of numbers) for objects that outlive a call: refers to lvalues and to the
/// targets of views, which must outlive it, and owns rvalues. Copies share the owned object; only that is allocated.
template <class View>
class kept : public View {
 public:
  kept() = default;
  kept(const View& view) noexcept : View(view) {}
  template <class T>
  requires(std::convertible_to<const T&, View>&& refers_only<T, View>) kept(const T& view)
  noexcept(std::is_nothrow_constructible_v<View, const T&>) : View(view) {}
  template <owner_for<View> T>
  kept(const T& owner AKIN_LIFETIME_BOUND) noexcept(std::is_nothrow_constructible_v<View, const T&>) : View(owner) {}
  template <class T>
  requires(!std::is_reference_v<T> && owner_for<std::remove_const_t<T>, View>) kept(T&& owner)
      : kept(to_shared(std::forward<T>(owner))) {}
  /// The view of these parts, such as a pointer and a size.
  template <class First, class Second, class... More>
  requires requires(First first, Second second, More... more) { View{first, second, more...}; }
  kept(First first, Second second, More... more) noexcept : View{first, second, more...} {}

 private:
  template <class T>
  explicit kept(std::shared_ptr<const T> owner) : View(*owner), owner_(std::move(owner)) {}

  std::shared_ptr<const void> owner_;
};

}  // namespace akin::inline AKIN_ABI::detail
