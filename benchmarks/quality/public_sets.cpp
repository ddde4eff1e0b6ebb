#include "public_sets.hpp"

#include <stdexcept>

#include <akin/data/read_interactions.hpp>
#include <akin/data/read_user_item_lists.hpp>

namespace quality {
namespace {

matrix with_ones(matrix x) {
  std::fill(x.valuePtr(), x.valuePtr() + x.nonZeros(), 1.0F);
  return x;
}

/// The first users of the training of a published split.
matrix first_users(const std::filesystem::path& folder) {
  constexpr int users = 10'000;
  const matrix train = akin::read_lightgcn(folder).train;
  matrix result = train.topRows(std::min<Eigen::Index>(users, train.rows()));
  result.makeCompressed();
  return result;
}

matrix purchases(const std::filesystem::path& folder) {
  return akin::read_interactions(folder / "purchases.csv", {.user = "customer_id", .item = "stock_code"})
      .matrix<float>(akin::duplicates::count);
}

matrix sequences(const std::filesystem::path& file) {
  return with_ones(akin::read_user_item_lists(file).matrix<float>(akin::duplicates::count));
}

}  // namespace

std::vector<std::string> names_of_public_sets() {
  return {"gowalla",       "yelp2018", "beauty",         "online-retail counts",
          "online-retail", "ml-100k",  "ml-100k values", "ml-1m"};
}

std::optional<public_set> read_public_set(const std::filesystem::path& data, const std::string& name) {
  const std::string folder = name == "beauty" ? "sequences-beauty" : name.substr(0, name.find(' '));
  if (!std::filesystem::exists(data / folder)) return {};
  if (name == "gowalla" || name == "yelp2018") return public_set{name, first_users(data / folder)};
  if (name == "beauty") return public_set{name, sequences(data / folder / "sequences.txt")};
  if (name == "online-retail counts") return public_set{name, purchases(data / folder)};
  if (name == "online-retail") return public_set{name, with_ones(purchases(data / folder))};
  const bool has_values = name.ends_with(" values");
  if (folder != "ml-100k" && folder != "ml-1m") throw std::invalid_argument("no public set is called " + name);
  matrix ratings = read_ratings(data / folder).matrix<float>(akin::duplicates::last);
  return public_set{name, has_values ? ratings : with_ones(std::move(ratings))};
}

}  // namespace quality
