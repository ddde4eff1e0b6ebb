/// @file
/// The columns of a log, by the names that such columns usually have.
#pragma once

#include <string>
#include <vector>

namespace cli {

/// A part of a log, and the option by which its column is named.
enum class column_role { user, item, value, time, text };

/// The column of this role, by its name; empty if there is none of a usual name and the role needs none (value, time).
/// Throws usage_error with the columns of the file if several could be it, or none of a role that is needed.
std::string find_column(column_role role, const std::vector<std::string>& columns, const std::string& file);

}  // namespace cli
