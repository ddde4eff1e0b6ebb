/// @file
/// Where tests find files. In a unit of its own, so that no other object names a folder of this machine and a compiler
/// cache serves all clones.
#pragma once

#include <string>

namespace akin_test {

/// The unpacked Online Retail sample.
std::string sample_folder();
/// The pages of the documentation.
std::string docs_folder();
/// The folder of the tests.
std::string test_folder();

}  // namespace akin_test
