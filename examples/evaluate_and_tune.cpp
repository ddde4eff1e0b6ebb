// How good is a model, after its parameters were chosen, and is it better than another one? Parameters are searched on
// validation data, and the test is met once, at the end.
//
//   evaluate_and_tune PURCHASES.csv [TRIALS]
//
// PURCHASES.csv has the columns customer_id, stock_code and invoice_date; 12 trials are made unless TRIALS says
// otherwise. Prints each trial, on the test the means of all models with bootstrap intervals, and how much better the
// tuned model is than popularity and than an untuned one, compared on the same users.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include <akin/baselines/popularity.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/splits.hpp>
#include <akin/evaluation/compare_all.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/report/report.hpp>
#include <akin/selection/random_search.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

/// The search space, named where a model is made from it.
akin::implicit_als<float> make_model(akin::trial& t) {
  return akin::implicit_als<float>({.factors = t.integer("factors", 32, 96, 32),
                                    .iterations = 8,
                                    .regularization = t.log_uniform("regularization", 1, 100),
                                    .alpha = t.log_uniform("alpha", 0.1, 10),
                                    .seed = 7});
}

/// The best model, trained on all of the past; of the future it sees nothing.
auto tuned(const akin::interaction_log& past, int trials) {
  // The future is judged by what comes later, so the parameters are too: a random part would prefer other ones.
  const auto [train, validation] = akin::split_by_time(past, {.test_fraction = 0.15});
  const auto show = [](const akin::trial_result& trial) {
    std::printf("trial %2d  ndcg@10 %.4f +- %.4f ", trial.number, trial.score, trial.standard_error);
    for (const auto& [name, value] : trial.parameters) std::printf(" %s=%s", name.c_str(), value.text().c_str());
    std::printf("%s\n", trial.failed() ? trial.error.c_str() : "");
    return true;  // false would end the search
  };
  return akin::random_search(execution::par, train.matrix(akin::duplicates::count),
                             validation.matrix(akin::duplicates::count), {.trials = trials, .seed = 1},
                             metrics::ndcg{10}, make_model, show);
}

void run(const char* path, int trials) {
  const auto log = akin::read_interactions(path, {.user = "customer_id", .item = "stock_code", .time = "invoice_date"});
  const auto [past, future] = akin::split_by_time(log, {.test_fraction = 0.2});
  const auto best = tuned(past, trials);
  // The best of many scores flatters: only the test can tell how good the model is.
  std::printf("\nbest: trial %d, validation ndcg@10 %.4f\n\n", best.number, best.score);

  const auto seen = past.matrix(akin::duplicates::count), wanted = future.matrix(akin::duplicates::count);
  akin::popularity<float> popular;
  akin::implicit_als<float> untuned({.factors = 64, .iterations = 8, .seed = 7});  // the data choose the rest
  popular.fit(execution::par, seen), untuned.fit(execution::par, seen);
  akin::report table;
  const auto judge = [&](const char* name, const auto& model) {
    const auto result = akin::evaluate(execution::par, model, seen, wanted, {.bootstrap = 1000, .seed = 1},
                                       metrics::ndcg{10}, metrics::recall{10});
    table.add(name, akin::named_results(result, metrics::ndcg{10}, metrics::recall{10}));
  };
  judge("popularity", popular);
  judge("implicit_als, untuned", untuned);
  judge("implicit_als, tuned", best.model);
  std::printf("test, with 95 %% intervals:\n%s\n", table.text({.spread = akin::report_spread::interval}).c_str());

  const auto against = akin::compare_all(execution::par, seen, wanted, metrics::ndcg{10}, best.model, popular, untuned);
  for (const auto& [name, other] : {std::pair("popularity", against[0]), std::pair("untuned", against[1])})
    std::printf("ndcg@10, tuned less %s: %.4f, 95 %% interval %.4f to %.4f, p %.2g, %lld users\n", name,
                -other.mean_difference, -other.high, -other.low, other.adjusted_p, static_cast<long long>(other.users));
}

int number_of_trials(const char* text) {
  int trials = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), trials);
  if (error != std::errc() || *end != '\0' || trials < 1)
    throw std::invalid_argument(std::string("TRIALS must be a positive number, got ") + text);
  return trials;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: evaluate_and_tune PURCHASES.csv [TRIALS]\n");
    return 2;
  }
  try {
    run(argv[1], argc == 3 ? number_of_trials(argv[2]) : 12);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "evaluate_and_tune: %s\n", error.what());
    return 1;
  }
  return 0;
}
