// A shop in one file: reads ratings, lets two models learn from clicks, judges one, saves the other, loads and asks it.
// Its files are in the working directory. Exits with the number of results that are wrong.
#include <cstdio>
#include <fstream>

#include <akin/akin.hpp>

namespace execution = akin::execution;

namespace {

int failures = 0;

void check(bool ok, const char* what) {
  if (ok) return;
  std::printf("wrong: %s\n", what);
  ++failures;
}

void read_ratings() {
  std::ofstream("ratings.csv") << "customer,product,stars\nann,lamp,4.5\nbob,lamp,2\nann,desk,-0.25\n";
  const auto log = akin::read_interactions("ratings.csv", {.user = "customer", .item = "product", .value = "stars"});
  const auto ratings = log.matrix(akin::duplicates::sum);
  check(log.user_ids().size() == 2 && ratings.coeff(0, 0) == 4.5f && ratings.coeff(0, 1) == -0.25f, "ratings");
}

/// Five items for each user, none of which the user has, the best first.
bool are_recommendations(const akin::recommendations<float>& lists, const akin::sparse_matrix<float>& seen) {
  std::size_t user = 0;
  for (; user < lists.size(); ++user) {
    const auto items = lists.items(user);
    const auto scores = lists.scores(user);
    if (items.size() != 5) return false;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (seen.coeff(static_cast<Eigen::Index>(user), items[i]) > 0 || scores[i] > scores[0]) return false;
  }
  return user == 200;
}

}  // namespace

int main() {
  read_ratings();
  const auto clicks =
      akin::synthetic::power_law_clicks<float>({.users = 200, .items = 80, .interactions = 4000, .seed = 7});
  const auto [train, test] = akin::split_per_user(clicks, {.test_fraction = 0.2, .seed = 1});

  akin::item_knn<float> knn({.neighbors = 20});
  knn.fit(execution::par, train);
  const auto [ndcg] = akin::evaluate(execution::par, knn, train, test, akin::metrics::ndcg{10});
  check(ndcg.mean > 0.2, "ndcg@10 of item_knn");

  akin::implicit_als<float> als({.factors = 8, .iterations = 5});
  als.fit(execution::par, train);
  akin::save(als, "shop.model");
  const auto loaded = akin::load<akin::implicit_als<float>>("shop.model");
  check(loaded.score(3, 4) == als.score(3, 4), "the loaded model");
  const auto lists = akin::recommend(execution::par, loaded, {.k = 5, .exclude = train});
  check(are_recommendations(lists, train), "lists");

  std::printf("akin %d.%d.%d: %zu lists, ndcg@10 %.3f, %d results are wrong\n", AKIN_VERSION_MAJOR, AKIN_VERSION_MINOR,
              AKIN_VERSION_PATCH, lists.size(), ndcg.mean, failures);
  return failures;
}
