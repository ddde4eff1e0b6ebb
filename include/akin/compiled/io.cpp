// Model files, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_io 1

#include <akin/io/model_arrays.hpp>
#include <akin/io/model_file.hpp>
