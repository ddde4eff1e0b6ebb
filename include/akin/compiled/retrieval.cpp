// The searches with the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_retrieval 1

#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/knn_classifier.hpp>
#include <akin/retrieval/knn_regressor.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>
#include <akin/retrieval/quantized_index.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>
