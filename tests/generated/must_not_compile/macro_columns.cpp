// expect: akin: min, max, columns, lines and index must not be macros
#if defined(AKIN_SHOULD_FAIL)
#define columns 80
#endif
#include <akin/execution.hpp>

int main() { return 0; }
