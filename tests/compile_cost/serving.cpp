// A service: a bundle from a file, asked by name.
#include <cstdio>
#include <string>

#include <akin/factorization/implicit_als.hpp>
#include <akin/serving/bundle.hpp>

void answer(const std::string& path, const std::string& user) {
  const auto shop = akin::load_bundle<akin::implicit_als<float>>(path);
  for (const auto& [item, score] : shop.recommend(user, {.k = 10}))
    std::printf("%s %f\n", std::string(item).c_str(), static_cast<double>(score));
}
