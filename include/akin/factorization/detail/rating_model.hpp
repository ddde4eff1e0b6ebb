/// @file
/// What the models that learn from ratings by gradient steps have in common.
#pragma once

#include <span>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/sgd_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// mean, biases and predictions; items that are folded in.
template <class Model, class Options, class Scalar, class Index>
class rating_model : public sgd_model<Model, Options, Scalar, Index> {
  using base = sgd_model<Model, Options, Scalar, Index>;

 public:
  using base::base;

  /// The mean of the ratings of the training.
  Scalar mean() const noexcept { return this->learnt_.mean; }
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }
  /// The rating that the user is expected to give; without ratings of the user or the item, from what is left. Ids must
  /// be in range.
  Scalar predict(Index user, Index item) const noexcept { return this->score(user, item); }

 protected:
  static constexpr when_both merging = when_both::replace;
  static constexpr bool items_need_histories = false;

  fixed_side<Scalar> fixed_items() const {
    return fixed_side<Scalar>::items_of(this->learnt_, this->options_.regularization);
  }
  /// Each row is the minimum of the objective with the users as they are, solved directly.
  dense_storage<Scalar> items_from(const host_policy& policy, const csr_view<Scalar, Index>& x) const;
};

template <class Model, class Options, class Scalar, class Index>
dense_storage<Scalar> rating_model<Model, Options, Scalar, Index>::items_from(const host_policy& policy,
                                                                              const csr_view<Scalar, Index>& x) const {
  const auto users = fixed_side<Scalar>::users_of(this->learnt_, this->options_.regularization);
  return fold_in_ratings(policy, x, users, {}, Model::kind);
}

}  // namespace akin::inline AKIN_ABI::detail
