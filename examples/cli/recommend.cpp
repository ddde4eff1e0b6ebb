#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>

#include <akin/data/npy.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/serving/write_recommendations.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "lists.hpp"
#include "output.hpp"
#include "shops.hpp"

namespace cli {
namespace {

struct recommend_options {
  general_options general;
  std::string model_file;
  std::vector<std::string> users;
  bool all = false;
  std::vector<std::string> basket;
  int k = 10;
  std::string output;
};

using id_lists = akin::recommendations<float>;

std::vector<std::int32_t> asked_users(const shop& from, const recommend_options& asked) {
  std::vector<std::int32_t> users;
  for (const std::string& name : asked.users) users.push_back(user_of(from, name, asked.model_file));
  if (!asked.all) return users;
  users.resize(from.user_ids().size());
  std::iota(users.begin(), users.end(), 0);
  return users;
}

named_list named(const id_lists& lists, std::size_t number, const shop& from) {
  named_list list;
  for (std::size_t i = 0; i < lists.items(number).size(); ++i)
    list.push_back({std::string(from.item_ids().name_of(lists.items(number)[i])), lists.scores(number)[i]});
  return list;
}

/// All lists on standard output, one after the other: they may be many.
void print_lists(const id_lists& lists, const std::vector<std::int32_t>& users, const shop& from, bool as_json) {
  if (as_json) print("[");
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::string user(from.user_ids().name_of(users[i]));
    const named_list list = named(lists, i, from);
    if (as_json)
      print((i == 0 ? "" : ",\n ") + text_of(json{{"user", user}, {"items", json_of(list)}}));
    else
      print((i == 0 ? "" : "\n") + one_line(user) + '\n' + text_of(list));
  }
  if (as_json) print("]\n");
}

void recommend_for_basket(const recommend_options& asked, const shop& from) {
  for (const std::string& item : asked.basket)
    if (!from.contains_item(item))
      note(asked.general, "there is no item \"" + item + "\" in " + asked.model_file + "; it is left out");
  const named_list list = from.recommend_for(asked.basket, {.k = asked.k});
  if (asked.general.json)
    print_json(json{{"basket", asked.basket}, {"items", json_of(list)}});
  else
    print(text_of(list));
}

/// A row a list: the numbers of its items, then -1.
akin::dense_matrix<std::int32_t> numbers_of(const id_lists& lists) {
  akin::dense_matrix<std::int32_t> numbers =
      akin::dense_matrix<std::int32_t>::Constant(static_cast<Eigen::Index>(lists.size()), lists.k(), -1);
  for (std::size_t list = 0; list < lists.size(); ++list)
    std::ranges::copy(lists.items(list), numbers.row(static_cast<Eigen::Index>(list)).data());
  return numbers;
}

std::string extension_of(const std::string& path) { return std::filesystem::path(path).extension(); }

void write_lists(const id_lists& lists, const std::vector<std::int32_t>& users, const shop& from,
                 const std::string& path) {
  const writing until_whole;
  if (extension_of(path) == ".npy") return akin::write_npy(numbers_of(lists), path);
  akin::write_recommendations(lists, path, from.user_ids(), from.item_ids(), users);
}

void check(const recommend_options& asked) {
  if (asked.users.empty() && !asked.all && asked.basket.empty())
    throw usage_error("--user, --all or --basket must say for whom");
  if (asked.output.empty()) return;
  if (!asked.basket.empty()) throw usage_error("--output goes with --user or --all, not with --basket");
  const std::string extension = extension_of(asked.output);
  if (extension != ".csv" && extension != ".jsonl" && extension != ".npy")
    throw usage_error("--output must end in .csv, .jsonl or .npy, got \"" + asked.output + "\"");
  require_writable(asked.output);
}

void recommend(const recommend_options& asked) {
  check(asked);
  const shop from = load_shop(asked.model_file);
  if (!asked.basket.empty()) return recommend_for_basket(asked, from);
  const std::vector<std::int32_t> users = asked_users(from, asked);
  const id_lists lists =
      akin::recommend(policy_of(asked.general), from.model(), users, {.k = asked.k, .exclude = from.histories()});
  if (asked.output.empty()) return print_lists(lists, users, from, asked.general.json);
  write_lists(lists, users, from, asked.output);
  if (asked.general.json)
    print_json(json{{"lists_file", asked.output}, {"lists", users.size()}});
  else
    print(asked.output + ": lists of " + std::to_string(users.size()) + " users\n");
}

}  // namespace

void add_recommend(CLI::App& app) {
  CLI::App* const command =
      app.add_subcommand("recommend", "Recommend items that a user has not had, to some users, all, or a basket");
  const auto options = std::make_shared<recommend_options>();
  add_model_file(*command, options->model_file);
  CLI::Option* const user = command->add_option("-u,--user", options->users, "Names of users")->type_name("NAME");
  CLI::Option* const all = command->add_flag("--all", options->all, "All users of the model file")->excludes(user);
  command->add_option("--basket", options->basket, "Items of somebody who is not in the model file, a,b,c")
      ->type_name("ITEMS")
      ->delimiter(',')
      ->excludes(user)
      ->excludes(all);
  command->add_option("-k", options->k, "Length of a list, 10 by default")->type_name("N")->check(whole_number(1));
  add_output(
      *command, options->output,
      "Write the lists to a file: .csv with user, item, rank and score; .jsonl with a list a line; .npy with a row "
      "a list, the numbers of the items in the order of info --names items, then -1");
  add_general(*command, options->general);
  command->callback([options] { recommend(*options); });
}

}  // namespace cli
