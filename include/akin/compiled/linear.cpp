// The linear models of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_linear 1

#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
