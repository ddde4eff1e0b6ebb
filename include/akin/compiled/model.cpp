// Parameters by name, tables and sparse products of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_model 1

#include <akin/model/parameters.hpp>
#include <akin/model/top_products.hpp>
#include <akin/model/weight_table.hpp>
