// The factor models of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_factorization 1

#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/factorization/nmf.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/factorization/warp.hpp>
