#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include <akin/data/matrix_market.hpp>
#include <akin/data/read_movielens.hpp>
#include <akin/data/read_user_item_lists.hpp>
#include <akin/data/write_interactions.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "logs.hpp"
#include "output.hpp"

namespace cli {
namespace {

const std::vector<std::string> formats = {"csv", "movielens", "lists", "matrix-market"};

struct import_options {
  general_options general;
  log_options log;
  std::string from;
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

void import(const import_options& asked) {
  require_writable(asked.output);
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

}  // namespace

void add_import(CLI::App& app) {
  CLI::App* const command =
      app.add_subcommand("import", "Convert foreign data to a log: CSV with the columns user, item, value, time");
  const auto options = std::make_shared<import_options>();
  command
      ->add_option("PATH", options->log.path,
                   "A MovieLens folder or file, a file of user-item lists, a Matrix Market file, or a table")
      ->type_name("FILE")
      ->required();
  command->add_option("--from", options->from, "Format: " + listed(formats) + "; by default found by the file's name")
      ->type_name("FORMAT")
      ->check(one_of(formats));
  add_output(*command, options->output, "The log")->required();
  add_log_columns(*command, options->log);
  add_general(*command, options->general);
  command->callback([options] { import(*options); });
}

}  // namespace cli
