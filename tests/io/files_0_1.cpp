#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <akin/io/model_file.hpp>
#include <akin/model/parameters.hpp>

#include "io/craft.hpp"
#include "io/files_0_1/models.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

namespace {

using rows = std::vector<std::vector<float>>;

float number(const std::string& word) {
  return word == "-inf" ? -std::numeric_limits<float>::infinity() : std::stof(word);
}

/// The scores that 0.1 had, by the names of the models.
std::map<std::string, rows> scores_of_0_1() {
  std::map<std::string, rows> all;
  std::ifstream file(std::filesystem::path(akin_test::test_folder()) / "io/files_0_1/scores.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, word;
    words >> name;
    auto& row = all[name].emplace_back();
    while (words >> word) row.push_back(number(word));
  }
  return all;
}

/// Dot products of another instruction set round otherwise.
bool is_close(float a, float b) { return a == b || std::abs(a - b) <= 1e-5f * (1 + std::abs(b)); }

template <class Model>
std::size_t differences(const Model& model, const rows& expected) {
  REQUIRE(model.users() == static_cast<std::int64_t>(expected.size()));
  std::size_t count = 0;
  for (std::int32_t user = 0; user < model.users(); ++user) {
    std::vector<float> scores(static_cast<std::size_t>(model.items()));
    model.score_all(user, scores);
    const auto& row = expected[static_cast<std::size_t>(user)];
    REQUIRE(scores.size() == row.size());
    for (std::size_t i = 0; i < row.size(); ++i) count += !is_close(scores[i], row[i]);
  }
  return count;
}

}  // namespace

TEST_CASE("files of version 0.1 load, score as they did, and go on from there") {
  const auto expected = scores_of_0_1();
  std::size_t models = 0;
  files_0_1::for_each_model([&](const std::string& name, const auto& now) {
    CAPTURE(name);
    ++models;
    using model_type = std::remove_cvref_t<decltype(now)>;
    REQUIRE(expected.count(name) == 1);
    auto model =
        akin::load<model_type>(std::filesystem::path(akin_test::test_folder()) / "io/files_0_1" / (name + ".model"));
    CHECK(differences(model, expected.at(name)) == 0);
    if constexpr (requires { model.options(); }) CHECK(akin::same_options(model.options(), now.options()));
    if constexpr (requires { model.options().keep_interactions; }) {
      if (!model.options().keep_interactions) return;
    }
    if constexpr (requires { model.forget(0); }) {
      model.forget(0);
      CHECK_FALSE(model.knows_user(0));
    }
  });
  CHECK(models == expected.size());
}
