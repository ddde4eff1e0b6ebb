/// @file
/// Execution policies say where and how a call runs; execution_traits maps a policy to the backend whose engines do it.
/// C++17-clean, no Eigen: the CUDA translation unit includes it.
#pragma once

#include <type_traits>
#include <utility>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {
namespace execution {

/// One thread: the caller's.
struct sequenced_policy {};

/// OpenMP threads; in a build without OpenMP only the caller's thread. Results are the same bits for any number of
/// threads.
class parallel_policy {
 public:
  /// The same policy with a fixed number of threads; without it OpenMP decides (OMP_NUM_THREADS, else one a core).
  [[nodiscard]] constexpr parallel_policy threads(int count) const noexcept {
    parallel_policy result;
    result.threads_ = count;
    return result;
  }
  /// The argument of threads(), 0 if OpenMP decides.
  [[nodiscard]] constexpr int requested_threads() const noexcept { return threads_; }

 private:
  int threads_ = 0;
};

inline constexpr sequenced_policy seq{};
inline constexpr parallel_policy par{};

}  // namespace execution

/// Backend tags, on which engines are specialised.
namespace backend {
struct host {};
struct cuda {};
}  // namespace backend

/// Maps a policy to its backend tag; specialise it to add a policy. The primary template means "not a policy".
template <class Policy>
struct execution_traits {};

template <>
struct execution_traits<execution::sequenced_policy> {
  using backend_type = backend::host;
};

template <>
struct execution_traits<execution::parallel_policy> {
  using backend_type = backend::host;
};

namespace execution {

template <class Policy, class = void>
struct has_host_policy : std::false_type {};
template <class Policy>
struct has_host_policy<Policy, std::void_t<decltype(execution_traits<Policy>::host(std::declval<const Policy&>()))>>
    : std::true_type {};

/// The policy for what only the host can do: the policy itself if it is one of the host, else what its execution_traits
/// name by host(policy), or par.
template <class Policy>
constexpr auto host_of(const Policy& policy) noexcept {
  if constexpr (std::is_same_v<typename execution_traits<Policy>::backend_type, backend::host>) {
    return policy;
  } else if constexpr (has_host_policy<Policy>::value) {
    return execution_traits<Policy>::host(policy);
  } else {
    static_cast<void>(policy);
    return par;
  }
}

}  // namespace execution

template <class Policy>
using backend_of = typename execution_traits<std::remove_cv_t<std::remove_reference_t<Policy>>>::backend_type;

}  // namespace AKIN_SEAM
}  // namespace akin
