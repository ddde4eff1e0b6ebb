// The search for the best model, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_tuning 1

#include <akin/tuning/fit_best.hpp>
