/// @file
/// Steps of stochastic gradient descent on factors with biases: one rating, or one pair of items, after another.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// The parameters that the steps change: row-major factors with k columns, and a bias a row.
template <class T>
struct sgd_parameters {
  T* user_factors;
  T* item_factors;
  T* user_biases;
  T* item_biases;
  std::int64_t k;
  T mean;  ///< of the ratings; constant
};

/// The learning rate and the regularisation.
template <class T>
struct sgd_rates {
  T rate;
  T regularization;
};

template <class T, class Index>
struct rated_cell {
  Index user, item;
  T value;
};

/// A sampled pair: `item` is a positive of `user`, `negative` is not.
template <class Index>
struct preferred_pair {
  Index user, item, negative;
};

/// Elements begin to end of step_factors, in vectors that divide their number.
template <class Vector, class T>
AKIN_ALWAYS_INLINE void step_factors_in(T step, T shrink, T* p, T* q, std::int64_t begin, std::int64_t end) {
  const Vector along = Vector::broadcast(step), back = Vector::broadcast(-shrink);
  for (std::int64_t d = begin; d < end; d += Vector::lanes) {
    const Vector x = Vector::load(p + d), y = Vector::load(q + d);
    x.plus_product(back, x).plus_product(along, y).store(p + d);
    y.plus_product(back, y).plus_product(along, x).store(q + d);
  }
}

/// p += step q - shrink p and q += step p - shrink q, both from the old values.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void step_factors(T step, T shrink, T* p, T* q, std::int64_t k) {
  using vector = vec_for<InstructionSet, T>;
  const std::int64_t whole = k / vector::lanes * vector::lanes;
  step_factors_in<vector>(step, shrink, p, q, 0, whole);
  step_factors_in<vec<T, 1>>(step, shrink, p, q, whole, k);
}

/// Squared error: with e = value - mean - b_u - b_i - p_u'q_i, p_u += rate (e q_i - regularization p_u), and q_i, b_u
/// and b_i likewise. 8 k flops a cell. Returns the sum of e^2, each taken before its step.
struct sgd_rating_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE double run(const sgd_parameters<T>* model, const rated_cell<T, Index>* cells,
                                       std::int64_t count, const sgd_rates<T>* rates) {
    const std::int64_t k = model->k;
    const T rate = rates->rate, regularization = rates->regularization, shrink = rate * regularization;
    double squares = 0;
    for (std::int64_t c = 0; c < count; ++c) {
      T* const p = model->user_factors + cells[c].user * k;
      T* const q = model->item_factors + cells[c].item * k;
      T& user_bias = model->user_biases[cells[c].user];
      T& item_bias = model->item_biases[cells[c].item];
      const T product = dot_kernel::run<InstructionSet>(static_cast<const T*>(p), static_cast<const T*>(q), k);
      const T error = cells[c].value - (model->mean + user_bias + item_bias + product);
      squares += static_cast<double>(error) * static_cast<double>(error);
      user_bias += rate * (error - regularization * user_bias);
      item_bias += rate * (error - regularization * item_bias);
      step_factors<InstructionSet>(static_cast<T>(rate * error), shrink, p, q, k);
    }
    return squares;
  }
};

/// Elements begin to end of step_pair, in vectors that divide their number.
template <class Vector, class T>
AKIN_ALWAYS_INLINE void step_pair_in(T step, T shrink, T* p, T* q, T* o, std::int64_t begin, std::int64_t end) {
  const Vector along = Vector::broadcast(step), against = Vector::broadcast(-step), back = Vector::broadcast(-shrink);
  for (std::int64_t d = begin; d < end; d += Vector::lanes) {
    const Vector x = Vector::load(p + d), y = Vector::load(q + d), z = Vector::load(o + d);
    x.plus_product(back, x).plus_product(along, y - z).store(p + d);
    y.plus_product(back, y).plus_product(along, x).store(q + d);
    z.plus_product(back, z).plus_product(against, x).store(o + d);
  }
}

/// p += step (q - o), q += step p and o -= step p, each less shrink times itself, all from the old values.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void step_pair(T step, T shrink, T* p, T* q, T* o, std::int64_t k) {
  using vector = vec_for<InstructionSet, T>;
  const std::int64_t whole = k / vector::lanes * vector::lanes;
  step_pair_in<vector>(step, shrink, p, q, o, 0, whole);
  step_pair_in<vec<T, 1>>(step, shrink, p, q, o, whole, k);
}

/// Pairwise logistic loss: with x = b_i - b_j + p_u'(q_i - q_j) and g = 1 / (1 + e^x), a step against the gradient of
/// ln(1 + e^-x) + regularization / 2 times the squares of all parameters of the pair. 12 k flops a pair. Returns the
/// sum of ln(1 + e^-x), each taken before its step, if with_loss, else 0.
struct sgd_pair_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE double run(const sgd_parameters<T>* model, const preferred_pair<Index>* pairs,
                                       std::int64_t count, const sgd_rates<T>* rates, bool with_loss) {
    const std::int64_t k = model->k;
    const T rate = rates->rate, regularization = rates->regularization, shrink = rate * regularization;
    double loss = 0;
    for (std::int64_t c = 0; c < count; ++c) {
      if (c + 2 < count) {
        prefetch_row(model->user_factors + pairs[c + 2].user * k, k);
        prefetch_row(model->item_factors + pairs[c + 2].item * k, k);
        prefetch_row(model->item_factors + pairs[c + 2].negative * k, k);
      }
      T* const p = model->user_factors + pairs[c].user * k;
      T* const q = model->item_factors + pairs[c].item * k;
      T* const o = model->item_factors + pairs[c].negative * k;
      T& positive_bias = model->item_biases[pairs[c].item];
      T& negative_bias = model->item_biases[pairs[c].negative];
      const T positive_score =
          positive_bias + dot_kernel::run<InstructionSet>(static_cast<const T*>(p), static_cast<const T*>(q), k);
      const T negative_score =
          negative_bias + dot_kernel::run<InstructionSet>(static_cast<const T*>(p), static_cast<const T*>(o), k);
      const T difference = positive_score - negative_score;
      const T gradient = 1 / (1 + std::exp(difference));
      if (with_loss) {
        const double x = static_cast<double>(difference);
        loss += x > 0 ? std::log1p(std::exp(-x)) : std::log1p(std::exp(x)) - x;
      }
      positive_bias += rate * (gradient - regularization * positive_bias);
      negative_bias -= rate * (gradient + regularization * negative_bias);
      step_pair<InstructionSet>(static_cast<T>(rate * gradient), shrink, p, q, o, k);
    }
    return loss;
  }
};

/// One step down weight (s_uj - s_ui) + regularization / 2 times the squares of all parameters of the pair, for items i
/// and j with s_ui = b_i + p_u'q_i. 8 k flops.
struct sgd_hinge_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const sgd_parameters<T>* model, const preferred_pair<Index>* pair, T weight,
                                     const sgd_rates<T>* rates) {
    const std::int64_t k = model->k;
    const T rate = rates->rate, regularization = rates->regularization, shrink = rate * regularization;
    T& positive_bias = model->item_biases[pair->item];
    T& negative_bias = model->item_biases[pair->negative];
    positive_bias += rate * (weight - regularization * positive_bias);
    negative_bias -= rate * (weight + regularization * negative_bias);
    step_pair<InstructionSet>(static_cast<T>(rate * weight), shrink, model->user_factors + pair->user * k,
                              model->item_factors + pair->item * k, model->item_factors + pair->negative * k, k);
  }
};

/// Elements begin to end of step_towards, in vectors that divide their number.
template <class Vector, class T>
AKIN_ALWAYS_INLINE void step_towards_in(T step, T shrink, T* p, T* q, const T* rest, std::int64_t begin,
                                        std::int64_t end) {
  const Vector along = Vector::broadcast(step), back = Vector::broadcast(-shrink);
  for (std::int64_t d = begin; d < end; d += Vector::lanes) {
    const Vector x = Vector::load(p + d), y = Vector::load(q + d);
    x.plus_product(back, x - Vector::load(rest + d)).plus_product(along, y).store(p + d);
    y.plus_product(back, y).plus_product(along, x).store(q + d);
  }
}

/// step_factors with p shrunk towards `rest` instead of 0.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void step_towards(T step, T shrink, T* p, T* q, const T* rest, std::int64_t k) {
  using vector = vec_for<InstructionSet, T>;
  const std::int64_t whole = k / vector::lanes * vector::lanes;
  step_towards_in<vector>(step, shrink, p, q, rest, 0, whole);
  step_towards_in<vec<T, 1>>(step, shrink, p, q, rest, whole, k);
}

/// The steps of sgd_rating_kernel, which regularise p_u towards the user's row of `rests` instead of 0.
struct sgd_rating_towards_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE double run(const sgd_parameters<T>* model, const T* rests,
                                       const rated_cell<T, Index>* cells, std::int64_t count,
                                       const sgd_rates<T>* rates) {
    const std::int64_t k = model->k;
    const T rate = rates->rate, regularization = rates->regularization, shrink = rate * regularization;
    double squares = 0;
    for (std::int64_t c = 0; c < count; ++c) {
      const std::int64_t user_row = cells[c].user * k;
      T* const p = model->user_factors + user_row;
      T* const q = model->item_factors + cells[c].item * k;
      T& user_bias = model->user_biases[cells[c].user];
      T& item_bias = model->item_biases[cells[c].item];
      const T product = dot_kernel::run<InstructionSet>(static_cast<const T*>(p), static_cast<const T*>(q), k);
      const T error = cells[c].value - (model->mean + user_bias + item_bias + product);
      squares += static_cast<double>(error) * static_cast<double>(error);
      user_bias += rate * (error - regularization * user_bias);
      item_bias += rate * (error - regularization * item_bias);
      step_towards<InstructionSet>(static_cast<T>(rate * error), shrink, p, q, rests + user_row, k);
    }
    return squares;
  }
};

/// Logistic loss: a cell with a value w > 0 is a positive of weight w, with w < 0 a negative of weight -w. With s = b_u
/// + b_i + p_u'q_i, a step against the gradient of |w| ln(1 + e^-s) or |w| ln(1 + e^s) + regularization / 2 times the
/// squares of all parameters of the cell. 8 k flops a cell. Returns the sum of the logarithms with their weights, each
/// taken before its step, if with_loss, else 0.
struct sgd_logistic_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE double run(const sgd_parameters<T>* model, const rated_cell<T, Index>* cells,
                                       std::int64_t count, const sgd_rates<T>* rates, bool with_loss) {
    const std::int64_t k = model->k;
    const T rate = rates->rate, regularization = rates->regularization, shrink = rate * regularization;
    double loss = 0;
    for (std::int64_t c = 0; c < count; ++c) {
      T* const p = model->user_factors + cells[c].user * k;
      T* const q = model->item_factors + cells[c].item * k;
      T& user_bias = model->user_biases[cells[c].user];
      T& item_bias = model->item_biases[cells[c].item];
      const T product = dot_kernel::run<InstructionSet>(static_cast<const T*>(p), static_cast<const T*>(q), k);
      const T score = user_bias + item_bias + product, weight = cells[c].value;
      const T margin = weight > 0 ? score : -score;
      const T gradient = weight / (1 + std::exp(margin));  // has the sign of the weight
      if (with_loss) {
        const double x = static_cast<double>(margin), size = std::abs(static_cast<double>(weight));
        const double logarithm = x > 0 ? std::log1p(std::exp(-x)) : std::log1p(std::exp(x)) - x;
        loss += size * logarithm;
      }
      user_bias += rate * (gradient - regularization * user_bias);
      item_bias += rate * (gradient - regularization * item_bias);
      step_factors<InstructionSet>(static_cast<T>(rate * gradient), shrink, p, q, k);
    }
    return loss;
  }
};

/// sgd_rating_kernel on this processor.
template <class T, class Index>
double sgd_ratings(const sgd_parameters<T>& model, const rated_cell<T, Index>* cells, std::int64_t count,
                   const sgd_rates<T>& rates) {
  return call<sgd_rating_kernel>(&model, cells, count, &rates);
}

/// sgd_rating_towards_kernel on this processor.
template <class T, class Index>
double sgd_ratings_towards(const sgd_parameters<T>& model, const T* rests, const rated_cell<T, Index>* cells,
                           std::int64_t count, const sgd_rates<T>& rates) {
  return call<sgd_rating_towards_kernel>(&model, rests, cells, count, &rates);
}

/// sgd_pair_kernel on this processor.
template <class T, class Index>
double sgd_pairs(const sgd_parameters<T>& model, const preferred_pair<Index>* pairs, std::int64_t count,
                 const sgd_rates<T>& rates, bool with_loss) {
  return call<sgd_pair_kernel>(&model, pairs, count, &rates, with_loss);
}

/// sgd_hinge_kernel on this processor.
template <class T, class Index>
void sgd_hinge(const sgd_parameters<T>& model, const preferred_pair<Index>& pair, std::type_identity_t<T> weight,
               const sgd_rates<T>& rates) {
  call<sgd_hinge_kernel>(&model, &pair, weight, &rates);
}

/// sgd_logistic_kernel on this processor.
template <class T, class Index>
double sgd_logistic(const sgd_parameters<T>& model, const rated_cell<T, Index>* cells, std::int64_t count,
                    const sgd_rates<T>& rates, bool with_loss) {
  return call<sgd_logistic_kernel>(&model, cells, count, &rates, with_loss);
}

AKIN_COMPILE_KERNEL(sgd_hinge_kernel, const sgd_parameters<float>*, const preferred_pair<std::int32_t>*, float,
                    const sgd_rates<float>*)
AKIN_COMPILE_KERNEL(sgd_hinge_kernel, const sgd_parameters<double>*, const preferred_pair<std::int32_t>*, double,
                    const sgd_rates<double>*)
AKIN_COMPILE_KERNEL(sgd_logistic_kernel, const sgd_parameters<float>*, const rated_cell<float, std::int32_t>*,
                    std::int64_t, const sgd_rates<float>*, bool)
AKIN_COMPILE_KERNEL(sgd_logistic_kernel, const sgd_parameters<double>*, const rated_cell<double, std::int32_t>*,
                    std::int64_t, const sgd_rates<double>*, bool)
AKIN_COMPILE_KERNEL(sgd_pair_kernel, const sgd_parameters<float>*, const preferred_pair<std::int32_t>*, std::int64_t,
                    const sgd_rates<float>*, bool)
AKIN_COMPILE_KERNEL(sgd_pair_kernel, const sgd_parameters<double>*, const preferred_pair<std::int32_t>*, std::int64_t,
                    const sgd_rates<double>*, bool)
AKIN_COMPILE_KERNEL(sgd_rating_kernel, const sgd_parameters<float>*, const rated_cell<float, std::int32_t>*,
                    std::int64_t, const sgd_rates<float>*)
AKIN_COMPILE_KERNEL(sgd_rating_kernel, const sgd_parameters<double>*, const rated_cell<double, std::int32_t>*,
                    std::int64_t, const sgd_rates<double>*)
AKIN_COMPILE_KERNEL(sgd_rating_towards_kernel, const sgd_parameters<float>*, const float*,
                    const rated_cell<float, std::int32_t>*, std::int64_t, const sgd_rates<float>*)
AKIN_COMPILE_KERNEL(sgd_rating_towards_kernel, const sgd_parameters<double>*, const double*,
                    const rated_cell<double, std::int32_t>*, std::int64_t, const sgd_rates<double>*)

}  // namespace akin::inline AKIN_ABI::kernels
