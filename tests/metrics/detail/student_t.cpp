#include <cmath>

#include <akin/metrics/detail/student_t.hpp>

#include "support/catch.hpp"

TEST_CASE("the tails of Student's t are SciPy's") {
  // {degrees of freedom n, t, 2 * scipy.stats.t.sf(abs(t), n)}
  struct known {
    double freedom, t, both_tails;
  };
  const known all[] = {{1.0, 0.5, 0.7048327646991335},       {2.0, 3.0, 0.09546596626670913},
                       {7.0, -2.5, 0.04099221858575289},     {30.0, 0.01, 0.9920874925731777},
                       {100.0, 8.0, 2.2728648077280694e-12}, {999.0, 2.0, 0.045770616973757},
                       {100000.0, 1.5, 0.13361755952283066}, {10000000.0, -3.0, 0.0026998027110371635}};
  for (const auto& [freedom, t, both_tails] : all) {
    INFO("freedom " << freedom << ", t " << t);
    CHECK(akin::detail::student_t_both_tails(t, freedom) == Approx(both_tails).epsilon(freedom > 1e6 ? 1e-9 : 1e-11));
  }
  CHECK(akin::detail::student_t_both_tails(0, 3) == 1);
}

TEST_CASE("the step of half of the logarithm of the gamma function") {
  for (const double a : {0.5, 1.0, 2.25, 7.0, 19.5, 20.0, 60.0})
    CHECK(akin::detail::log_gamma_half_step(a) == Approx(std::lgamma(a + 0.5) - std::lgamma(a)).margin(2e-14));
}
