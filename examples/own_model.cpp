// A model of one's own among those of akin: evaluated beside them, saved, loaded without knowing its type, blended.
//
//   own_model PURCHASES.csv MODEL
//
// PURCHASES.csv has the columns customer_id, stock_code and invoice_date. The model, "bought together", scores an item
// by the share of the buyers of each of the customer's items who bought it too. Prints a table of popularity, the model
// and a blend of both, writes the blend to the file MODEL, and gives a list with reasons from there. docs/extending.md
// describes what a model may have.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include <akin/akin.hpp>

namespace execution = akin::execution;

struct bought_together_options {
  int minimum_buyers = 5;  ///< >= 1, who have both items; fewer may be chance
  double discount = 0.5;   ///< >= 0, the power of an item's buyers by which its shares are divided
};
// The options, listed once: they are checked, saved, loaded and searched by this list.
template <class Options, class Visit>
akin::fields_of<bought_together_options, Options> fields(Options& options, const Visit& visit) {
  visit("minimum_buyers", options.minimum_buyers, akin::at_least(1));
  visit("discount", options.discount, akin::finite_and_not_negative);
}

class bought_together {
 public:
  using scalar_type = float;
  using index_type = std::int32_t;
  using matrix = akin::sparse_matrix<float>;
  using history = akin::row_view<float, std::int32_t>;
  static constexpr std::string_view kind = "bought_together";  // its name in files

  explicit bought_together(const bought_together_options& options = {}) : options_(akin::checked(options, kind)) {}

  template <akin::execution_policy Policy>
  void fit(const Policy&, const matrix& user_items) {
    histories_ = user_items;
    matrix bought = user_items;  // whether, not how often
    bought.coeffs().setOnes();
    shares_ = bought.transpose() * bought;  // the number of buyers of both
    const Eigen::ArrayXf buyers = Eigen::VectorXf(shares_.diagonal()), divisors = buyers.pow(options_.discount);
    const auto minimum = static_cast<float>(options_.minimum_buyers);
    shares_.prune([&](auto item, auto other, float common) { return item != other && common >= minimum; });
    for (Eigen::Index item = 0; item < shares_.rows(); ++item)
      for (matrix::InnerIterator other(shares_, item); other; ++other)
        other.valueRef() /= buyers[item] * divisors[other.col()];
  }

  // What every model has: recommend, evaluate and blend need no more.
  std::int64_t users() const { return histories_.rows(); }
  std::int64_t items() const { return histories_.cols(); }
  bool knows_user(std::int32_t user) const { return user >= 0 && user < users() && !row_of(histories_, user).empty(); }
  bool knows_item(std::int32_t item) const { return item >= 0 && item < items() && !row_of(shares_, item).empty(); }
  float score(std::int32_t user, std::int32_t item) const {
    float sum = 0;
    for (const std::int32_t own : row_of(histories_, user).ids) sum += shares_.coeff(own, item);
    return sum;
  }
  void score_all(std::int32_t user, std::span<float> out) const { score_history(row_of(histories_, user), out); }

  // New customers, without a refit: recommend_for.
  void score_history(const history& items, std::span<float> out) const {
    std::ranges::fill(out, akin::no_score<float>);
    for (const std::int32_t own : items.ids)
      for (matrix::InnerIterator other(shares_, own); other; ++other) {
        float& sum = out[static_cast<std::size_t>(other.col())];
        sum = std::max(sum, 0.0F) + other.value();
      }
  }
  // Reasons: explain.
  void contributions(const history& items, std::int32_t item, std::span<float> out) const {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = shares_.coeff(items.ids[static_cast<std::int64_t>(i)], item);
  }
  // Files: save, load and everything that is made of models.
  void write_to(akin::model_writer& file) const {
    file.add_options(options_);
    file.add("histories", histories_), file.add("shares", shares_);
  }
  static bought_together read_from(const akin::model_reader& file) {
    bought_together model(file.options<bought_together_options>());
    model.histories_ = file.sparse<float, std::int32_t>("histories");
    model.shares_ = file.sparse<float, std::int32_t>("shares");
    file.require(model.shares_.rows() == model.items() && model.shares_.cols() == model.items(),
                 "shares must be square");
    return model;
  }

 private:
  static history row_of(const matrix& x, std::int32_t row) {
    const auto begin = x.outerIndexPtr()[row], size = x.outerIndexPtr()[row + 1] - begin;
    return {{x.innerIndexPtr() + begin, size}, {x.valuePtr() + begin, size}};
  }

  bought_together_options options_;
  matrix histories_;  // users x items
  matrix shares_;     // row i, column j: the share of the buyers of i who have j
};

namespace {

void run(const char* path, const char* file) {
  const auto log = akin::read_interactions(path, {.user = "customer_id", .item = "stock_code", .time = "invoice_date"});
  const auto [past, future] = akin::split_by_time(log, {.test_fraction = 0.2});
  const auto seen = past.matrix(akin::duplicates::count), wanted = future.matrix(akin::duplicates::count);
  akin::popularity<float> popular;
  bought_together mine({.minimum_buyers = 5});
  popular.fit(execution::par, seen), mine.fit(execution::par, seen);
  const akin::any_blend<float> both(akin::normalization::z_score, {{0.8, mine}, {0.2, popular}});

  const akin::metrics::ndcg ndcg{10};
  akin::report table;
  const auto judge = [&](const char* name, const auto& model) {
    const auto result = akin::evaluate(execution::par, model, seen, wanted, ndcg);
    table.add(name, akin::named_results(result, ndcg));
  };
  judge("popularity", popular), judge("bought together", mine), judge("blend", both);
  std::printf("%s\n", table.text().c_str());

  akin::save_bundle(both, file, log.user_ids(), log.item_ids(), seen);
  akin::recommender_registry<float> registry;
  registry.add<bought_together>().add<akin::popularity<float>>();
  const auto shop = registry.load_bundle(file);
  const std::string customer(log.user_ids().name_of(0));
  for (const auto& [product, score] : shop.recommend(customer, {.k = 3})) {
    std::printf("customer %s: %s, because of", customer.c_str(), product.c_str());
    for (const auto& [own, share] : shop.explain(customer, product, {.k = 3})) std::printf(" %s", own.c_str());
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: own_model PURCHASES.csv MODEL\n");
    return 2;
  }
  run(argv[1], argv[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "own_model: %s\n", error.what());
  return 1;
}
