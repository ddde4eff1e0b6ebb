// Evaluation, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_evaluation 1

#include <akin/evaluation/evaluate.hpp>
