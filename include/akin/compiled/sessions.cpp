// The models of sessions of the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_sessions 1

#include <akin/sessions/markov_chain.hpp>
#include <akin/sessions/session_knn.hpp>
#include <akin/sessions/session_linear.hpp>
