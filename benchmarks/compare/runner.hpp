/// What akin's runners share: arguments `name=value`, the clock, raw factors for the judge, and main.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/data/matrix_market.hpp>
#include <akin/data/read_user_item_lists.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/matrix.hpp>

namespace compare {

/// Each argument is taken once, so that what is left at the end is a misspelt name.
class arguments {
 public:
  arguments(int count, char** words) {
    for (int i = 1; i < count; ++i) {
      const std::string_view word = words[i];
      const auto equals = word.find('=');
      if (equals == std::string_view::npos)
        throw std::invalid_argument("expected name=value, got " + std::string(word));
      given_.emplace(word.substr(0, equals), word.substr(equals + 1));
    }
  }

  std::string text(std::string_view name, std::string_view otherwise) {
    const auto found = given_.find(name);
    return found == given_.end() ? std::string(otherwise) : given_.extract(found).mapped();
  }
  double number(std::string_view name, double otherwise) {
    const std::string given = text(name, "");
    return given.empty() ? otherwise : std::stod(given);
  }
  int whole(std::string_view name, int otherwise) { return std::stoi(text(name, std::to_string(otherwise))); }
  std::uint64_t seed() { return std::stoull(text("seed", "0")); }
  akin::als_solver solver() {
    const std::string name = text("solver", "automatic");
    if (name == "automatic") return akin::als_solver::automatic;
    if (name == "exact") return akin::als_solver::exact;
    if (name == "conjugate_gradient") return akin::als_solver::conjugate_gradient;
    throw std::invalid_argument("no such solver: " + name);
  }

  void require_all_taken() const {
    if (!given_.empty()) throw std::invalid_argument("unknown argument " + given_.begin()->first);
  }

 private:
  std::map<std::string, std::string, std::less<>> given_;
};

template <class Number>
void write_numbers(const std::string& path, const Number* numbers, std::int64_t count) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers), static_cast<std::streamsize>(sizeof(Number)) * count);
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}
inline void write_floats(const std::string& path, const float* numbers, std::int64_t count) {
  write_numbers(path, numbers, count);
}
inline void write_floats(const std::string& path, std::span<const float> numbers) {
  write_floats(path, numbers.data(), static_cast<std::int64_t>(numbers.size()));
}

/// Factors as rows of floats, without the gaps that the model may have between its rows.
template <class Model>
void write_factors(const std::string& prefix, const Model& model) {
  const akin::dense_matrix<float> users = model.user_factors(), items = model.item_factors();
  write_floats(prefix + ".users.f32", users.data(), users.size());
  write_floats(prefix + ".items.f32", items.data(), items.size());
}

/// The same with what a rating has besides the product of the factors.
template <class Model>
void write_biased_factors(const std::string& prefix, const Model& model) {
  write_factors(prefix, model);
  const float mean = model.mean();
  write_floats(prefix + ".user_biases.f32", model.user_biases());
  write_floats(prefix + ".item_biases.f32", model.item_biases());
  write_floats(prefix + ".mean.f32", &mean, 1);
}

/// A sparse matrix by rows.
template <class Matrix>
void write_sparse(const std::string& prefix, const Matrix& matrix) {
  const std::vector<std::int64_t> offsets(matrix.outerIndexPtr(), matrix.outerIndexPtr() + matrix.rows() + 1);
  write_numbers(prefix + ".offsets.i64", offsets.data(), matrix.rows() + 1);
  write_numbers(prefix + ".columns.i32", matrix.innerIndexPtr(), matrix.nonZeros());
  write_floats(prefix + ".values.f32", matrix.valuePtr(), matrix.nonZeros());
}

/// The items of all lists, k each: -1 behind the end of a shorter one.
template <class Lists>
std::vector<std::int32_t> padded_lists(const Lists& lists, int k) {
  std::vector<std::int32_t> items;
  for (std::size_t list = 0; list < lists.size(); ++list) {
    items.insert(items.end(), lists.items(list).begin(), lists.items(list).end());
    items.resize((list + 1) * static_cast<std::size_t>(k), -1);
  }
  return items;
}

/// What there is to learn from: train.mtx, or train.txt with ones.
inline akin::sparse_matrix<float> read_train(const std::string& folder, bool ones = false) {
  if (!std::filesystem::exists(folder + "/train.mtx")) return akin::read_lightgcn(folder).train;
  auto train = akin::read_matrix_market<float>(folder + "/train.mtx");
  if (ones) train.coeffs().setOnes();
  return train;
}

template <class Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class Model, class Policy>
double seconds_of_fit(Model& model, const Policy& policy, const akin::sparse_matrix<float>& train) {
  return seconds_of([&] { model.fit(policy, train); });
}

/// The beginning of the JSON that a runner prints; `units` are what the seconds are divided by.
template <class Model>
void print_result(const Model& model, double seconds, double units) {
  std::printf("{\"seconds\": %.9g, \"users\": %lld, \"items\": %lld, \"factors\": %lld", seconds / units,
              static_cast<long long>(model.users()), static_cast<long long>(model.items()),
              static_cast<long long>(model.item_factors().cols()));
}

/// All of it where there are no factors; `width` is what the judge is told.
inline void print_result(double seconds, int width) {
  std::printf("{\"seconds\": %.9g, \"factors\": %d}\n", seconds, width);
}

template <class Run>
int run_main(int argc, char** argv, const Run& run) {
  try {
    run(arguments(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    const std::string_view path = argv[0];
    std::fprintf(stderr, "%s: %s\n", argv[0] + path.find_last_of('/') + 1, error.what());
    return 1;
  }
}

}  // namespace compare
