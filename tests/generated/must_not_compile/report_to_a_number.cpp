// expect: akin: report::print needs a std::string, or something to call with a std::string_view
#include <string>

#include <akin/report/report.hpp>

int main() {
#if defined(AKIN_SHOULD_FAIL)
  int sink = 0;
#else
  std::string sink;
#endif
  akin::report().print(sink);
}
