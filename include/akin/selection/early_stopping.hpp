/// @file
/// An observer that ends a training that stops improving.
#pragma once

#include <limits>
#include <stdexcept>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/model/fields.hpp>
#include <akin/progress.hpp>

namespace akin::inline AKIN_ABI {

struct early_stopping_options {
  int patience = 3;  ///< iterations without an improvement after which the training ends, >= 1
  /// The relative decrease of the lowest loss that counts as an improvement, in [0, 1).
  double min_improvement = 0;
};

/// As the observer of `fit`, ends the training if the loss that the model reports has not improved for `patience`
/// iterations. The model's fit documents which loss it reports: the objective on the training data, or with biased_mf
/// and its held-out ratings their RMSE. A model keeps what it has learnt by its last iteration, unless its fit says
/// otherwise. A new training resets it. Throws std::invalid_argument for bad options, and if a model reports no loss;
/// that training then leaves the model as it was.
class early_stopping {
 public:
  early_stopping() : early_stopping(early_stopping_options{}) {}
  template <detail::options_for<early_stopping_options> Options = early_stopping_options>
  explicit early_stopping(const Options& options) : options_(options) {
    detail::require(options.patience >= 1, "early_stopping", "patience must be positive", options.patience);
    detail::require(options.min_improvement >= 0 && options.min_improvement < 1, "early_stopping",
                    "min_improvement must be at least 0 and below 1", options.min_improvement);
  }

  bool operator()(const progress& state) {
    if (!detail::is_finite_number(state.loss))
      detail::fail<std::invalid_argument>("early_stopping: the model must report a finite loss, got ", state.loss,
                                          " after iteration ", state.iteration);
    if (state.iteration <= 1) *this = early_stopping(options_);
    const double margin =
        best_iteration_ == 0 ? 0 : options_.min_improvement * (best_loss_ < 0 ? -best_loss_ : best_loss_);
    if (best_iteration_ == 0 || state.loss < best_loss_ - margin) {
      best_loss_ = state.loss;
      best_iteration_ = state.iteration;
    }
    stopped_ = state.iteration - best_iteration_ >= options_.patience;
    return !stopped_;
  }

  /// The lowest loss and its iteration; infinity and 0 before the first.
  [[nodiscard]] double best_loss() const noexcept { return best_loss_; }
  [[nodiscard]] int best_iteration() const noexcept { return best_iteration_; }
  /// Whether it ended the training.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  early_stopping_options options_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  int best_iteration_ = 0;
  bool stopped_ = false;
};

}  // namespace akin::inline AKIN_ABI
