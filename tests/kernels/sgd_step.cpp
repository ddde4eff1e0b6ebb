#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/kernels/sgd_step.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

/// Three users and four items with random factors and biases.
template <class T>
struct small_model {
  explicit small_model(std::int64_t factors)
      : k(factors), users(3 * k, 1, 30), items(4 * k, 2, 31), user_biases(3, 0, 32), item_biases(4, 0, 33) {}

  kernels::sgd_parameters<T> pointers() {
    return {users.data(), items.data(), user_biases.data(), item_biases.data(), k, static_cast<T>(0.25)};
  }
  bool are_guards_intact() const {
    return users.is_guard_intact() && items.is_guard_intact() && user_biases.is_guard_intact() &&
           item_biases.is_guard_intact();
  }

  std::int64_t k;
  akin_test::guarded_numbers<T> users, items, user_biases, item_biases;
};

/// The same in double, one number after the other.
struct reference {
  template <class T>
  explicit reference(const small_model<T>& model) : k(static_cast<std::size_t>(model.k)) {
    const auto copy = [](const std::vector<T>& from) { return std::vector<double>(from.begin(), from.end()); };
    p = copy(model.users.copy()), q = copy(model.items.copy());
    b = copy(model.user_biases.copy()), c = copy(model.item_biases.copy());
  }
  double product(std::size_t user, std::size_t item) const {
    double sum = 0;
    for (std::size_t d = 0; d < k; ++d) sum += p[user * k + d] * q[item * k + d];
    return sum;
  }
  double rating(std::size_t user, std::size_t item, double value, double rate, double regularization) {
    const double e = value - 0.25 - b[user] - c[item] - product(user, item);
    b[user] += rate * (e - regularization * b[user]);
    c[item] += rate * (e - regularization * c[item]);
    for (std::size_t d = 0; d < k; ++d) {
      const double x = p[user * k + d], y = q[item * k + d];
      p[user * k + d] += rate * (e * y - regularization * x);
      q[item * k + d] += rate * (e * x - regularization * y);
    }
    return e * e;
  }
  double pair(std::size_t user, std::size_t i, std::size_t j, double rate, double regularization) {
    const double x = c[i] - c[j] + product(user, i) - product(user, j), g = 1 / (1 + std::exp(x));
    c[i] += rate * (g - regularization * c[i]);
    c[j] += rate * (-g - regularization * c[j]);
    for (std::size_t d = 0; d < k; ++d) {
      const double u = p[user * k + d], y = q[i * k + d], z = q[j * k + d];
      p[user * k + d] += rate * (g * (y - z) - regularization * u);
      q[i * k + d] += rate * (g * u - regularization * y);
      q[j * k + d] += rate * (-g * u - regularization * z);
    }
    return std::log(1 + std::exp(-x));
  }

  double logistic(std::size_t user, std::size_t item, double weight, double rate, double regularization) {
    const double s = b[user] + c[item] + product(user, item), margin = weight > 0 ? s : -s;
    const double g = weight / (1 + std::exp(margin));
    b[user] += rate * (g - regularization * b[user]);
    c[item] += rate * (g - regularization * c[item]);
    for (std::size_t d = 0; d < k; ++d) {
      const double x = p[user * k + d], y = q[item * k + d];
      p[user * k + d] += rate * (g * y - regularization * x);
      q[item * k + d] += rate * (g * x - regularization * y);
    }
    return std::abs(weight) * std::log(1 + std::exp(-margin));
  }

  std::size_t k;
  std::vector<double> p, q, b, c;
};

template <class T>
double largest_difference(const reference& expected, const small_model<T>& model) {
  double largest = 0;
  const auto compare = [&](const std::vector<double>& a, const std::vector<T>& x) {
    for (std::size_t i = 0; i < a.size(); ++i)
      largest = std::max(largest, std::abs(a[i] - static_cast<double>(x[i])) / (1 + std::abs(a[i])));
  };
  compare(expected.p, model.users.copy());
  compare(expected.q, model.items.copy());
  compare(expected.b, model.user_biases.copy());
  compare(expected.c, model.item_biases.copy());
  return largest;
}

}  // namespace

TEMPLATE_TEST_CASE("a step for a rating is the gradient's", "", float, double) {
  const kernels::rated_cell<TestType, std::int32_t> cells[] = {{0, 1, 2}, {2, 3, -1}, {0, 3, 1}, {1, 0, 0}};
  const kernels::sgd_rates<TestType> rates{TestType(0.05), TestType(0.1)};
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 64, 65, 100}) {
      CAPTURE(static_cast<int>(set), k);
      small_model<TestType> model(k);
      reference expected(model);
      double squares = 0;
      for (const auto& c : cells)
        squares += expected.rating(static_cast<std::size_t>(c.user), static_cast<std::size_t>(c.item),
                                   static_cast<double>(c.value), static_cast<double>(rates.rate),
                                   static_cast<double>(rates.regularization));
      const auto pointers = model.pointers();
      const kernels::rated_cell<TestType, std::int32_t>* const first = cells;
      const double found = kernels::call_on<kernels::sgd_rating_kernel>(set, &pointers, first, std::int64_t{4}, &rates);
      const double tolerance = 400 * static_cast<double>(akin_test::epsilon<TestType>);
      CHECK(found == Approx(squares).epsilon(tolerance));
      CHECK(largest_difference(expected, model) < tolerance);
      CHECK(model.are_guards_intact());
    }
}

TEMPLATE_TEST_CASE("a step for a pair is the gradient's", "", float, double) {
  const kernels::preferred_pair<std::int64_t> pairs[] = {{0, 1, 2}, {2, 3, 0}, {0, 2, 3}};
  const kernels::sgd_rates<TestType> rates{TestType(0.05), TestType(0.1)};
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 3, 4, 7, 8, 16, 17, 33, 64, 70})
      for (const bool with_loss : {false, true}) {
        CAPTURE(static_cast<int>(set), k);
        small_model<TestType> model(k);
        reference expected(model);
        double loss = 0;
        for (const auto& c : pairs)
          loss += expected.pair(static_cast<std::size_t>(c.user), static_cast<std::size_t>(c.item),
                                static_cast<std::size_t>(c.negative), static_cast<double>(rates.rate),
                                static_cast<double>(rates.regularization));
        const auto pointers = model.pointers();
        const kernels::preferred_pair<std::int64_t>* const first = pairs;
        const double found =
            kernels::call_on<kernels::sgd_pair_kernel>(set, &pointers, first, std::int64_t{3}, &rates, with_loss);
        const double tolerance = 400 * static_cast<double>(akin_test::epsilon<TestType>);
        CHECK(found == (with_loss ? Approx(loss).epsilon(tolerance) : Approx(0)));
        CHECK(largest_difference(expected, model) < tolerance);
        CHECK(model.are_guards_intact());
      }
}

TEMPLATE_TEST_CASE("a step down a hinge is the weighted pair's", "", float, double) {
  const kernels::preferred_pair<std::int64_t> pair{2, 1, 3};
  const kernels::sgd_rates<TestType> rates{TestType(0.05), TestType(0.1)};
  const double rate = static_cast<double>(rates.rate), held = static_cast<double>(rates.regularization), weight = 2.5;
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 3, 4, 7, 8, 16, 17, 33, 64, 70}) {
      CAPTURE(static_cast<int>(set), k);
      small_model<TestType> model(k);
      reference expected(model);
      const auto size = static_cast<std::size_t>(k);
      for (std::size_t d = 0; d < size; ++d) {
        double &p = expected.p[2 * size + d], &q = expected.q[size + d], &o = expected.q[3 * size + d];
        const double x = p, y = q, z = o;
        p += rate * (weight * (y - z) - held * x);
        q += rate * (weight * x - held * y);
        o += rate * (-weight * x - held * z);
      }
      expected.c[1] += rate * (weight - held * expected.c[1]);
      expected.c[3] += rate * (-weight - held * expected.c[3]);
      const auto pointers = model.pointers();
      kernels::call_on<kernels::sgd_hinge_kernel>(set, &pointers, &pair, TestType(weight), &rates);
      CHECK(largest_difference(expected, model) < 400 * static_cast<double>(akin_test::epsilon<TestType>));
      CHECK(model.are_guards_intact());
    }
}

TEMPLATE_TEST_CASE("a step for a rating may pull users elsewhere than to zero", "", float, double) {
  const kernels::rated_cell<TestType, std::int32_t> cells[] = {{0, 1, 2}, {2, 3, -1}, {0, 3, 1}};
  const kernels::sgd_rates<TestType> rates{TestType(0.05), TestType(0.1)};
  const double rate = static_cast<double>(rates.rate), regularization = static_cast<double>(rates.regularization);
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 3, 4, 8, 15, 16, 17, 40, 65}) {
      CAPTURE(static_cast<int>(set), k);
      small_model<TestType> model(k);
      reference expected(model);
      akin_test::guarded_numbers<TestType> rests(3 * k, 1, 40);
      const auto rest = rests.copy();
      double squares = 0;
      for (const auto& c : cells) {
        const auto user = static_cast<std::size_t>(c.user), size = static_cast<std::size_t>(k);
        squares +=
            expected.rating(user, static_cast<std::size_t>(c.item), static_cast<double>(c.value), rate, regularization);
        for (std::size_t d = user * size; d < (user + 1) * size; ++d)
          expected.p[d] += rate * regularization * static_cast<double>(rest[d]);
      }
      const auto pointers = model.pointers();
      const kernels::rated_cell<TestType, std::int32_t>* const first = cells;
      const TestType* const towards = rests.data();
      const double found =
          kernels::call_on<kernels::sgd_rating_towards_kernel>(set, &pointers, towards, first, std::int64_t{3}, &rates);
      const double tolerance = 400 * static_cast<double>(akin_test::epsilon<TestType>);
      CHECK(found == Approx(squares).epsilon(tolerance));
      CHECK(largest_difference(expected, model) < tolerance);
      CHECK(model.are_guards_intact());
    }
}

TEMPLATE_TEST_CASE("a step of the logistic loss is the gradient's", "", float, double) {
  const kernels::rated_cell<TestType, std::int64_t> cells[] = {{0, 1, 2}, {2, 3, -1}, {0, 3, -1}, {1, 0, 1}};
  const kernels::sgd_rates<TestType> rates{TestType(0.05), TestType(0.1)};
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 3, 4, 7, 8, 16, 17, 33, 64, 70})
      for (const bool with_loss : {false, true}) {
        CAPTURE(static_cast<int>(set), k);
        small_model<TestType> model(k);
        reference expected(model);
        double loss = 0;
        for (const auto& c : cells)
          loss += expected.logistic(static_cast<std::size_t>(c.user), static_cast<std::size_t>(c.item),
                                    static_cast<double>(c.value), static_cast<double>(rates.rate),
                                    static_cast<double>(rates.regularization));
        const auto pointers = model.pointers();
        const kernels::rated_cell<TestType, std::int64_t>* const first = cells;
        const double found =
            kernels::call_on<kernels::sgd_logistic_kernel>(set, &pointers, first, std::int64_t{4}, &rates, with_loss);
        const double tolerance = 400 * static_cast<double>(akin_test::epsilon<TestType>);
        CHECK(found == (with_loss ? Approx(loss).epsilon(tolerance) : Approx(0)));
        CHECK(largest_difference(expected, model) < tolerance);
        CHECK(model.are_guards_intact());
      }
}
