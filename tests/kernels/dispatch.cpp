#include <akin/kernels/dispatch.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;
using kernels::instruction_set;

namespace {

struct width_kernel {
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE int run(int factor) {
    return factor * InstructionSet::bytes;
  }
};

struct store_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(T value, T* to) {
    *to = value;
  }
};

}  // namespace

TEST_CASE("the body of the set that was named runs") {
  for (const auto set : akin_test::instruction_sets())
    CHECK(kernels::call_on<width_kernel>(set, 3) == 3 * (16 << static_cast<int>(set)));
}

TEST_CASE("without a name the best set of this processor is taken, every time") {
  const auto best = kernels::best_instruction_set();
  CHECK(best == kernels::detect_instruction_set());
  CHECK(kernels::best_instruction_set() == best);
  CHECK(kernels::call<width_kernel>(1) == kernels::call_on<width_kernel>(best, 1));
#if !AKIN_HAS_X86_DISPATCH
  CHECK(best == instruction_set::portable);
#endif
}

TEST_CASE("each set includes those before it") {
  CHECK(instruction_set::portable < instruction_set::avx2);
  CHECK(instruction_set::avx2 < instruction_set::avx512);
  CHECK(akin_test::instruction_sets().front() == instruction_set::portable);
  CHECK(akin_test::instruction_sets().back() == kernels::best_instruction_set());
}

TEST_CASE("a kernel that returns nothing writes through its pointers") {
  for (const auto set : akin_test::instruction_sets()) {
    double out = 0;
    kernels::call_on<store_kernel>(set, 2.5, &out);
    CHECK(out == 2.5);
  }
}
