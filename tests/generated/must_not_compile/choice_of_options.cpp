// expect: akin: the values of trial::choice must be numbers, enumerators, true and false, or texts
#include <vector>

#include <akin/selection/trial.hpp>

struct options {
  int factors;
};

int main() {
  akin::trial t(1);
#if defined(AKIN_SHOULD_FAIL)
  t.choice("options", std::vector<options>{{8}, {16}});
#else
  t.choice("factors", std::vector<int>{8, 16});
#endif
}
