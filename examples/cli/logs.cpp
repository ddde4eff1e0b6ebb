#include "logs.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <akin/data/csv.hpp>

#include "columns.hpp"
#include "output.hpp"

namespace cli {
namespace {

const std::vector<std::string> combinations = {"sum", "count", "last", "max"};
const std::vector<std::string> time_formats = {"automatic", "year_first", "day_first", "month_first", "number"};
const std::vector<std::string> time_units = {"seconds", "milliseconds", "microseconds", "nanoseconds"};

/// The enumerator with the place of the word.
template <class Enum>
Enum enumerator(const std::vector<std::string>& words, const std::string& word) {
  return static_cast<Enum>(std::ranges::find(words, word) - words.begin());
}

char separator_of(const std::string& text) {
  if (text.empty()) return 0;
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1) return text[0];
  throw usage_error("--separator must be one character, or tab, got \"" + text + "\"");
}

/// Names the columns that nobody has named; a pipe cannot be read twice, so that all of them must be named there.
void find_columns(const log_options& options, akin::interaction_columns& columns) {
  const bool can_look = std::filesystem::is_regular_file(options.path);
  if (std::filesystem::is_directory(options.path)) throw std::runtime_error(options.path + " is a folder, not a log");
  if (!can_look && std::filesystem::exists(options.path) && !(options.user && options.item))
    throw usage_error(options.path + " is not a regular file: --user-column and --item-column must name its columns");
  std::vector<std::string> names;
  if (can_look) names = akin::column_names(options.path, {.separator = columns.separator, .header = columns.header});
  const auto column = [&](const std::optional<std::string>& given, column_role role, std::string_view without_header) {
    if (given) return *given;
    if (options.no_header) return std::string(without_header);
    return can_look ? find_column(role, names, options.path) : std::string();
  };
  columns.user = column(options.user, column_role::user, "1");
  columns.item = column(options.item, column_role::item, "2");
  columns.value = column(options.value, column_role::value, "");
  columns.time = column(options.time, column_role::time, "");
}

std::string about(const log_options& options, const akin::interaction_columns& columns,
                  const akin::interaction_log& log) {
  return options.path + ": " + std::to_string(log.size()) + " lines, user " + columns.user + ", item " + columns.item +
         (columns.value.empty() ? ", each line counts 1" : ", value " + columns.value) +
         (columns.time.empty() ? ", no times" : ", time " + columns.time);
}

}  // namespace

CLI::Option* add_log(CLI::App& command, log_options& options) {
  CLI::Option* const log = command.add_option(
      "LOG", options.path,
      "Purchases or ratings, a table with a header (CSV, TSV); - for standard input, whose columns must be named");
  log->type_name("FILE")->transform(CLI::Validator(
      [](std::string& path) {
        if (path == "-") path = "/dev/stdin";
        return std::string();
      },
      ""));
  add_log_columns(command, options);
  return log;
}

void add_log_columns(CLI::App& command, log_options& options) {
  command.add_option("--user-column", options.user, "Column of the user; by default found by its name")
      ->type_name("NAME");
  command.add_option("--item-column", options.item, "Column of the item; by default found by its name")
      ->type_name("NAME");
  command
      .add_option("--value-column", options.value,
                  "Column of the value; by default a column value, rating, score or weight, else each line counts 1")
      ->type_name("NAME");
  command.add_option("--time-column", options.time, "Column of the time; by default found by its name")
      ->type_name("NAME");
  command.add_option("--separator", options.separator, "Character between the columns, or tab; by default found")
      ->type_name("CHARACTER");
  command.add_flag("--no-header", options.no_header, "The first line is data; the columns are called 1, 2 and so on");
  command.add_flag("--skip-missing", options.skip_missing, "Leave out lines with an empty field");
  command.add_option("--time-format", options.time_format, "Format of times: " + listed(time_formats))
      ->type_name("FORMAT")
      ->check(one_of(time_formats));
  command.add_option("--time-unit", options.time_unit, "Unit of times that are numbers: " + listed(time_units))
      ->type_name("UNIT")
      ->check(one_of(time_units));
}

void add_combine(CLI::App& command, log_options& options, const std::vector<std::string>& words) {
  command
      .add_option("--combine", options.combine,
                  "Value of a user and an item with several lines: " + listed(words) + "; by default their sum")
      ->type_name("HOW")
      ->check(one_of(words));
}

akin::interaction_log read_log(const log_options& options, const general_options& general,
                               const akin::interaction_log* ids_of) {
  akin::interaction_columns columns;
  columns.separator = separator_of(options.separator);
  columns.header = !options.no_header;
  columns.missing = options.skip_missing ? akin::missing_values::skip : akin::missing_values::error;
  columns.times = enumerator<akin::time_format>(time_formats, options.time_format);
  columns.epoch = enumerator<akin::epoch_unit>(time_units, options.time_unit);
  columns.ids_of = ids_of;
  find_columns(options, columns);
  akin::interaction_log log = akin::read_interactions(options.path, columns);
  note(general, about(options, columns, log));
  return log;
}

akin::interaction_log read_training_log(const log_options& options, const general_options& general) {
  akin::interaction_log log = read_log(options, general);
  if (log.empty()) throw std::runtime_error(options.path + " has no lines to learn from");
  return log;
}

known_log read_known_log(const log_options& options, const general_options& general, const akin::id_map& users,
                         const akin::id_map& items) {
  const auto user_ids = std::make_shared<const akin::id_map>(users);
  const auto item_ids = std::make_shared<const akin::id_map>(items);
  const akin::interaction_log names(akin::interaction_arrays{.user_ids = user_ids, .item_ids = item_ids});
  const akin::interaction_log all = read_log(options, general, &names);
  akin::interaction_arrays known{.user_ids = user_ids, .item_ids = item_ids};
  for (std::size_t line = 0; line < all.size(); ++line) {
    const std::int32_t user = all.users()[line], item = all.items()[line];
    if (user >= static_cast<std::int64_t>(users.size()) || item >= static_cast<std::int64_t>(items.size())) continue;
    known.users.push_back(user);
    known.items.push_back(item);
    known.values.push_back(all.values()[line]);
    if (!all.times().empty()) known.times.push_back(all.times()[line]);
  }
  const std::size_t left_out = all.size() - known.users.size();
  return {akin::interaction_log(std::move(known)), left_out};
}

akin::sparse_matrix<float> matrix_of(const akin::interaction_log& log, const log_options& options) {
  return log.matrix(enumerator<akin::duplicates>(combinations, options.combine));
}

}  // namespace cli
