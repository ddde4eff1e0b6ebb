#include "shops.hpp"

#include <utility>

#include <akin/serving/all_models.hpp>

#include "interrupt.hpp"

namespace cli {
namespace {

std::int32_t id_of(const akin::id_map& ids, const std::string& name, const char* what, const std::string& path) {
  const auto id = ids.index_of(name);
  if (!id) throw std::runtime_error("there is no " + std::string(what) + " \"" + name + "\" in " + path);
  return *id;
}

}  // namespace

void add_model_file(CLI::App& command, std::string& path) {
  command.add_option("MODEL_FILE", path, "A file that train, tune or import has written")
      ->type_name("FILE")
      ->required();
}

shop load_shop(const std::string& path) { return akin::load_bundle<akin::any_recommender<float>>(path); }

void save_shop(akin::any_recommender<float> model, const akin::id_map& user_ids, const akin::id_map& item_ids,
               akin::sparse_matrix<float> histories, const metadata& about, const std::string& path) {
  shop made(std::move(model), user_ids, item_ids, std::move(histories));
  made.set_metadata(about);
  const writing until_whole;
  akin::save(made, path);
}

std::int32_t user_of(const shop& from, const std::string& name, const std::string& path) {
  return id_of(from.user_ids(), name, "user", path);
}

std::int32_t item_of(const shop& from, const std::string& name, const std::string& path) {
  return id_of(from.item_ids(), name, "item", path);
}

}  // namespace cli
