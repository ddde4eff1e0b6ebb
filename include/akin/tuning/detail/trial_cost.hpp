/// @file
/// What a trial of fit_best takes, predicted from the shape of the data.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/language.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/parameters.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The shape of the data, as far as costs depend on it.
struct data_size {
  double users = 0, items = 0, nonzeros = 0;
  double user_squares = 0;  // sum over users of items^2
  double item_squares = 0;  // sum over items of users^2
};

template <class Scalar, class Index>
data_size size_of_data(const csr_view<Scalar, Index>& x) {
  data_size size{static_cast<double>(x.rows), static_cast<double>(x.cols), static_cast<double>(x.nonzeros())};
  std::vector<double> item_users(static_cast<std::size_t>(x.cols));
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const auto length = static_cast<double>(x.row_size(row));
    size.user_squares += length * length;
    for (const Index item : x.row(row).ids) ++item_users[static_cast<std::size_t>(item)];
  }
  for (const double count : item_users) size.item_squares += count * count;
  return size;
}

struct trial_cost {
  double work = 0;   // dense flops count a quarter to an eighth of those that wait for memory
  double bytes = 0;  // of the training and the model
};

/// The parameter, or what it is if it is not given.
inline double number_of(const parameter_map& parameters, std::string_view name, double otherwise) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? otherwise : found->second.number();
}

/// Of memory_limit, for the products of slim.
inline constexpr double share_of_slim_products = 0.25;

/// What a trial on data of that size takes if models may take memory_limit bytes.
trial_cost cost_of(const parameter_map& parameters, const data_size& size, double scalar_bytes, double memory_limit);

/// Seconds of trials from their work: as a kind's slowest trial was, or as the kinds so far were on average.
class time_prediction {
 public:
  double seconds(const std::string& kind, double work) const {
    const auto own = rates_.find(kind);
    return work * (own == rates_.end() ? mean_rate() : own->second);
  }
  void learn(const std::string& kind, double work, double seconds) {
    if (!(work > 0)) return;
    double& rate = rates_[kind];
    rate = std::max(rate, seconds / work);
  }

 private:
  double mean_rate() const {
    constexpr double unknown = 2e-10;
    double sum = 0;
    for (const auto& [kind, rate] : rates_) sum += rate;
    return rates_.empty() ? unknown : sum / static_cast<double>(rates_.size());
  }

  std::map<std::string, double> rates_;  // seconds a unit of work
};

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(tuning)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE trial_cost cost_of(const parameter_map& parameters, const data_size& size, double scalar_bytes,
                               double memory_limit) {
  const auto kind = parameters.find("model");
  const std::string model = kind == parameters.end() ? "" : kind->second.text();
  const double entry = scalar_bytes + 4, data = size.nonzeros * entry;  // a value with its id
  const double neighbors = number_of(parameters, "neighbors", 200);
  const double product = 40;  // flops in the time of a product that is scattered
  if (model == "user_knn") return {product * size.item_squares, 5 * data + size.users * neighbors * entry};
  if (model == "item_knn" || model == "rp3beta")
    return {product * size.user_squares, 5 * data + size.items * neighbors * entry};
  if (model == "slim") {
    const double kept = number_of(parameters, "neighbors", 100);
    const double products = std::min(size.items * size.items * scalar_bytes, share_of_slim_products * memory_limit);
    return {2 * product * size.user_squares + size.items * kept * kept * 20,
            3 * data + products + size.items * kept * entry};
  }
  if (model == "ease")
    return {product * size.user_squares + size.items * size.items * size.items / 8,
            2 * data + size.items * size.items * scalar_bytes * 1.2};
  if (model == "implicit_als") {
    data_shape shape;
    shape.items = static_cast<std::int64_t>(size.items);
    const double k = number_of(parameters, "factors", *chosen(implicit_als_options{}, shape).factors);
    const double iteration = 3 * (size.users + size.items) * k * k + 12 * k * k * k + 50 * size.nonzeros * k;
    return {number_of(parameters, "iterations", 10) * iteration / 4,
            2 * data + 3 * (size.users + size.items) * k * scalar_bytes};
  }
  if (model == "graph_filter") {
    const double rank = number_of(parameters, "ideal_rank", 256) + 32;
    return {7 * (4 * size.nonzeros * rank + 4 * (size.users + size.items) * rank * rank) / 4,
            3 * data + 2 * (size.users + size.items) * rank * scalar_bytes};
  }
  if (model == "content_model") {
    constexpr double features = 30;  // of an item, as a text or some categories have
    return {product * size.nonzeros * features, 2 * data + (size.nonzeros + size.items) * features * entry};
  }
  return {product * size.nonzeros, data + size.items * entry};
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
