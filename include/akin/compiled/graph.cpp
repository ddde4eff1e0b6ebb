// The graph models of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_graph 1

#include <akin/graph/graph_filter.hpp>
#include <akin/graph/rp3beta.hpp>
