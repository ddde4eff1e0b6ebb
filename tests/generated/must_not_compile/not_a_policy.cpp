// expect: akin: the first argument must be an execution policy, such as akin::execution::par
#include <akin/concepts.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  akin::detail::assert_policy<int>();
#else
  akin::detail::assert_policy<akin::execution::parallel_policy>();
#endif
}
