// The nightly training of a shop: learns from the newest log, compares with the model that serves on what has happened
// since that was trained, and replaces it, or refuses to.
//
//   nightly PURCHASES.csv MODEL
//
// PURCHASES.csv has the columns customer_id, stock_code and invoice_date; MODEL is the file that the service loads,
// which the first night makes. Exits with 0 if MODEL is new, with 3 if it stays because the new model is not as good or
// too little has happened to tell, with 1 after an error and 2 after wrong use. Prints the comparison.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/read_interactions.hpp>
#include <akin/data/splits.hpp>
#include <akin/evaluation/compare.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/live_model.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

using shop = akin::bundle<akin::implicit_als<float>>;

constexpr int swapped = 0, refused = 3;
constexpr std::size_t least_purchases = 1000;  // since the last training; fewer say nothing
constexpr double tolerance = 0.1;              // of the serving model's ndcg, that chance may hide

std::int64_t last_moment(const akin::interaction_log& log) { return *std::ranges::max_element(log.times()); }

akin::implicit_als<float> train(const akin::sparse_matrix<float>& purchases) {
  akin::implicit_als<float> model({.factors = 64, .iterations = 10, .regularization = 10, .alpha = 0.3});
  model.fit(execution::par, purchases);
  return model;
}

/// The model of the whole log, with what the next night must know of it.
shop train_shop(const akin::interaction_log& log) {
  auto purchases = log.matrix(akin::duplicates::count);
  auto model = train(purchases);
  shop result(std::move(model), log.user_ids(), log.item_ids(), std::move(purchases));
  result.set_metadata({{"trained_until", std::to_string(last_moment(log))}});
  return result;
}

std::int64_t trained_until(const shop& serving) {
  const auto found = serving.metadata().find("trained_until");
  if (found == serving.metadata().end())
    throw std::runtime_error("MODEL must be one of nightly, it has no trained_until");
  std::int64_t moment = 0;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), moment);
  return moment;
}

/// The purchases of customers and products that `serving` knows, in its numbers.
akin::interaction_log known_purchases(const shop& serving, const akin::interaction_log& log) {
  akin::interaction_arrays known = {.user_ids = std::make_shared<const akin::id_map>(serving.user_ids()),
                                    .item_ids = std::make_shared<const akin::id_map>(serving.item_ids())};
  for (std::size_t line = 0; line < log.size(); ++line) {
    const auto user = serving.user_ids().index_of(log.user_ids().name_of(log.users()[line]));
    const auto item = serving.item_ids().index_of(log.item_ids().name_of(log.items()[line]));
    if (!user || !item) continue;
    known.users.push_back(*user);
    known.items.push_back(*item);
    known.times.push_back(log.times()[line]);
  }
  return akin::interaction_log(std::move(known));
}

/// Whether a model that learns what has happened since is as good as the one that serves. It learns the first half of
/// that, and the second half, which neither has seen, judges both on the same customers. New customers and products,
/// which only the new model knows, do not count.
bool is_as_good(const shop& serving, const akin::interaction_log& log) {
  const auto purchases = known_purchases(serving, log);
  const auto is_since = [last = trained_until(serving)](std::int64_t time) { return time > last; };
  const auto since = static_cast<std::size_t>(std::ranges::count_if(purchases.times(), is_since));
  std::printf("%zu purchases since the last training, %zu before\n", since, purchases.size() - since);
  if (since < least_purchases || since == purchases.size()) return false;
  const double judging_part = 0.5 * static_cast<double>(since) / static_cast<double>(purchases.size());
  const auto [learnt, judges] = akin::split_by_time(purchases, {.test_fraction = judging_part});
  const auto seen = learnt.matrix(akin::duplicates::count);
  const auto result = akin::compare(execution::par, serving.model(), train(seen), seen,
                                    judges.matrix(akin::duplicates::count), metrics::ndcg{10});
  std::printf("ndcg@10 of %lld customers: serving %.4f, new %.4f, difference %+.4f, 95 %% interval %+.4f to %+.4f\n",
              static_cast<long long>(result.users), result.mean_a, result.mean_b, result.mean_difference, result.low,
              result.high);
  return result.low > -tolerance * result.mean_a;
}

/// A service that answers from `live` in other threads goes on meanwhile; others load the file, which is whole at any
/// moment.
int replace(akin::live_model<shop>& live, shop next, const std::filesystem::path& file) {
  akin::save(next, file);
  live.publish(std::move(next));
  std::printf("swapped: version %lld\n", static_cast<long long>(live.version()));
  return swapped;
}

int run(const char* path, const std::filesystem::path& file) {
  const auto log = akin::read_interactions(path, {.user = "customer_id", .item = "stock_code", .time = "invoice_date"});
  if (log.empty()) throw std::runtime_error("PURCHASES.csv must hold purchases, got none");
  if (!std::filesystem::exists(file)) {
    akin::save(train_shop(log), file);
    std::printf("the first model: %zu purchases\n", log.size());
    return swapped;
  }
  akin::live_model<shop> live(akin::load_bundle<akin::implicit_als<float>>(file));
  if (is_as_good(*live.read(), log)) return replace(live, train_shop(log), file);
  std::printf("refused: the serving model stays\n");
  return refused;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: nightly PURCHASES.csv MODEL\n");
    return 2;
  }
  try {
    return run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nightly: %s\n", error.what());
    return 1;
  }
}
