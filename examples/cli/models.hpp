/// @file
/// The models that a command line can train, by name.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/progress.hpp>
#include <akin/serving/any_recommender.hpp>

#include "output.hpp"

namespace cli {

/// A kind of model, "implicit_als", and the options that were given for it.
struct model_request {
  std::string text;  // as it was asked for
  std::string kind;
  std::vector<std::pair<std::string, std::string>> options;
};

struct trained_model {
  akin::any_recommender<float> model;
  json options;  // as the data have completed them
};

using training_observer = std::function<void(const akin::progress&)>;

/// The kinds of models that train_model knows.
std::vector<std::string> model_kinds();

/// Parses "implicit_als" or "implicit_als:factors=64,iterations=5", and `more` options, name=value each. Throws
/// usage_error for a kind or an option that does not exist, and for a value that is not allowed.
model_request requested_model(const std::string& text, const std::vector<std::string>& more = {});

/// Throws usage_error for content_model without a text for each item.
trained_model train_model(const akin::execution::parallel_policy& policy, const model_request& request,
                          const akin::sparse_matrix<float>& user_items, const training_observer& observer,
                          const std::vector<std::string>& item_texts = {});

}  // namespace cli
