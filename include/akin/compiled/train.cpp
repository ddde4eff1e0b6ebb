// What models are learnt by, with the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_train 1

#include <akin/train/checkpoint.hpp>
#include <akin/train/randomized_svd.hpp>
#include <akin/train/sequence_regression.hpp>
