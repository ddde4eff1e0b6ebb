// The neighbourhood models of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_neighbors 1

#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
