/// @file
/// Moved to <akin/train/randomized_svd_options.hpp>, which stays to be found here.
#pragma once

#include <akin/train/randomized_svd_options.hpp>
