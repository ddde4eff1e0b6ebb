/// @file
/// A model of a trial of fit_best, and what makes one.
#pragma once

#include <functional>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/model/parameters.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A model of a trial, its options, and those of them that were chosen from the data.
template <class Scalar>
struct trained_model {
  any_recommender<Scalar> model;
  parameter_map options, automatic;
};

/// Trains the model of these parameters.
template <class Scalar>
using train_function = std::function<trained_model<Scalar>(const parameter_map&, const training_data<Scalar>&)>;

}  // namespace akin::inline AKIN_ABI::detail
