// Neighbourhoods, linear and graph models.
#include <akin/graph/graph_filter.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/linear/ease.hpp>
#include <akin/neighbors/item_knn.hpp>

#include "quality.hpp"

namespace quality {
namespace {

template <class Model, class Options>
void run_item_lists(const arguments& given, const char* name, const std::vector<list_task<Options>>& tasks) {
  for (const auto& task : tasks)
    run_lists(given, name, task, [&](const Options& options, const matrix& train, const matrix& test) {
      return measure_lists(Model(options), given, train, train, test);
    });
}

}  // namespace

void run_items(const arguments& given) {
  run_item_lists<akin::graph_filter<float>>(given, "gf_cf", gf_cf_tasks());
  run_item_lists<akin::graph_filter<float>>(given, "chebyshev_cf", chebyshev_cf_tasks());
  run_item_lists<akin::rp3beta<float>>(given, "rp3beta", rp3beta_tasks());
  run_item_lists<akin::item_knn<float>>(given, "item_knn", item_knn_tasks());
  if (given.only.find("ease") != std::string::npos) run_item_lists<akin::ease<float>>(given, "ease", ease_tasks());
  for (const auto& task : item_knn_rating_tasks()) run_ratings<akin::item_knn<float>>(given, task);
}

}  // namespace quality
