/// @file
/// What the options of a neighbourhood must satisfy, and how they are kept in a model file.
#pragma once

#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/neighborhood_options.hpp>

namespace akin::inline AKIN_ABI::detail {

void check_neighborhood(const neighborhood_options& options, std::string_view where);
void write_neighborhood(model_writer& writer, const neighborhood_options& options);
neighborhood_options read_neighborhood(const model_reader& reader);

#if AKIN_BODIES(neighbors)

AKIN_INLINE void check_neighborhood(const neighborhood_options& options, std::string_view where) {
  const auto is_amount = [](double x) { return x >= 0 && is_finite(x); };
  const auto enumerator = [&](auto value, auto last, const char* sentence) {
    require(static_cast<int>(value) >= 0 && value <= last, where, sentence, static_cast<int>(value));
  };
  require(options.neighbors >= 1, where, "neighbors must be positive", options.neighbors);
  enumerator(options.similarity, similarity::lift, "similarity must be one of the enumerators");
  require(is_amount(options.shrinkage), where, "shrinkage must be finite and not negative", options.shrinkage);
  require(options.minimum_support >= 1, where, "minimum_support must be positive", options.minimum_support);
  require(is_amount(options.significance), where, "significance must be finite and not negative", options.significance);
  require(options.amplification > 0 && is_finite(options.amplification), where,
          "amplification must be finite and positive", options.amplification);
  require(options.asymmetry >= 0 && options.asymmetry <= 1, where, "asymmetry must be in [0, 1]", options.asymmetry);
  require(is_amount(options.tversky_alpha), where, "tversky_alpha must be finite and not negative",
          options.tversky_alpha);
  require(is_amount(options.tversky_beta), where, "tversky_beta must be finite and not negative", options.tversky_beta);
  enumerator(options.centering, centering::z_score, "centering must be one of the enumerators");
  enumerator(options.aggregation, aggregation::weighted_average, "aggregation must be one of the enumerators");
  enumerator(options.weighting, interaction_weighting::log, "weighting must be one of the enumerators");
}

AKIN_INLINE void write_neighborhood(model_writer& writer, const neighborhood_options& options) {
  writer.add_value("neighbors", options.neighbors);
  writer.add_value("similarity", options.similarity);
  writer.add_value("shrinkage", options.shrinkage);
  writer.add_value("minimum_support", options.minimum_support);
  writer.add_value("significance", options.significance);
  writer.add_value("amplification", options.amplification);
  writer.add_value("asymmetry", options.asymmetry);
  writer.add_value("tversky_alpha", options.tversky_alpha);
  writer.add_value("tversky_beta", options.tversky_beta);
  writer.add_value("keep_negative", static_cast<int>(options.keep_negative));
  writer.add_value("centering", options.centering);
  writer.add_value("aggregation", options.aggregation);
  writer.add_value("weighting", options.weighting);
}

AKIN_INLINE neighborhood_options read_neighborhood(const model_reader& reader) {
  return {.neighbors = reader.value<int>("neighbors"),
          .similarity = reader.value<akin::similarity>("similarity"),
          .shrinkage = reader.value<double>("shrinkage"),
          .minimum_support = reader.value<int>("minimum_support"),
          .significance = reader.value<double>("significance"),
          .amplification = reader.value<double>("amplification"),
          .asymmetry = reader.value<double>("asymmetry"),
          .tversky_alpha = reader.value<double>("tversky_alpha"),
          .tversky_beta = reader.value<double>("tversky_beta"),
          .keep_negative = reader.value<int>("keep_negative") != 0,
          .centering = reader.value<akin::centering>("centering"),
          .aggregation = reader.value<akin::aggregation>("aggregation"),
          .weighting = reader.value<akin::interaction_weighting>("weighting")};
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
