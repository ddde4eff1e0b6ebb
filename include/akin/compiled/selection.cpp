// Searches, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_selection 1

#include <akin/selection/search_result.hpp>
#include <akin/selection/trial.hpp>
