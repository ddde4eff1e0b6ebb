// akin's side of the comparison: trains implicit_als on a folder with train.txt and test.txt, and prints as JSON what
// an iteration took. `compare_akin_ials data=FOLDER factors=64 iterations=10 …`; with save=PREFIX it writes the factors
// as raw floats, for the judge that sees every library's factors alike, and adds akin's own Recall@20 and NDCG@20.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/data/read_user_item_lists.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/metrics/ranking.hpp>

namespace {

using arguments = std::map<std::string, std::string, std::less<>>;

arguments parse(int count, char** words) {
  arguments result;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) throw std::invalid_argument("expected name=value, got " + std::string(word));
    result.emplace(word.substr(0, equals), word.substr(equals + 1));
  }
  return result;
}

/// Takes the value out, so that what is left at the end is a misspelt name.
std::string take(arguments& given, std::string_view name, std::string_view otherwise) {
  const auto found = given.find(name);
  return found == given.end() ? std::string(otherwise) : given.extract(found).mapped();
}

akin::als_solver solver_of(const std::string& name) {
  if (name == "automatic") return akin::als_solver::automatic;
  if (name == "exact") return akin::als_solver::exact;
  if (name == "conjugate_gradient") return akin::als_solver::conjugate_gradient;
  throw std::invalid_argument("no such solver: " + name);
}

akin::implicit_als_options take_options(arguments& given) {
  akin::implicit_als_options options;
  const auto number = [&](std::string_view name, double otherwise) {
    return std::stod(take(given, name, std::to_string(otherwise)));
  };
  options.factors = std::stoi(take(given, "factors", "64"));
  options.iterations = std::stoi(take(given, "iterations", "10"));
  options.regularization = number("regularization", options.regularization);
  options.alpha = number("alpha", options.alpha);
  options.unobserved_weight = number("unobserved_weight", options.unobserved_weight);
  options.regularization_exponent = number("regularization_exponent", options.regularization_exponent);
  options.solver = solver_of(take(given, "solver", "automatic"));
  options.solver_tolerance = std::stod(take(given, "solver_tolerance", "1e-3"));
  options.seed = std::stoull(take(given, "seed", "0"));
  return options;
}

template <class Factors>
void write_raw(const std::string& path, const Factors& factors) {
  std::ofstream file(path, std::ios::binary);
  for (Eigen::Index row = 0; row < factors.rows(); ++row) {
    const Eigen::VectorXf numbers = factors.row(row).transpose();
    file.write(reinterpret_cast<const char*>(numbers.data()),
               static_cast<std::streamsize>(sizeof(float)) * numbers.size());
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

template <class Model, class Policy>
double seconds_of_fit(Model& model, const Policy& policy, const akin::sparse_matrix<float>& train) {
  const auto start = std::chrono::steady_clock::now();
  model.fit(policy, train);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run(arguments given) {
  const std::string folder = take(given, "data", "."), prefix = take(given, "save", "");
  const auto policy = akin::execution::par.threads(std::stoi(take(given, "threads", "2")));
  const akin::implicit_als_options options = take_options(given);
  if (!given.empty()) throw std::invalid_argument("unknown argument " + given.begin()->first);
  const auto [train, test] = akin::read_lightgcn(folder);

  auto warm_up_options = options;
  warm_up_options.iterations = 1;
  akin::implicit_als<float> warm_up(warm_up_options), model(options);
  seconds_of_fit(warm_up, policy, train);
  const double seconds = seconds_of_fit(model, policy, train);

  std::printf("{\"seconds\": %.9g, \"users\": %lld, \"items\": %lld, \"factors\": %d", seconds / options.iterations,
              static_cast<long long>(model.users()), static_cast<long long>(model.items()), options.factors);
  if (!prefix.empty()) {
    write_raw(prefix + ".users.f32", model.user_factors());
    write_raw(prefix + ".items.f32", model.item_factors());
    const auto [recall, ndcg] =
        akin::evaluate(policy, model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
    std::printf(", \"recall\": %.6f, \"ndcg\": %.6f", recall.mean, ndcg.mean);
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_akin_ials: %s\n", error.what());
    return 1;
  }
}
