// Parameters by name, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_model 1

#include <akin/model/parameters.hpp>
