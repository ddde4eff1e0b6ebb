// A service that takes the bundle of any model from a file, and asks it by name.
#include <cstdio>
#include <string>

#include <akin/serving/all_models.hpp>
#include <akin/serving/bundle.hpp>

void answer(const std::string& path, const std::string& user) {
  const auto shop = akin::load_bundle<akin::any_recommender<float>>(path);
  for (const auto& [item, score] : shop.recommend(user, {.k = 10}))
    std::printf("%s %f\n", std::string(item).c_str(), static_cast<double>(score));
}
