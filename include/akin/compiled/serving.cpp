// Bundles, lists as files and what a file holds, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_serving 1

#include <akin/serving/all_models.hpp>
#include <akin/serving/inspect.hpp>
#include <akin/serving/write_recommendations.hpp>
