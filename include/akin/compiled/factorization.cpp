// The factor models of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_factorization 1

#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/implicit_als.hpp>
