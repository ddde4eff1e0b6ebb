// What works on texts and features, with the usual types, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_content 1

#include <akin/content/bm25.hpp>
#include <akin/content/content_model.hpp>
#include <akin/content/fuse_features.hpp>
#include <akin/content/keywords.hpp>
#include <akin/content/segment_popularity.hpp>
#include <akin/content/similar_contents.hpp>
#include <akin/content/stop_words.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/content/tokenize.hpp>
#include <akin/content/user_profile.hpp>
