// What a model loses with default options: beside those of version 0.1 and the best of a small grid, on a tenth of each
// user's training. No test set is met.
#include <map>

#include <akin/factorization/bpr.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/factorization/warp.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
#include <akin/model/parameters.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>

#include "public_sets.hpp"
#include "quality.hpp"

namespace quality {
namespace {

/// A tenth of each user's cells, its count rounded up or down at random, so that short histories take part.
split tenth_of(const matrix& x) {
  constexpr std::uint64_t seed = 7;
  const akin::random_stream rounding(seed, 0);
  std::vector<Eigen::Triplet<float>> train, test;
  for (int user = 0; user < x.rows(); ++user) {
    std::vector<Eigen::Triplet<float>> cells;
    for (matrix::InnerIterator cell(x, user); cell; ++cell)
      cells.emplace_back(user, static_cast<int>(cell.col()), cell.value());
    const auto id = static_cast<std::uint64_t>(user);
    akin::shuffle(cells.data(), static_cast<std::int64_t>(cells.size()), akin::random_stream(seed, id + 1));
    const auto held = static_cast<std::size_t>(static_cast<double>(cells.size()) / 10 + rounding.uniform(id));
    for (std::size_t i = 0; i < cells.size(); ++i) (i < held ? test : train).push_back(cells[i]);
  }
  split result{matrix(x.rows(), x.cols()), matrix(x.rows(), x.cols())};
  result.train.setFromTriplets(train.begin(), train.end());
  result.test.setFromTriplets(test.begin(), test.end());
  return result;
}

/// The rows of at most 2,500 of the users who want something, as evenly spread as whole steps allow.
matrix at_most_2500(const matrix& test) {
  constexpr int most = 2500;
  return some_users(test, std::max(1, static_cast<int>((test.rows() + most - 1) / most)));
}

/// The options that a fit has chosen, which the defaults leave empty.
template <class Options>
std::string chosen_options(const Options& after) {
  const akin::parameter_map before = akin::parameters_of(Options{});
  std::string text;
  for (const auto& [name, value] : akin::parameters_of(after))
    if (before.count(name) == 0) text += (text.empty() ? "" : ", ") + name + " " + number("%.3g", value.number());
  return text;
}

struct shares {
  double before = 1, now = 1;
};

class comparison {
 public:
  comparison(const arguments& given, std::map<std::string, shares>& worst) : given_(given), worst_(worst) {}

  /// grid(options that the defaults chose) gives what is tried for the best.
  template <class Model, class Options, class Grid>
  void run(const public_set& data, const Options& before, const Grid& grid) {
    const std::string model(Model::kind);
    if (!given_.asks_for(data.name + " " + model)) return;
    const split slice = tenth_of(data.interactions);
    const matrix wanted = at_most_2500(slice.test);
    Model defaults;
    const double seconds = seconds_of_fit(defaults, given_, slice.train);
    const double now = ndcg_of(defaults, slice.train, wanted);
    const double then = measured_of<Model>(before, slice.train, wanted);
    double best = std::max(now, then);
    for (const Options& options : grid(defaults.options()))
      best = std::max(best, measured_of<Model>(options, slice.train, wanted));
    const shares of_best{then / best, now / best};
    shares& worst = worst_[model];
    worst = {std::min(worst.before, of_best.before), std::min(worst.now, of_best.now)};
    print_row({data.name, model, number("%.4f", then), number("%.4f", now), number("%.4f", best),
               number("%.2f", of_best.before), number("%.2f", of_best.now), chosen_options(defaults.options()),
               number("%.1f", seconds)});
  }

 private:
  template <class Model>
  double ndcg_of(const Model& model, const matrix& train, const matrix& wanted) const {
    const auto [ndcg] = akin::evaluate(given_.policy(), model, train, wanted, akin::metrics::ndcg{20});
    return ndcg.mean;
  }
  template <class Model, class Options>
  double measured_of(const Options& options, const matrix& train, const matrix& wanted) const {
    Model model(options);
    model.fit(given_.policy(), train);
    return ndcg_of(model, train, wanted);
  }

  const arguments& given_;
  std::map<std::string, shares>& worst_;
};

/// All combinations: edit(copy of the options, a, b).
template <class Options, class A, class B, class Edit>
std::vector<Options> combined(const Options& options, const std::vector<A>& as, const std::vector<B>& bs,
                              const Edit& edit) {
  std::vector<Options> grid;
  for (const A& a : as)
    for (const B& b : bs) edit(grid.emplace_back(options), a, b);
  return grid;
}

void compare_neighbors(comparison& compare, const public_set& data) {
  using akin::interaction_weighting;
  const auto grid = [](const akin::neighborhood_options& chosen) {
    std::vector<akin::neighborhood_options> all;
    for (const auto weighting :
         {interaction_weighting::none, interaction_weighting::tf_idf, interaction_weighting::bm25})
      for (const auto& options : combined<akin::neighborhood_options, int, double>(
               chosen, {100, 400}, {1, 2}, [](auto&o, int n, double a) { o.neighbors = n, o.amplification = a; })) {
        all.push_back(options);
        all.back().weighting = weighting;
      }
    return all;
  };
  compare.run<akin::item_knn<float>>(data, plain(100), grid);
  compare.run<akin::user_knn<float>>(data, plain(100), grid);
}

void compare_factors(comparison& compare, const public_set& data) {
  using als = akin::implicit_als_options;
  const als then{.factors = 64, .iterations = 15, .regularization = 0.01};
  compare.run<akin::implicit_als<float>>(data, then, [](const als& chosen) {
    return combined<als, double, double>(chosen, {0.5, 1, 2}, {0.25, 1, 4}, [](als& o, double lambda, double alpha0) {
      o.factors = 256, *o.regularization *= lambda, *o.unobserved_weight *= alpha0;
    });
  });
  using bpr = akin::bpr_options;
  compare.run<akin::bpr<float>>(data, bpr{.factors = 64, .epochs = 50, .regularization = 0.02}, [](const bpr& chosen) {
    return combined<bpr, int, double>(chosen, {50, 100}, {0.01, 0.05},
                                      [](bpr& o, int epochs, double l) { o.epochs = epochs, o.regularization = l; });
  });
  using warp = akin::warp_options;
  compare.run<akin::warp<float>>(
      data, warp{.epochs = 30, .learning_rate = 0.005, .regularization = 1}, [](const warp& chosen) {
        return combined<warp, int, double>(chosen, {30, 60}, {0.5, 1, 2.5}, [](warp& o, int epochs, double l) {
          o.epochs = epochs, o.regularization = l;
        });
      });
  using logistic = akin::logistic_mf_options;
  const logistic old{.factors = 32, .epochs = 30, .regularization = 0.03, .alpha = 1, .negatives = 3};
  compare.run<akin::logistic_mf<float>>(data, old, [](const logistic& chosen) {
    return combined<logistic, int, double>(chosen, {30, 90}, {0.01, 0.05}, [](logistic& o, int epochs, double l) {
      o.epochs = epochs, o.regularization = l;
    });
  });
}

void compare_items(comparison& compare, const public_set& data) {
  using walk_options = akin::rp3beta_options;
  compare.run<akin::rp3beta<float>>(data, walk(1, 0.5, 100, 0, false), [](const walk_options& chosen) {
    return combined<walk_options, double, double>(chosen, {0.4, 0.6, 0.9}, {0.1, 0.3, 0.5, 0.7},
                                                  [](auto& o, double a, double b) { o.alpha = a, o.beta = b; });
  });
  using slim = akin::slim_options;
  compare.run<akin::slim<float>>(data, slim{.l1 = 1, .l2 = 5, .neighbors = 0}, [](const slim& chosen) {
    return combined<slim, double, double>(chosen, {1, 3, 10}, {0.2, 1, 4},
                                          [](slim& o, double a, double b) { *o.l1 *= a, *o.l2 *= b; });
  });
  using filter = akin::graph_filter_options;
  const filter then{.polynomial_exponent = 0.4, .ideal_exponent = 0.4};
  compare.run<akin::graph_filter<float>>(data, then, [](const filter& chosen) {
    return combined<filter, double, double>(chosen, {0, 0.2, 0.4}, {0.2, 0.4}, [](filter& o, double e, double w) {
      o.polynomial_exponent = o.ideal_exponent = e, o.ideal_weight = w;
    });
  });
  constexpr Eigen::Index most_items_of_ease = 15000;  // items^3 flops
  using ease = akin::ease_options;
  if (data.interactions.cols() > most_items_of_ease) return;
  compare.run<akin::ease<float>>(data, ease{.regularization = 500}, [](const ease& chosen) {
    return combined<ease, double, double>(chosen, {0.2, 1, 5}, {0, 0.5},
                                          [](ease& o, double l, double p) { *o.regularization *= l, o.dropout = p; });
  });
}

}  // namespace

void run_defaults(const arguments& given) {
  std::printf(
      "NDCG@20 on a tenth of the training.\n\n"
      "| data | model | before | default | tuned | share before | share now | chosen | seconds to fit |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  std::map<std::string, shares> worst;
  comparison compare(given, worst);
  for (const std::string& name : names_of_public_sets()) {
    if (const auto data = read_public_set(given.data, name)) {
      compare_neighbors(compare, *data);
      compare_items(compare, *data);
      compare_factors(compare, *data);
    } else {
      print_row({name, "no data", "", "", "", "", "", "", ""});
    }
  }
  std::printf("\n| model | worst share before | worst share now |\n|---|---|---|\n");
  for (const auto& [model, least] : worst) print_row({model, number("%.2f", least.before), number("%.2f", least.now)});
}

}  // namespace quality
