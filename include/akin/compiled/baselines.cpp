// The baselines of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_baselines 1

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
