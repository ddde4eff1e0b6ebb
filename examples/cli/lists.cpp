#include "lists.hpp"

namespace cli {

json json_of(const named_list& list) {
  json items = json::array();
  for (const auto& [item, score] : list) items.push_back({{"item", item}, {"score", shortest(score)}});
  return items;
}

std::string text_of(const named_list& list) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [item, score] : list)
    rows.push_back({std::to_string(rows.size() + 1), one_line(item), short_number(static_cast<double>(score))});
  return aligned(rows, "rlr");
}

}  // namespace cli
