/// @file
/// Moved to <akin/train/randomized_svd.hpp>, which stays to be found here.
#pragma once

#include <akin/train/randomized_svd.hpp>
