#include "columns.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "general.hpp"

namespace cli {
namespace {

struct role_names {
  std::string_view role;
  bool is_needed;
  std::vector<std::string_view> usual;  // without case, blanks, underscores, hyphens and dots
};

const role_names& names_of(column_role role) {
  static const std::array<role_names, 5> all = {
      role_names{"user",
                 true,
                 {"user", "userid", "username", "customer", "customerid", "client", "clientid", "visitor", "visitorid",
                  "member", "memberid", "account", "accountid", "buyer", "buyerid", "reviewer", "reviewerid"}},
      {"item",
       true,
       {"item", "itemid", "product", "productid", "stockcode", "sku", "article", "articleid", "movie", "movieid",
        "isbn", "asin", "book", "bookid", "track", "trackid", "song", "songid"}},
      {"value", false, {"value", "rating", "score", "weight"}},
      {"time",
       false,
       {"time", "timestamp", "date", "datetime", "eventtime", "invoicedate", "orderdate", "purchasedate", "createdat",
        "unixreviewtime"}},
      {"text", true, {"text", "description", "title", "name", "itemname", "productname"}}};
  return all[static_cast<std::size_t>(role)];
}

std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == '.' || c == ' ') continue;
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

std::string option_of(const role_names& names) { return "--" + std::string(names.role) + "-column"; }

}  // namespace

std::string find_column(column_role role, const std::vector<std::string>& columns, const std::string& file) {
  const role_names& names = names_of(role);
  if (std::ranges::find(columns, names.role) != columns.end()) return std::string(names.role);
  std::vector<std::string> found;
  for (const std::string& column : columns)
    if (std::ranges::find(names.usual, plain(column)) != names.usual.end()) found.push_back(column);
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    throw usage_error("several columns of " + file + " may hold the " + std::string(names.role) + ": " + listed(found) +
                      "; choose one by " + option_of(names));
  if (!names.is_needed) return {};
  throw usage_error("no column of " + file + " has a usual name for the " + std::string(names.role) +
                    "; the columns are " + listed(columns) + "; choose one by " + option_of(names));
}

}  // namespace cli
