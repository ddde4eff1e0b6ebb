/// @file
/// Metrics of lists by name: "ndcg@10".
#pragma once

#include <string>
#include <vector>

#include <akin/tuning/any_metric.hpp>

namespace cli {

/// The names without their k.
std::vector<std::string> metric_names();
/// The same with @10.
std::vector<std::string> usual_metrics();

/// Throws usage_error for a text that is not NAME@K of a known name.
akin::any_metric metric_of(const std::string& text);

}  // namespace cli
