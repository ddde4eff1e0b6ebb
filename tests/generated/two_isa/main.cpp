// One program from three units with different -m flags. A unit runs only where the processor has what it was compiled
// for.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <akin/error.hpp>

#include "unit.hpp"

namespace {

void check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::exit(1);
}

void compare(const unit_report& base, const unit_report& unit, const char* name) {
  check(std::strstr(unit.symbol, name) != nullptr, "a unit's symbols carry its instruction set");
  check(std::strcmp(base.symbol, unit.symbol) != 0, "units with different flags share no symbol");
  for (int i = 0; i < unit_report::count; ++i)
    check(std::abs(base.scores[i] - unit.scores[i]) < 1e-4f, "units agree on every score");
  std::printf("%s agrees: %s\n", name, unit.symbol);
}

}  // namespace

int main() {
  const unit_report base = report_base();
  check(std::strstr(base.symbol, "_base") != nullptr, "the baseline unit's symbols say so");
  check(std::any_of(base.scores, base.scores + unit_report::count, [](float x) { return x > 0.1f; }),
        "something was learnt");

  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    compare(base, report_avx2(), "_avx2");
    bool caught = false;
    try {
      throw_from_avx2();
    } catch (const akin::format_error& error) {
      caught = std::strcmp(error.what(), "unit: thrown on purpose") == 0;
    }
    check(caught, "an exception of one unit is caught by its type in another");
  } else {
    std::puts("no AVX2: that unit was linked, not run");
  }
  if (__builtin_cpu_supports("avx512f")) {
    compare(base, report_avx512(), "_avx512");
  } else {
    std::puts("no AVX-512: that unit was linked, not run");
  }
}
