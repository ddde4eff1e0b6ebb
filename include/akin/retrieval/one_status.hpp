/// @file
/// The old name of recommend_status.hpp, whose namespace AKIN_SEAM has the old names of the types.
#pragma once

#include <akin/retrieval/recommend_status.hpp>
