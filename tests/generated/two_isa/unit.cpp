// Compiled three times, with the flags of three instruction sets; AKIN_TEST_UNIT is the name.
#include "unit.hpp"

#include <typeinfo>
#include <vector>

#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/matrix.hpp>
#include <akin/random.hpp>

#define AKIN_TEST_JOIN_(a, b) a##b
#define AKIN_TEST_JOIN(a, b) AKIN_TEST_JOIN_(a, b)

unit_report AKIN_TEST_JOIN(report_, AKIN_TEST_UNIT)() {
  constexpr int users = 30, items = 20;
  static float scores[unit_report::count];
  const akin::random_stream random(7);
  akin::sparse_matrix<float> clicks(users, items);
  for (int user = 0; user < users; ++user)
    for (int item = 0; item < items; ++item)
      if (random.uniform(static_cast<std::uint64_t>(user * items + item)) < 0.2) clicks.insert(user, item) = 1;
  clicks.makeCompressed();

  akin::implicit_als<float> model({.factors = 20, .iterations = 3});
  model.fit(akin::execution::par, clicks);
  for (int i = 0; i < unit_report::count; ++i) scores[i] = model.score(i % users, i % items);
  return {typeid(model).name(), scores};
}

#if defined(AKIN_TEST_THROWS)
void throw_from_avx2() { akin::detail::fail<akin::format_error>("unit: thrown on purpose"); }
#endif
