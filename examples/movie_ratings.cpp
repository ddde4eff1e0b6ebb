// Ratings: models that predict stars, measured beside the bias of users and movies, and a list for one user with
// reasons.
//
//   movie_ratings FOLDER [USER]
//
// FOLDER holds a MovieLens data set as it is published (u.data, ratings.dat or ratings.csv; titles from u.item or
// movies.csv); USER is the first one of the ratings unless it is named. Prints the error of each model on the last five
// ratings of each user, beside the bias alone; what svdpp predicts for those of the user; and the five best of the
// movies with at least 20 ratings, with what the user thought of similar ones.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/data/read_movielens.hpp>
#include <akin/data/splits.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/hybrid/clipped.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/report/report.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/min_ratings.hpp>
#include <akin/retrieval/recommend.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

constexpr int least_ratings = 20;  // what two people loved is not yet good

struct movies {
  akin::interaction_log log;
  akin::sparse_matrix<float> known, later;  // users x movies: each user's ratings but for the last five, and those
  std::vector<std::string> titles;          // by item id; the number where there is no title

  const char* title(std::int32_t item) const { return titles[static_cast<std::size_t>(item)].c_str(); }
};

std::vector<std::string> read_titles(const std::filesystem::path& folder, const akin::id_map& ids) {
  std::vector<std::string> titles(ids.size());
  if (std::filesystem::exists(folder / "movies.csv"))
    titles = akin::read_item_texts(folder / "movies.csv", {.item = "movieId", .text = "title"}, ids);
  else if (std::filesystem::exists(folder / "u.item"))
    titles =
        akin::read_item_texts(folder / "u.item", {.item = "1", .text = "2", .separator = '|', .header = false}, ids);
  for (std::size_t item = 0; item < titles.size(); ++item)
    if (titles[item].empty()) titles[item] = "movie " + std::string(ids.name_of(static_cast<std::int32_t>(item)));
  return titles;
}

movies read_movies(const std::filesystem::path& folder) {
  auto log = akin::read_movielens(folder);
  // People rate many movies in one evening: a cut at one moment would leave most users on one side of it.
  const auto [train, test] = akin::split_leave_last(log, {.count = 5});
  auto known = train.matrix(akin::duplicates::last), later = test.matrix(akin::duplicates::last);
  if (later.nonZeros() == 0)
    throw std::invalid_argument("FOLDER must hold users with more than five ratings, got none");
  auto titles = read_titles(folder, log.item_ids());
  return {std::move(log), std::move(known), std::move(later), std::move(titles)};
}

template <class Model>
void judge(akin::report& table, const char* name, const Model& model, const movies& data) {
  // Nobody gives 5.3 stars: what is predicted stays within the range of the ratings.
  const auto within = akin::clipped(model, akin::range_of(data.known));
  const auto errors = akin::evaluate_ratings(execution::par, within, data.later, metrics::rmse{}, metrics::mae{});
  table.add(name, akin::named_results(errors, metrics::rmse{}, metrics::mae{}));
}

void print_predictions(const akin::svdpp<float>& model, const movies& data, std::int32_t user) {
  const auto within = akin::clipped(model, akin::range_of(data.known));
  std::printf("user %s   given  predicted\n", std::string(data.log.user_ids().name_of(user)).c_str());
  for (akin::sparse_matrix<float>::InnerIterator rating(data.later, user); rating; ++rating) {
    const auto movie = static_cast<std::int32_t>(rating.col());
    std::printf("  %12.1f %10.1f  %s\n", static_cast<double>(rating.value()),
                static_cast<double>(within.predict(user, movie)), data.title(movie));
  }
}

void print_list(const akin::svdpp<float>& model, const movies& data, std::int32_t user) {
  const auto within = akin::clipped(model, akin::range_of(data.known));
  const std::vector<std::int32_t> users = {user};
  const auto lists = akin::recommend(execution::par, model, users, {.k = 5, .exclude = data.known},
                                     akin::filters::min_ratings(data.known, least_ratings));
  std::printf("\nthe best of the movies with at least %d ratings\n", least_ratings);
  for (const std::int32_t movie : lists.items(0)) {
    std::printf("  %.1f  %s\n", static_cast<double>(within.predict(user, movie)), data.title(movie));
    for (const auto& reason : akin::explain(model, data.known, user, movie, {.k = 2}))
      std::printf("         %+.2f by the %.1f for %s\n", static_cast<double>(reason.contribution),
                  static_cast<double>(data.known.coeff(user, reason.item)), data.title(reason.item));
  }
}

void run(const std::filesystem::path& folder, const char* name) {
  const movies data = read_movies(folder);
  const auto user = name != nullptr ? data.log.user_ids().index_of(name) : 0;
  if (!user) throw std::invalid_argument(std::string("USER must have ratings, got ") + name);

  akin::bias<float> bias;
  // Reasonable for some hundred thousand ratings; docs/selection.md: a search on validation data of one's own.
  akin::item_knn<float> neighbors({.neighbors = 1000,
                                   .significance = 20,
                                   .amplification = 2,
                                   .centering = akin::centering::baseline,
                                   .aggregation = akin::aggregation::weighted_average});
  akin::explicit_als<float> als({.factors = 64, .regularization = 0.1});
  akin::svdpp<float> svdpp(
      {.factors = 64, .epochs = 20, .learning_rate = 0.03, .regularization = 0.05, .learning_rate_decay = 0.9});
  akin::report table;
  bias.fit(execution::par, data.known), judge(table, "bias", bias, data);
  neighbors.fit(execution::par, data.known), judge(table, "item_knn", neighbors, data);
  als.fit(execution::par, data.known), judge(table, "explicit_als", als, data);
  svdpp.fit(execution::par, data.known), judge(table, "svdpp", svdpp, data);
  std::printf("%s\n", table.text().c_str());
  print_predictions(svdpp, data, *user);
  print_list(svdpp, data, *user);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: movie_ratings FOLDER [USER]\n");
    return 2;
  }
  try {
    run(argv[1], argc == 3 ? argv[2] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "movie_ratings: %s\n", error.what());
    return 1;
  }
  return 0;
}
