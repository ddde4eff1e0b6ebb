// The factorisation models.
#include <cmath>
#include <cstddef>
#include <vector>

#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/svdpp.hpp>

#include "quality.hpp"

namespace quality {
namespace {

/// The values of list_setting.
matrix weighted(matrix x, double popularity_exponent) {
  std::vector<double> users(static_cast<std::size_t>(x.cols()));
  const auto users_of = [&](const matrix::InnerIterator& cell) -> double& {
    return users[static_cast<std::size_t>(cell.col())];
  };
  for (int user = 0; user < x.rows(); ++user)
    for (matrix::InnerIterator cell(x, user); cell; ++cell) ++users_of(cell);
  double sum = 0;
  for (int user = 0; user < x.rows(); ++user)
    for (matrix::InnerIterator cell(x, user); cell; ++cell) {
      cell.valueRef() = static_cast<float>(std::pow(users_of(cell), -popularity_exponent));
      sum += cell.value();
    }
  x *= static_cast<float>(static_cast<double>(x.nonZeros()) / sum);
  return x;
}

}  // namespace

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
