/// @file
/// The best table of a training with validation data.
#pragma once

#include <limits>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/model/factor_table.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A copy of the table of the epoch with the lowest validation RMSE, and how many epochs there were since.
template <class Scalar>
class best_epoch {
 public:
  bool is_known() const noexcept { return is_known_; }
  int epochs_since() const noexcept { return epochs_since_; }
  factor_table<Scalar>& table() noexcept { return table_; }

  void offer(const factor_table<Scalar>& table, double rmse) {
    if (!(rmse < rmse_)) {
      ++epochs_since_;
      return;
    }
    table_ = table;
    is_known_ = true;
    rmse_ = rmse;
    epochs_since_ = 0;
  }

  /// Visits it as a part of the state of a training whose tables have the shape of `current`.
  template <class Visit>
  void state(const factor_table<Scalar>& current, const Visit& visit) {
    visit("best_rmse", rmse_);
    visit("epochs_since_best", epochs_since_);
    visit("has_best", is_known_);
    if (!is_known_) return;
    if (table_.factors() == 0) table_ = current;
    visit("best_user_factors", table_.user_factors);
    visit("best_item_factors", table_.item_factors);
    visit("best_user_biases", table_.user_biases);
    visit("best_item_biases", table_.item_biases);
  }

 private:
  factor_table<Scalar> table_;
  bool is_known_ = false;
  double rmse_ = std::numeric_limits<double>::infinity();
  int epochs_since_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
