#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include <akin/data/matrix_market.hpp>
#include <akin/data/npy.hpp>
#include <akin/data/read_movielens.hpp>
#include <akin/data/read_user_item_lists.hpp>
#include <akin/data/write_interactions.hpp>
#include <akin/factorization/factor_model.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "logs.hpp"
#include "output.hpp"
#include "shops.hpp"

namespace cli {
namespace {

const std::vector<std::string> formats = {"csv", "movielens", "lists", "matrix-market"};

struct import_options {
  general_options general;
  log_options log;
  std::string from;
  std::string user_factors, item_factors, user_names, item_names;
  std::string output;
};

std::string format_of(const std::filesystem::path& path) {
  const std::string extension = path.extension(), name = path.filename();
  if (std::filesystem::is_directory(path) || extension == ".dat" || name == "u.data") return "movielens";
  if (extension == ".mtx") return "matrix-market";
  return extension == ".txt" ? "lists" : "csv";
}

/// Rows and columns are named by their numbers in the file, from 1 on.
akin::interaction_log read_matrix(const std::string& path) {
  const akin::sparse_matrix<float> x = akin::read_matrix_market<float>(path);
  const auto numbers = [](Eigen::Index count) {
    auto ids = std::make_shared<akin::id_map>();
    for (Eigen::Index id = 1; id <= count; ++id) ids->insert(std::to_string(id));
    return ids;
  };
  akin::interaction_arrays arrays{.user_ids = numbers(x.rows()), .item_ids = numbers(x.cols())};
  for (Eigen::Index row = 0; row < x.outerSize(); ++row) {
    for (akin::sparse_matrix<float>::InnerIterator cell(x, row); cell; ++cell) {
      arrays.users.push_back(static_cast<std::int32_t>(cell.row()));
      arrays.items.push_back(static_cast<std::int32_t>(cell.col()));
      arrays.values.push_back(cell.value());
    }
  }
  return akin::interaction_log(std::move(arrays));
}

akin::interaction_log read_foreign(const import_options& asked, const std::string& format) {
  const std::string& path = asked.log.path;
  if (!std::filesystem::exists(path)) throw std::runtime_error("there is no file or folder " + path);
  if (format == "movielens") return akin::read_movielens(path);
  if (format == "lists") return akin::read_user_item_lists(path);
  if (format == "matrix-market") return read_matrix(path);
  return read_log(asked.log, asked.general);
}

void import_log(const import_options& asked) {
  const std::string format = asked.from.empty() ? format_of(asked.log.path) : asked.from;
  const akin::interaction_log log = read_foreign(asked, format);
  {
    const writing until_whole;
    akin::write_interactions(log, asked.output);
  }
  if (asked.general.json)
    print_json(json{{"log_file", asked.output}, {"format", format}, {"lines", log.size()}});
  else
    print(asked.output + ": " + std::to_string(log.size()) + " lines from " + asked.log.path + ", read as " + format +
          "\n");
}

/// The lines of a file; the numbers of the rows without one.
akin::id_map read_names(const std::string& path, Eigen::Index rows) {
  if (path.empty()) return akin::numbered_ids(static_cast<std::int32_t>(rows));
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  akin::id_map names;
  Eigen::Index count = 0;
  for (std::string line; std::getline(file, line); ++count)
    if (names.insert(line) != count) throw std::runtime_error(path + ": the name \"" + line + "\" must come once");
  if (count != rows)
    throw std::runtime_error(path + " must have a name for each of the " + std::to_string(rows) + " rows, got " +
                             std::to_string(count));
  return names;
}

/// The log, if there is one, in the names of the factors.
akin::sparse_matrix<float> histories_of(const import_options& asked, const akin::id_map& users,
                                        const akin::id_map& items) {
  if (asked.log.path.empty()) return {static_cast<Eigen::Index>(users.size()), static_cast<Eigen::Index>(items.size())};
  return matrix_of(read_known_log(asked.log, asked.general, users, items).log, asked.log);
}

void import_factors(const import_options& asked) {
  akin::dense_matrix<float> user_factors = akin::read_npy<float>(asked.user_factors);
  akin::dense_matrix<float> item_factors = akin::read_npy<float>(asked.item_factors);
  const akin::id_map users = read_names(asked.user_names, user_factors.rows());
  const akin::id_map items = read_names(asked.item_names, item_factors.rows());
  const Eigen::Index factors = item_factors.cols();
  akin::factor_model<float> model(std::move(user_factors), std::move(item_factors));
  save_shop(std::move(model), users, items, histories_of(asked, users, items), {{"options", "imported factors"}},
            asked.output);
  if (asked.general.json)
    print_json(
        json{{"model_file", asked.output}, {"users", users.size()}, {"items", items.size()}, {"factors", factors}});
  else
    print(asked.output + ": factor_model of " + std::to_string(users.size()) + " users and " +
          std::to_string(items.size()) + " items\n");
}

void import(const import_options& asked) {
  require_writable(asked.output);
  if (!asked.user_factors.empty()) return import_factors(asked);
  if (asked.log.path.empty()) throw usage_error("PATH must be given, or --user-factors and --item-factors");
  import_log(asked);
}

void add_factors(CLI::App& command, import_options& options) {
  CLI::Option* const users =
      command.add_option("--user-factors", options.user_factors, "Factors of another library, .npy, a row a user")
          ->type_name("FILE");
  CLI::Option* const items =
      command.add_option("--item-factors", options.item_factors, "The same, a row an item")->type_name("FILE");
  users->needs(items);
  items->needs(users);
  command
      .add_option("--user-names", options.user_names,
                  "Names of the rows, one a line; by default their numbers, from 0 on")
      ->type_name("FILE")
      ->needs(users);
  command.add_option("--item-names", options.item_names, "The same of items")->type_name("FILE")->needs(items);
}

}  // namespace

void add_import(CLI::App& app) {
  CLI::App* const command =
      app.add_subcommand("import",
                         "Convert foreign data to a log, CSV with the columns user, item, value and time, or foreign "
                         "factors to a model file");
  const auto options = std::make_shared<import_options>();
  command
      ->add_option(
          "PATH", options->log.path,
          "A MovieLens folder or file, a file of user-item lists, a Matrix Market file, or a table; with factors the "
          "log of the users' histories")
      ->type_name("FILE");
  command->add_option("--from", options->from, "Format: " + listed(formats) + "; by default found by the file's name")
      ->type_name("FORMAT")
      ->check(one_of(formats));
  add_output(*command, options->output, "The log or the model file")->required();
  add_factors(*command, *options);
  add_log_columns(*command, options->log);
  add_general(*command, options->general);
  command->callback([options] { import(*options); });
}

}  // namespace cli
