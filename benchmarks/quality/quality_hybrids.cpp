// Models made of models.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <Eigen/SparseCore>

#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/learn_weights.hpp>
#include <akin/neighbors/user_knn.hpp>

#include "quality.hpp"

namespace quality {
namespace {

struct parts {
  akin::implicit_als<float> factors;
  akin::graph_filter<float> filter;
  akin::user_knn<float> neighbors;
  double seconds = 0;

  parts(const blend_setting& setting, const arguments& given, const matrix& train)
      : factors(setting.factors.options), filter(setting.filter), neighbors(setting.neighbors) {
    seconds = seconds_of_fit(factors, given, weighted(train, setting.factors.popularity_exponent)) +
              seconds_of_fit(filter, given, train) + seconds_of_fit(neighbors, given, train);
  }
};

/// Users and items of train.txt in the order of the file.
struct listed {
  int user, item;
};

std::vector<listed> read_listed(const std::filesystem::path& file) {
  const akin::interaction_log log = akin::read_user_item_lists(file);
  const auto number_of = [](const akin::id_map& ids, std::int32_t id) {
    return std::stoi(std::string(ids.name_of(id)));
  };
  std::vector<listed> result;
  result.reserve(log.size());
  for (std::size_t i = 0; i < log.size(); ++i)
    result.push_back({number_of(log.user_ids(), log.users()[i]), number_of(log.item_ids(), log.items()[i])});
  return result;
}

/// Whether the items of a line stand in an order of their own: fewer than nine of ten ascend from one to the next.
bool are_in_order_of_time(const std::vector<listed>& all) {
  std::int64_t next = 0, ascending = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].user != all[i - 1].user) continue;
    ++next;
    ascending += all[i].item > all[i - 1].item ? 1 : 0;
  }
  return ascending < next / 10 * 9;
}

/// The last tenth of each user's line, and what stands before it; a random tenth where lines are sorted by id. With a
/// random tenth of lines in the order of time neighbourhoods look far better than they are on the test.
split latest_of(const std::filesystem::path& file, const matrix& train) {
  const std::vector<listed> all = read_listed(file);
  if (!are_in_order_of_time(all)) return validation_of(train);
  std::vector<std::int64_t> of_user(static_cast<std::size_t>(train.rows())), seen(of_user);
  for (const auto& [user, item] : all) ++of_user[static_cast<std::size_t>(user)];
  std::vector<Eigen::Triplet<float>> before, last;
  for (const auto& [user, item] : all) {
    const auto u = static_cast<std::size_t>(user);
    const bool is_last = ++seen[u] > of_user[u] - (of_user[u] + 5) / 10;
    (is_last ? last : before).emplace_back(user, item, 1.0F);
  }
  split slice{matrix(train.rows(), train.cols()), matrix(train.rows(), train.cols())};
  slice.train.setFromTriplets(before.begin(), before.end());
  slice.test.setFromTriplets(last.begin(), last.end());
  return slice;
}

using blend_weights = std::array<double, 3>;

/// Learnt on a slice of what is learnt from, which the parts have not seen.
blend_weights learn(const blend_setting& setting, const arguments& given, const split& slice, const parts& young) {
  constexpr int users = 2500;
  const auto weights =
      akin::learn_weights(given.policy(), setting.how, slice.train, slice.test, akin::metrics::ndcg{20},
                          {.users = users}, young.factors, young.filter, young.neighbors);
  std::fprintf(stderr, "weights %.3f, %.3f and %.3f\n", weights[0], weights[1], weights[2]);
  return weights;
}

measured measure_blend(const blend_setting& setting, const arguments& given, const blend_weights& weights,
                       const parts& grown, const matrix& train, const matrix& test) {
  const auto model = akin::blend(setting.how, akin::weighted(weights[0], grown.factors),
                                 akin::weighted(weights[1], grown.filter), akin::weighted(weights[2], grown.neighbors));
  const auto [recall, ndcg] =
      akin::evaluate(given.policy(), model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
  return {{recall.mean, ndcg.mean}, grown.seconds};
}

measured measure_on_test(const blend_setting& setting, const arguments& given, const split& slice, const matrix& train,
                         const matrix& test) {
  blend_weights weights;
  {
    const parts young(setting, given, slice.train);
    weights = learn(setting, given, slice, young);
  }
  return measure_blend(setting, given, weights, parts(setting, given, train), train, test);
}

/// What each normalisation reaches on the slice that its weights are learnt on.
void tune_blend(const arguments& given, const list_task<blend_setting>& task, const split& slice) {
  const parts young(task.chosen, given, slice.train);
  const matrix wanted = some_users(slice.test, 8);
  tune(task.folder + std::string(", blend, here what its weights are learnt on"), task.grid,
       [&](const blend_setting& setting) {
         const auto weights = learn(setting, given, slice, young);
         const measured result = measure_blend(setting, given, weights, young, slice.train, wanted);
         return trial{result.metrics[0] + result.metrics[1], two(result.metrics), result.seconds};
       });
}

}  // namespace

void run_hybrids(const arguments& given) {
  for (const auto& task : blend_tasks()) {
    const auto file = given.data / task.folder / "train.txt";
    const bool is_asked_for = (std::string(task.folder) + " blend").find(given.only) != std::string::npos;
    if (given.tune && is_asked_for && std::filesystem::exists(file)) {
      tune_blend(given, task, latest_of(file, akin::read_lightgcn(given.data / task.folder).train));
    } else if (!given.tune) {
      run_lists(given, "blend", task, [&](const blend_setting& setting, const matrix& train, const matrix& test) {
        return measure_on_test(setting, given, latest_of(file, train), train, test);
      });
    }
  }
}

}  // namespace quality
