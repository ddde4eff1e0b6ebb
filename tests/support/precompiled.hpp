/// @file
/// What nearly every test includes and no change of akin touches; precompiled once for all rooms.
#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include "catch.hpp"
