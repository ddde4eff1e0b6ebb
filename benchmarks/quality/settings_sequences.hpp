/// The options of models of sequences as words.
#pragma once

#include <string>

#include <akin/model/parameters.hpp>
#include <akin/sessions/markov_chain_options.hpp>
#include <akin/sessions/session_knn_options.hpp>
#include <akin/sessions/session_linear_options.hpp>

namespace quality {

/// The options that differ from the default ones.
template <class Options>
std::string changed_options(const Options& options) {
  std::string words;
  const auto defaults = akin::parameters_of(Options{});
  for (const auto& [name, value] : akin::parameters_of(options))
    if (!(defaults.at(name) == value)) words += (words.empty() ? "" : ", ") + name + " " + value.text();
  return words.empty() ? "as it is" : words;
}

inline std::string describe(const akin::markov_chain_options& o) { return changed_options(o); }
inline std::string describe(const akin::session_knn_options& o) { return changed_options(o); }
inline std::string describe(const akin::session_linear_options& o) { return changed_options(o); }

}  // namespace quality
