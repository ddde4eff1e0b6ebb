/// @file
/// The models that fit_best tries, by their kind.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/baselines/popularity.hpp>
#include <akin/config.hpp>
#include <akin/content/content_model.hpp>
#include <akin/content/segment_popularity.hpp>
#include <akin/error.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/language.hpp>
#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
#include <akin/matrix.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/parameters.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/parallel.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/tuning/detail/data_variant.hpp>
#include <akin/tuning/detail/trained_model.hpp>
#include <akin/tuning/detail/trial_cost.hpp>

namespace akin::inline AKIN_ABI::detail {

/// What models may use beside the interactions: features and segments, null where there are none, and memory.
template <class Scalar>
struct side_data {
  const sparse_matrix<Scalar>* item_features = nullptr;
  const sparse_matrix<Scalar>* user_segments = nullptr;
  double memory_limit = 0;  // bytes
};

/// The share of the memory that a model may take for products of all items. slim can do without them.
template <class Model>
inline constexpr double share_of_products = 1;
template <class Scalar, class Index>
inline constexpr double share_of_products<slim<Scalar, Index>> = share_of_slim_products;

template <class Field>
void set_field(Field& field, const parameter_value& value) {
  if constexpr (is_optional<Field>) {
    typename Field::value_type held{};
    set_field(held, value);
    field = held;
  } else if constexpr (std::is_enum_v<Field>) {
    field = static_cast<Field>(static_cast<int>(value.number()));
  } else if constexpr (std::same_as<Field, bool>) {
    field = value.number() != 0;
  } else {
    field = static_cast<Field>(value.number());
  }
}

/// The options with these parameters; throws std::invalid_argument for a parameter that is none of them.
template <class Options>
Options options_from(const parameter_map& parameters, std::string_view kind) {
  Options options;
  std::size_t found = 0;
  fields(options, [&](std::string_view name, auto& field, const auto&...) {
    const auto given = parameters.find(name);
    if (given == parameters.end()) return;
    set_field(field, given->second);
    ++found;
  });
  for (const std::string_view name : reserved_parameters) found += parameters.contains(name);
  if (found != parameters.size())
    fail<std::invalid_argument>("fit_best: each parameter of a trial must be an option of its model, ", kind);
  return options;
}

/// `fit` trains the model. What a model may take is said by its trial, or follows from what all may take.
template <class Model, class Scalar, class Fit>
trained_model<Scalar> train_as(const parameter_map& parameters, const side_data<Scalar>& side, const Fit& fit) {
  using options_type = std::remove_cvref_t<decltype(std::declval<const Model&>().options())>;
  auto asked = options_from<options_type>(parameters, Model::kind);
  if constexpr (requires { asked.memory_limit; })
    if (!parameters.contains("memory_limit")) asked.memory_limit = share_of_products<Model> * side.memory_limit;
  Model model(asked);
  fit(model);
  parameter_map options = parameters_of(model.options()), automatic = options;
  const parameter_map given = parameters_of(asked);
  std::erase_if(automatic, [&](const auto& option) { return given.contains(option.first); });
  return {any_recommender<Scalar>(std::move(model)), std::move(options), std::move(automatic)};
}

/// Trains the model of a trial on its values of the data; throws std::invalid_argument for a kind that is not one of
/// these.
template <class Scalar>
trained_model<Scalar> train_model(const host_policy& policy, const parameter_map& parameters,
                                  const training_data<Scalar>& data, const side_data<Scalar>& side) {
  const sparse_matrix<Scalar> variant =
      has_variant(parameters) ? variant_of(data, parameters) : sparse_matrix<Scalar>();
  const sparse_matrix<Scalar>& x = has_variant(parameters) ? variant : data.x;
  const auto kind = parameters.find("model");
  require(kind != parameters.end(), "fit_best", "a trial must have a parameter \"model\"");
  const std::string name = kind->second.text();
  const auto fit = [&](auto& model) { model.fit(policy, x); };
  if (name == "popularity") return train_as<popularity<Scalar>, Scalar>(parameters, side, fit);
  if (name == "user_knn") return train_as<user_knn<Scalar>, Scalar>(parameters, side, fit);
  if (name == "item_knn") return train_as<item_knn<Scalar>, Scalar>(parameters, side, fit);
  if (name == "rp3beta") return train_as<rp3beta<Scalar>, Scalar>(parameters, side, fit);
  if (name == "slim") return train_as<slim<Scalar>, Scalar>(parameters, side, fit);
  if (name == "ease") return train_as<ease<Scalar>, Scalar>(parameters, side, fit);
  if (name == "implicit_als") return train_as<implicit_als<Scalar>, Scalar>(parameters, side, fit);
  if (name == "graph_filter") return train_as<graph_filter<Scalar>, Scalar>(parameters, side, fit);
  if (name == "content_model" && side.item_features != nullptr)
    return train_as<content_model<Scalar>, Scalar>(parameters, side,
                                                   [&](auto& model) { model.fit(policy, *side.item_features, x); });
  if (name == "segment_popularity" && side.user_segments != nullptr)
    return train_as<segment_popularity<Scalar>, Scalar>(
        parameters, side, [&](auto& model) { model.fit(policy, *side.user_segments, x); });
  fail<std::invalid_argument>("fit_best: the model of a trial must be one that it knows and has data for, got \"", name,
                              "\"");
}

}  // namespace akin::inline AKIN_ABI::detail
