#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/random.hpp>
#include <akin/report/detail/html_charts.hpp>
#include <akin/report/html_report.hpp>

#include "support/catch.hpp"

namespace {

/// What is wrong with a page: a tag that is not closed in order, an attribute without quotation marks, a bare & or <;
/// empty where nothing is.
std::string mistake_in(std::string_view page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('\n'); at < page.size(); ++at) {  // behind the doctype
    if (page[at] == '&') {
      const std::size_t end = page.find(';', at);
      if (end == std::string_view::npos || end - at > 6) return "a bare & at " + std::string(page.substr(at, 20));
    }
    if (page[at] == '>') return "a bare > at " + std::string(page.substr(at, 20));
    if (page[at] != '<') continue;
    std::size_t end = at + 1;
    bool quoted = false;
    for (; end < page.size() && (quoted || page[end] != '>'); ++end) {
      if (page[end] == '"') quoted = !quoted;
      if (page[end] == '<') return "a < in the tag " + std::string(page.substr(at, 60));
      if (page[end] == '=' && !quoted && page[end + 1] != '"') return "no quotes: " + std::string(page.substr(at, 60));
    }
    if (end == page.size()) return "a tag without end";
    const std::string_view tag = page.substr(at + 1, end - at - 1);
    const bool closes = tag.front() == '/', alone = tag.back() == '/';
    std::string name(tag.substr(closes ? 1 : 0));
    name.resize(std::min(name.size(), name.find_first_of(" /")));
    if (closes) {
      if (open.empty() || open.back() != name) return "out of order: " + std::string(tag);
      open.pop_back();
    } else if (!alone) {
      open.push_back(name);
    }
    at = name == "style" && !closes ? page.find("</style>", end) - 1 : end;
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

std::size_t count(std::string_view page, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = page.find(part); at != std::string_view::npos; at = page.find(part, at + 1)) ++found;
  return found;
}

akin::report three_models() {
  akin::report table;
  table.add("popularity", {{"ndcg@20", akin::metric_result{0.07, 0.002, 300}}, {"coverage@20", 0.01}},
            {.train_seconds = 0.01});
  table.add("item_knn", {{"ndcg@20", akin::metric_result{0.13, 0.003, 300}}, {"coverage@20", 0.61}},
            {.train_seconds = 0.5});
  table.add("als", {{"ndcg@20", akin::metric_result{0.14, 0.003, 300}}, {"coverage@20", 0.45}}, {.train_seconds = 2});
  return table;
}

}  // namespace

TEST_CASE("the page is well-formed and holds all that it shows") {
  const std::string page = akin::html_report(three_models(), {.title = "Shop", .notes = {"One.", "Two."}});
  CHECK(mistake_in(page) == "");
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK_THAT(page,
             contains("<title>Shop</title>") && contains("<h1>Shop</h1>") && contains("<p>One.</p>\n<p>Two.</p>"));
  CHECK_THAT(page, contains("<meta charset=\"utf-8\"/>") && contains("prefers-color-scheme: dark") &&
                       contains("@media print") && contains("max-width: 600px"));
  for (const char* outside : {"http", "<script", "src=", "href=", "url(", "@import", "<link"})
    CHECK(count(page, outside) == 0);
  CHECK(count(page, "<tr>") == 4);
  CHECK_THAT(page, contains("0.0700 <small>\u00B1 0.0020</small>"));
  CHECK_THAT(page, contains("als, ndcg@20: 0.140000, 95 % interval 0.134120 to 0.145880, n = 300"));
}

TEST_CASE("bars, whiskers and points are where the numbers are") {
  const std::string page = akin::html_report(three_models());
  CHECK(count(page, "class=\"bar\"") == 6);
  CHECK(count(page, "d=\"M0-4V4\"") == 6);  // two ends of three intervals
  CHECK(count(page, "<circle") == 6);
  // ndcg: an axis from 0 to 0.15; the bar of 0.14, its interval 0.13412 to 0.14588.
  CHECK_THAT(page, contains("class=\"bar\" x1=\"0.00%\" x2=\"93.33%\""));
  CHECK_THAT(page, contains("class=\"whisker\" x1=\"89.41%\" x2=\"97.25%\""));
  CHECK_THAT(page, contains("ndcg@20 against coverage@20") && contains("ndcg@20 against seconds to train"));
  CHECK(count(page, "<ol") == 0);  // there is room for three names
  CHECK(count(page, ">item_knn</text>") == 2);
}

TEST_CASE("the columns of the trade-offs can be chosen") {
  akin::report table = three_models();
  table.add("mine", {{"recall", 0.2}, {"reach", 0.3}}, {.train_seconds = 1});
  table.add("yours", {{"recall", 0.3}, {"reach", 0.4}});
  const std::string page = akin::html_report(table, {.quality = "recall", .coverage = "reach"});
  CHECK_THAT(page, contains("<h3>recall against reach</h3>"));
  CHECK(count(page, "against seconds") == 0);  // only one model has both numbers
  CHECK_THAT(page, contains("Not shown, for want of a number: popularity, item_knn, als</p>"));
  CHECK(mistake_in(page) == "");
  CHECK_THROWS_WITH(akin::html_report(table, {.quality = "ndcg"}),
                    "html_report: quality must name a column of the report, got ndcg");
  CHECK_THROWS_WITH(akin::html_report(table, {.coverage = "x"}),
                    "html_report: coverage must name a column of the report, got x");
  CHECK_THROWS_WITH(akin::html_report(table, {.digits = -1}), "html_report: digits must be from 0 to 12, got -1");
}

TEST_CASE("charts that would show nothing are left out") {
  const std::string empty = akin::html_report({});
  CHECK(mistake_in(empty) == "");
  CHECK_THAT(empty, contains("No model was evaluated."));
  CHECK(count(empty, "<svg") == 0);
  akin::report one;
  one.add("als", {{"ndcg", 0.5}, {"coverage", 0.5}}, {.train_seconds = 3});
  const std::string page = akin::html_report(one);
  CHECK(mistake_in(page) == "");
  CHECK(count(page, "Trade-offs") == 0);
  CHECK(count(page, "class=\"bar\"") == 2);
  CHECK(count(page, "<p class=\"note\">") == 0);  // no interval, no word about intervals
  akin::report nameless;
  nameless.add("a", {});
  CHECK(mistake_in(akin::html_report(nameless)) == "");
}

TEST_CASE("numbers that cannot be drawn are told in the table") {
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  akin::report table;
  table.add("a", {{"x", not_a_number}, {"y", 0.5}, {"coverage", infinity}, {"z", 1e308}}, {.train_seconds = 0});
  table.add("b", {{"x", -infinity}, {"y", -1.0}, {"coverage", 0.5}, {"z", akin::report_value(1, infinity)}});
  const std::string page = akin::html_report(table);
  CHECK(mistake_in(page) == "");
  CHECK_THAT(page, contains(">nan</td>") && contains(">-inf</td>") && contains(">1e+308</td>"));
  CHECK(count(page, "nan%") + count(page, "inf%") + count(page, "\"nan\"") + count(page, "\"inf\"") == 0);
  CHECK(count(page, "<h3>x</h3>") == 0);
  CHECK_THAT(page, contains("class=\"bar\" x1=\"66.67%\" x2=\"100.00%\""));  // y from -1 to 0.5
  CHECK_THAT(page, contains("class=\"bar\" x1=\"0.00%\" x2=\"66.67%\""));    // and -1
}

TEST_CASE("names are text, whatever they hold") {
  akin::report table;
  const std::string name = "<script>alert(\"1\")</script> & 'x'\n\x02\xFF";
  table.add(name, {{"<b>", 1}, {"coverage", 1}}, {.train_seconds = 1});
  table.add("b", {{"<b>", 2}, {"coverage", 2}}, {.train_seconds = 2});
  const std::string page = akin::html_report(table, {.title = "<i>", .notes = {"a < b && c > d"}});
  CHECK(mistake_in(page) == "");
  CHECK(count(page, "<script") == 0);
  CHECK(count(page, "<b>") == 0);
  CHECK_THAT(page, contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;  \uFFFD"));
  CHECK_THAT(page, contains("<h1>&lt;i&gt;</h1>") && contains("<p>a &lt; b &amp;&amp; c &gt; d</p>"));
}

TEST_CASE("twenty models with long names have numbers in the charts and their names below") {
  akin::report table;
  const akin::random_stream random(8, 1);
  for (std::uint64_t i = 0; i < 20; ++i)
    table.add("a model with a name that is too long to stand beside its point, number " + std::to_string(i),
              {{"ndcg", akin::report_value(0.1 + 0.01 * random.uniform(2 * i), 0.001)},
               {"coverage", 0.2 + 0.1 * random.uniform(2 * i + 1)}},
              {.train_seconds = static_cast<double>(i + 1)});
  const std::string page = akin::html_report(table);
  CHECK(mistake_in(page) == "");
  CHECK(count(page, "<ol class=\"names\">") == 2);
  CHECK(count(page, "<li value=\"20\">") == 2);
  CHECK(count(page, "<text class=\"name\"") == 40);
}

TEST_CASE("labels lie on nothing") {
  const akin::random_stream random(3, 1);
  const akin::detail::box area{0, 0, 330, 230};
  for (std::uint64_t round = 0; round < 200; ++round) {
    std::vector<akin::detail::scatter_point> points(2 + round % 19);
    for (std::size_t i = 0; i < points.size(); ++i) {
      points[i].x = 330 * random.uniform(1000 * round + 2 * i);
      points[i].y = 230 * random.uniform(1000 * round + 2 * i + 1);
    }
    const auto places = akin::detail::place_labels(points, std::vector<double>(points.size(), 13.0), area, 70);
    CAPTURE(round);
    CHECK(places.size() == points.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      CHECK(places[i].lies_in(area));
      for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(places[i].meets(places[j]));
      for (const auto& p : points) CHECK_FALSE(places[i].meets({p.x - 4, p.y - 4, p.x + 4, p.y + 4}));
    }
  }
}
