/// @file
/// All of akin that needs nothing but C++20 and Eigen. Written by scripts/umbrella: run it after adding a header.
/// Opt-in, not included here: akin/cuda.hpp, akin/retrieval/hnsw.hpp.
#pragma once

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/version.hpp>
#include <akin/views.hpp>
