// What models of the usual types are made of, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_model 1

#include <akin/model/factor_table.hpp>
#include <akin/model/parameters.hpp>
#include <akin/model/top_products.hpp>
#include <akin/model/weight_table.hpp>
