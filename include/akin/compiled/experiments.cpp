// Tests of variants and logged data, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_experiments 1

#include <akin/experiments/ab_test.hpp>
#include <akin/experiments/off_policy.hpp>
#include <akin/experiments/sequential_ab_test.hpp>
