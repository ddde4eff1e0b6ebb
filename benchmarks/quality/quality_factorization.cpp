// The factorisation models.
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/svdpp.hpp>

#include "quality.hpp"

namespace quality {

void run_factorization(const arguments& given) {
  for (const auto& task : list_tasks())
    run_lists(given, "implicit_als", task, [&](const list_setting& setting, const matrix& train, const matrix& test) {
      return measure_lists(akin::implicit_als<float>(setting.options), given,
                           weighted(train, setting.popularity_exponent), train, test);
    });
  for (const auto& task : explicit_als_tasks()) run_ratings<akin::explicit_als<float>>(given, task);
  for (const auto& task : biased_mf_tasks()) run_ratings<akin::biased_mf<float>>(given, task);
  for (const auto& task : svdpp_tasks()) run_ratings<akin::svdpp<float>>(given, task);
}

}  // namespace quality
