#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/evaluation/by_group.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/report/report.hpp>
#include <akin/selection/cross_validate.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

struct named_metric {
  int k = 10;
  static constexpr std::string_view name = "metrics::ndcg";
};
struct nameless_k {
  static constexpr std::string_view name = "auc";
};
struct zero_k {
  int k = 0;
  static constexpr std::string_view name = "shop::inner::loss";
};

struct table_of_ratings : table_model<float> {
  float predict(std::int32_t user, std::int32_t item) const { return table(user, item); }
};

/// Without arithmetic, whose last digit is not the same everywhere.
akin::report_value with_interval(double value, double standard_error, double low, double high) {
  akin::report_value all = value;
  all.standard_error = standard_error;
  all.low = low;
  all.high = high;
  return all;
}

/// Two models; the second has no coverage, the first no seconds.
akin::report two_models() {
  akin::report table;
  table.add("popularity", {{"ndcg@10", akin::metric_result{0.05, 0.001, 200}}, {"coverage@10", 0.25}});
  table.add("als", {{"ndcg@10", akin::metric_result{0.125, 0.0025, 200}}}, {.train_seconds = 12.345});
  return table;
}

}  // namespace

TEST_CASE("a report as text: columns are aligned, what is missing is a dash") {
  CHECK(two_models().text() ==
        "model               ndcg@10  coverage@10  train s\n"
        "popularity  0.0500 \u00B1 0.0010       0.2500        -\n"
        "als         0.1250 \u00B1 0.0025            -     12.3\n"
        "\u00B1 standard error\n");
  CHECK(two_models().text({.digits = 2, .spread = akin::report_spread::none}) ==
        "model       ndcg@10  coverage@10  train s\n"
        "popularity     0.05         0.25        -\n"
        "als            0.12            -     12.3\n");
  CHECK(two_models().text({.digits = 3, .spread = akin::report_spread::interval}) ==
        "model                    ndcg@10  coverage@10  train s\n"
        "popularity  0.050 [0.048, 0.052]        0.250        -\n"
        "als         0.125 [0.120, 0.130]            -     12.3\n"
        "[low, high] 95 % interval\n");
}

TEST_CASE("a report as Markdown") {
  CHECK(two_models().markdown() ==
        "| model      |         ndcg@10 | coverage@10 | train s |\n"
        "|:-----------|----------------:|------------:|--------:|\n"
        "| popularity | 0.0500 \u00B1 0.0010 |      0.2500 |       - |\n"
        "| als        | 0.1250 \u00B1 0.0025 |           - |    12.3 |\n"
        "\n"
        "\u00B1 standard error\n");
}

TEST_CASE("a report as CSV holds all digits, and no column that nobody needs") {
  akin::report table;
  table.add("a", {{"x", with_interval(0.1, 0.5, -0.75, 1)}, {"y", 1.0 / 3}});
  table.add("b", {{"y", akin::metric_result{2, 0, 7}}}, {.train_seconds = 0.5, .evaluate_seconds = 2});
  CHECK(table.csv() ==
        "model,x,x.standard_error,x.low,x.high,y,y.count,train_seconds,evaluate_seconds\r\n"
        "a,0.1,0.5,-0.75,1,0.3333333333333333,,,\r\n"
        "b,,,,,2,7,0.5,2\r\n");
}

TEST_CASE("a report as JSON") {
  akin::report table;
  table.add("a", {{"x", with_interval(0.1, 0.5, -0.75, 1)}, {"y", 1e300}});
  table.add("b", {{"y", akin::metric_result{2, 0, 7}}}, {.train_seconds = 0.5, .evaluate_seconds = 2});
  CHECK(table.json() ==
        "{\n"
        "  \"columns\": [\"x\", \"y\"],\n"
        "  \"rows\": [\n"
        "    {\"name\": \"a\", \"metrics\": {\"x\": {\"value\": 0.1, \"standard_error\": 0.5, \"low\": "
        "-0.75, "
        "\"high\": 1}, \"y\": {\"value\": 1e+300}}},\n"
        "    {\"name\": \"b\", \"metrics\": {\"y\": {\"value\": 2, \"count\": 7}}, \"train_seconds\": 0.5, "
        "\"evaluate_seconds\": 2}\n"
        "  ]\n"
        "}\n");
}

TEST_CASE("an empty report has a header, and a row may have nothing but its name") {
  akin::report table;
  CHECK(table.text() == "model\n");
  CHECK(table.markdown() == "| model |\n|:------|\n");
  CHECK(table.csv() == "model\r\n");
  CHECK(table.json() == "{\n  \"columns\": [],\n  \"rows\": []\n}\n");
  CHECK(table.rows().empty());
  CHECK(table.columns().empty());
  table.add("a", {});
  CHECK(table.text() == "model\na\n");
  CHECK(table.markdown() == "| model |\n|:------|\n| a     |\n");
  CHECK(table.csv() == "model\r\na\r\n");
  CHECK(table.json() == "{\n  \"columns\": [],\n  \"rows\": [\n    {\"name\": \"a\", \"metrics\": {}}\n  ]\n}\n");
}

TEST_CASE("numbers that are none, very large and very small ones") {
  akin::report table;
  table.add("odd", {{"a", not_a_number}, {"b", infinity}, {"c", -infinity}, {"d", -0.0}});
  table.add("size", {{"a", 123456789012.0}, {"b", 0.00001234}, {"c", -99999.5}, {"d", 0.00005}});
  CHECK(table.text() ==
        "model          a          b            c       d\n"
        "odd          nan        inf         -inf  0.0000\n"
        "size   1.235e+11  1.234e-05  -99999.5000  0.0001\n");
  CHECK(table.text({.digits = 0}) ==
        "model      a      b        c      d\n"
        "odd      nan    inf     -inf      0\n"
        "size   1e+11  1e-05  -100000  5e-05\n");
  CHECK(table.csv() == "model,a,b,c,d\r\nodd,nan,inf,-inf,-0\r\nsize,123456789012,1.234e-05,-99999.5,5e-05\r\n");
  CHECK_THAT(table.json(), contains("{\"a\": {\"value\": null}, \"b\": {\"value\": null}, \"c\": {\"value\": null}, "
                                    "\"d\": {\"value\": -0}}"));
  akin::report infinite;
  infinite.add("a", {{"x", akin::report_value(infinity, 1)}, {"y", akin::report_value(not_a_number, 1)}});
  CHECK(infinite.text({.spread = akin::report_spread::interval}) == "model    x    y\na      inf  nan\n");
}

TEST_CASE("seconds have about three digits") {
  akin::report table;
  for (const double seconds : {0.0, 0.00001, 0.1234, 1.239, 12.34, 123.45, 98765.0})
    table.add(std::to_string(table.rows().size()), {}, {.train_seconds = seconds});
  CHECK(table.text() ==
        "model  train s\n0        0.000\n1        1e-05\n2        0.123\n3         1.24\n4         12.3\n"
        "5        123.5\n6        98765\n");
}

TEST_CASE("names are escaped as each format wants it") {
  akin::report table;
  table.add("a,\"b\"\nc|d", {{"x,y", 1}, {"_z_", 2}});
  table.add("item_knn *<b>&\\", {});
  table.add(" blank ", {});
  table.add("\x01\xFF", {});
  const akin::report_style plain = {.digits = 0};
  CHECK(table.text(plain) ==
        "model            x,y  _z_\n"
        "a,\"b\" c|d          1    2\n"
        "item_knn *<b>&\\    -    -\n"
        " blank             -    -\n"
        " \uFFFD                 -    -\n");
  CHECK(table.markdown(plain) ==
        "| model                | x,y | \\_z\\_ |\n"
        "|:---------------------|----:|------:|\n"
        "| a,\"b\" c\\|d           |   1 |     2 |\n"
        "| item_knn \\*\\<b\\>\\&\\\\ |   - |     - |\n"
        "|  blank               |   - |     - |\n"
        "|  \uFFFD                   |   - |     - |\n");
  CHECK(table.csv() ==
        "model,\"x,y\",_z_\r\n"
        "\"a,\"\"b\"\"\nc|d\",1,2\r\n"
        "item_knn *<b>&\\,,\r\n"
        "\" blank \",,\r\n"
        "\x01\xFF,,\r\n");
  CHECK_THAT(table.json(),
             contains(R"({"name": "a,\"b\"\nc|d", "metrics": {"x,y": {"value": 1}, "_z_": {"value": 2}}})"));
  CHECK_THAT(table.json(), contains(R"("item_knn *<b>&\\")"));
  CHECK_THAT(table.json(), contains("\"\\u0001\uFFFD\""));
  akin::report returns;
  returns.add("a\rb\tc", {});
  CHECK(returns.csv() == "model\r\n\"a\rb\tc\"\r\n");
  CHECK_THAT(returns.json(), contains(R"("a\rb\tc")"));
}

TEST_CASE("columns are as wide as a terminal shows them") {
  akin::report table;
  table.add("\u63A8\u8350", {{"x", 1}});     // two characters, four columns
  table.add("Gr\u00F6\u00DFe", {{"x", 1}});  // five columns, seven bytes
  table.add("e\u0301te\u0301", {{"x", 1}});  // accents of their own take no column
  table.add("\U0001F600", {{"x", 1}});       // emoji
  CHECK(table.text({.digits = 0}) ==
        "model  x\n"
        "\u63A8\u8350   1\n"
        "Gr\u00F6\u00DFe  1\n"
        "e\u0301te\u0301    1\n"
        "\U0001F600     1\n");
}

TEST_CASE("a report goes to anything that takes text, line by line") {
  const akin::report table = two_models();
  std::string all = "> ";
  table.print(all);
  CHECK(all == "> " + table.text());
  std::vector<std::string> lines;
  const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
  table.print(keep, akin::report_format::csv);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].ends_with("\r\n"));
  CHECK(lines[0] + lines[1] + lines[2] == table.csv());
  lines.clear();
  table.print(keep, akin::report_format::markdown, {.digits = 1, .spread = akin::report_spread::none});
  REQUIRE(lines.size() == 4);
  CHECK(lines[3] == "| als        |     0.1 |           - |    12.3 |\n");
  std::string json;
  table.print(json, akin::report_format::json);
  CHECK(json == table.json());
}

TEST_CASE("the results of evaluate come with the names of their metrics") {
  akin::evaluation<3> results;
  results[0] = {0.5, 0.01, 40};
  results[1] = {0.75, 0, 40};
  results[2] = {0.25, 0, 0};
  const auto named = akin::named_results(results, named_metric{20}, nameless_k{}, zero_k{});
  REQUIRE(named.size() == 3);
  CHECK(named[0].name == "ndcg@20");
  CHECK(named[1].name == "auc");
  CHECK(named[2].name == "loss");
  CHECK(named[0].value.value == 0.5);
  CHECK(named[0].value.standard_error == 0.01);
  CHECK(named[0].value.low == Approx(0.5 - 1.96 * 0.01).epsilon(1e-5));
  CHECK(named[0].value.high == Approx(0.5 + 1.96 * 0.01).epsilon(1e-5));
  CHECK(named[0].value.count == 40);
  CHECK(named[1].value.standard_error != named[1].value.standard_error);
  CHECK(named[1].value.low != named[1].value.low);
  akin::report table;
  table.add("model", named);
  table.add("other", akin::named_results(results, named_metric{5}, nameless_k{}, zero_k{}));
  CHECK(table.columns() == std::vector<std::string>{"ndcg@20", "auc", "loss", "ndcg@5"});
  CHECK(table.rows()[1].find("ndcg@20") == nullptr);
  CHECK(table.rows()[1].find("ndcg@5")->count == 40);
}

TEST_CASE("a bootstrap interval comes before the normal one") {
  akin::metric_result result = {0.5, 0.25, 9};
  CHECK(akin::report_value(result).low == Approx(result.low()));
  CHECK(akin::report_value(result).high == Approx(result.high()));
  result.bootstrap_low = 0.125;
  result.bootstrap_high = 0.75;
  const akin::report_value value = result;
  CHECK(value.low == 0.125);
  CHECK(value.high == 0.75);
  CHECK(value.standard_error == 0.25);
}

TEST_CASE("a report refuses names that say nothing or two things, and is left as it was") {
  akin::report table = two_models();
  const std::string before = table.json();
  CHECK_THROWS_WITH(table.add("", {}), "report::add: name must not be empty");
  CHECK_THROWS_WITH(table.add("als", {{"new", 1}}), "report::add: names of rows must differ, got als twice");
  CHECK_THROWS_WITH(table.add("x", {{"new", 1}, {"", 2}}), "report::add: names of metrics must not be empty");
  CHECK_THROWS_WITH(table.add("x", {{"new", 1}, {"b", 2}, {"new", 3}}),
                    "report::add: names of metrics must differ, got new twice");
  CHECK_THROWS_WITH(table.add("x", {{"new", 1}}, {.train_seconds = -1}),
                    "report::add: train_seconds must not be negative, got -1");
  CHECK_THROWS_WITH(table.add("x", {{"new", 1}}, {.evaluate_seconds = -0.5}),
                    "report::add: evaluate_seconds must not be negative, got -0.5");
  CHECK(table.json() == before);
  CHECK_THROWS_WITH(table.text({.digits = 16}), "report: digits must be from 0 to 15, got 16");
  CHECK_THROWS_AS(table.markdown({.digits = -1}), std::invalid_argument);
}

TEST_CASE("results of ratings, of folds and of groups come with names as those of evaluate do") {
  namespace metrics = akin::metrics;
  table_of_ratings model{{akin::dense_matrix<float>::Constant(2, 2, 3)}};
  const auto test = matrix_of<float>(2, 2, {{0, 0, 1}, {1, 1, 5}});
  const auto one =
      akin::named_results(akin::evaluate_ratings(akin::execution::seq, model, test, metrics::rmse{}), metrics::rmse{});
  REQUIRE(one.size() == 1);
  CHECK(one[0].name == "rmse");
  CHECK(one[0].value.value == 2);
  CHECK(one[0].value.count == 2);

  akin::evaluation<2> fold;
  fold[1] = {0.5, 0.1, 7};
  akin::cross_validation<akin::evaluation<2>> folds;
  folds.assign(3, fold);
  const auto over_folds = akin::named_results(folds.over_folds(), named_metric{5}, nameless_k{});
  CHECK(over_folds[1].name == "auc");
  CHECK(over_folds[1].value.value == 0.5);
  CHECK(over_folds[1].value.count == 3);

  const akin::group_evaluation<2> groups{.groups = {{fold[0], fold[1]}}, .gaps = {}, .users_without_group = 0};
  CHECK(akin::named_results(groups.groups[0], named_metric{5}, nameless_k{})[1].value.value == 0.5);
}
