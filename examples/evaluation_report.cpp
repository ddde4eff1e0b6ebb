// Five models on a shop's purchase log, side by side: a table on the screen and a page with charts to open in a
// browser.
//
//   evaluation_report FOLDER [PAGE.html]
//
// FOLDER holds purchases.csv (data/online-retail.tar.xz). Writes PAGE.html (report.html where none is named), and the
// same numbers as CSV and JSON beside it.
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/akin.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

/// Who bought what before the split by time, and what after it: customers x products, number of purchase lines.
struct shop {
  akin::sparse_matrix<float> seen, future;
};

shop read_shop(const std::filesystem::path& folder) {
  const auto log = akin::read_interactions(
      folder / "purchases.csv",
      {.user = "customer_id", .item = "stock_code", .value = "quantity", .time = "invoice_date"});
  const auto [train, test] = akin::split_by_time(log, {.test_fraction = 0.2});
  return {train.matrix(akin::duplicates::count), test.matrix(akin::duplicates::count)};
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Trains a model on `purchases`, the history as the model wants it weighted, and adds its row.
template <class Model>
void judge(akin::report& table, const char* name, Model model, const akin::sparse_matrix<float>& purchases,
           const shop& data) {
  std::printf("training %s\n", name);
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  model.fit(execution::par, purchases);
  const double train_seconds = seconds_since(start);
  const auto evaluate = [&](const auto&... metric) {
    return akin::named_results(akin::evaluate(execution::par, model, data.seen, data.future, metric...), metric...);
  };
  const auto trained = std::chrono::steady_clock::now();
  auto results = evaluate(metrics::ndcg{20}, metrics::recall{20}, metrics::coverage{20}, metrics::novelty{20},
                          metrics::diversity{20});
  table.add(name, std::move(results), {.train_seconds = train_seconds, .evaluate_seconds = seconds_since(trained)});
}

akin::report judge_all(const shop& data) {
  // Parameters were chosen on the last fifth of the part to learn from, never on the future.
  akin::sparse_matrix<float> bought = data.seen;  // whether, not how often
  bought.coeffs().setOnes();
  akin::report table;
  judge(table, "popularity", akin::popularity<float>(), data.seen, data);
  judge(table, "item_knn", akin::item_knn<float>({.neighbors = 20}), akin::weighting::bm25(data.seen), data);
  judge(table, "rp3beta", akin::rp3beta<float>({.beta = 0.4, .neighbors = 200}), bought, data);
  judge(table, "ease", akin::ease<float>({.regularization = 300}), bought, data);
  judge(table, "implicit_als",
        akin::implicit_als<float>({.factors = 64, .iterations = 10, .regularization = 10, .alpha = 0.3, .seed = 7}),
        data.seen, data);
  return table;
}

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
  std::printf("wrote %s\n", path.string().c_str());
}

void run(const std::filesystem::path& folder, const std::filesystem::path& page) {
  if (page.extension() != ".html") throw std::invalid_argument("the page must end in .html, got " + page.string());
  const shop data = read_shop(folder);
  const akin::report table = judge_all(data);
  std::printf("\n%s\n", table.text().c_str());
  const std::string about = std::to_string(data.seen.nonZeros()) + " pairs of customer and product to learn from, " +
                            std::to_string(data.future.nonZeros()) + " of the time after it to predict; " +
                            std::to_string(data.seen.rows()) + " customers, " + std::to_string(data.seen.cols()) +
                            " products.";
  write(page, akin::html_report(table, {.title = "Online Retail: what customers buy next", .notes = {about}}));
  write(std::filesystem::path(page).replace_extension(".csv"), table.csv());
  write(std::filesystem::path(page).replace_extension(".json"), table.json());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: evaluation_report FOLDER [PAGE.html]\n");
    return 2;
  }
  try {
    run(argv[1], argc == 3 ? argv[2] : "report.html");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "evaluation_report: %s\n", error.what());
    return 1;
  }
  return 0;
}
