#include "support/paths.hpp"

namespace akin_test {

std::string sample_folder() { return AKIN_TEST_DATA; }
std::string docs_folder() { return AKIN_TEST_DOCS; }
std::string test_folder() { return AKIN_TEST_SOURCES; }

}  // namespace akin_test
