/// @file
/// Moved to <akin/model/top_products.hpp>, which stays to be found here.
#pragma once

#include <akin/model/top_products.hpp>
