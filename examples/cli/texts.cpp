#include "texts.hpp"

#include <algorithm>

#include <akin/data/csv.hpp>

#include "columns.hpp"

namespace cli {

void add_texts(CLI::App& command, text_options& options) {
  CLI::Option* const texts =
      command.add_option("--item-texts", options.path, "A table with a text for each item, for content_model")
          ->type_name("FILE");
  command.add_option("--text-column", options.column, "Its column of the text; by default found by its name")
      ->type_name("NAME")
      ->needs(texts);
}

std::vector<std::string> read_texts(const text_options& options, const log_options& log, const akin::id_map& items) {
  if (options.path.empty()) return {};
  const std::vector<std::string> columns = akin::column_names(options.path);
  const bool has_column_of_log = log.item && std::ranges::find(columns, *log.item) != columns.end();
  const std::string item = has_column_of_log ? *log.item : find_column(column_role::item, columns, options.path);
  const std::string text =
      options.column.empty() ? find_column(column_role::text, columns, options.path) : options.column;
  return akin::read_item_texts(options.path, {.item = item, .text = text}, items);
}

}  // namespace cli
