/// @file
/// The version of akin; CMake, Conan and vcpkg read it from here.
#pragma once

#define AKIN_VERSION_MAJOR 0
#define AKIN_VERSION_MINOR 1
#define AKIN_VERSION_PATCH 0
