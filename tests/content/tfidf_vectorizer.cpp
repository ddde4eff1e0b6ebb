#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/content/stop_words.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/content/tokenize.hpp>
#include <akin/io/model_file.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace execution = akin::execution;
using akin::tfidf_vectorizer;
using Catch::Matchers::Message;
using words = std::vector<std::string>;
using rows = std::vector<std::vector<std::pair<int, double>>>;

namespace {

const words documents = {
    "red mug and white mug", "red red lamp", "blue mug", "", "the white lamp of the white house", "a blue lamp"};

words names_of(const tfidf_vectorizer& v) {
  words names;
  for (std::size_t i = 0; i < v.terms().size(); ++i) names.emplace_back(v.terms().name_of(static_cast<int>(i)));
  return names;
}

void check_rows(const akin::sparse_matrix<float>& x, const rows& expected) {
  REQUIRE(x.rows() == static_cast<Eigen::Index>(expected.size()));
  for (int row = 0; row < x.rows(); ++row) {
    CAPTURE(row);
    std::vector<std::pair<int, double>> found;
    for (akin::sparse_matrix<float>::InnerIterator it(x, row); it; ++it)
      found.emplace_back(static_cast<int>(it.col()), static_cast<double>(it.value()));
    REQUIRE(found.size() == expected[static_cast<std::size_t>(row)].size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].first == expected[static_cast<std::size_t>(row)][i].first);
      CHECK(found[i].second == Approx(expected[static_cast<std::size_t>(row)][i].second).epsilon(1e-6));
    }
  }
}

bool same_bits(const akin::sparse_matrix<float>& a, const akin::sparse_matrix<float>& b) {
  const auto equal = [](const auto* x, const auto* y, Eigen::Index size) {
    return std::memcmp(x, y, static_cast<std::size_t>(size) * sizeof *x) == 0;
  };
  return a.rows() == b.rows() && a.cols() == b.cols() && a.nonZeros() == b.nonZeros() &&
         equal(a.outerIndexPtr(), b.outerIndexPtr(), a.rows() + 1) &&
         equal(a.innerIndexPtr(), b.innerIndexPtr(), a.nonZeros()) && equal(a.valuePtr(), b.valuePtr(), a.nonZeros());
}

// Texts of words of several scripts, short words often.
words random_documents(std::size_t size, std::uint64_t seed) {
  const words syllables = {"ba", "Ké", "lo", "手", "机", "壳", "タ", "ね", "na ", " ", ", ", "Ж", "x1"};
  std::uint64_t state = seed;
  const auto draw = [&](std::size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state >> 33) % bound);
  };
  words result(size);
  for (std::string& text : result)
    for (std::size_t n = draw(40); n > 0; --n) text += syllables[std::min(draw(13), draw(13))];
  return result;
}

}  // namespace

TEST_CASE("the numbers of scikit-learn") {
  // TfidfVectorizer(token_pattern=r"(?u)\w+", ...) of scikit-learn 1.9.1 on the same documents.
  SECTION("defaults") {
    tfidf_vectorizer v;
    const auto x = v.fit_transform(execution::par, documents);
    CHECK(names_of(v) == words{"a", "and", "blue", "house", "lamp", "mug", "of", "red", "the", "white"});
    check_rows(x, {{{1, 0.445676843}, {5, 0.730922774}, {7, 0.365461387}, {9, 0.365461387}},
                   {{4, 0.388903335}, {7, 0.921278566}},
                   {{2, 0.707106781}, {5, 0.707106781}},
                   {},
                   {{3, 0.330247275}, {4, 0.228634291}, {6, 0.330247275}, {8, 0.660494550}, {9, 0.541614979}},
                   {{0, 0.681721713}, {2, 0.559021557}, {4, 0.471964411}}});
    CHECK(same_bits(v.transform(documents), x));
    CHECK(v.term_index("mug") == 5);
    CHECK_FALSE(v.term_index("mugs"));
    CHECK(v.idf()[0] == Approx(std::log(7.0 / 2) + 1));
  }
  SECTION("pairs of words, sublinear, l1") {
    tfidf_vectorizer v({.ngrams = {1, 2}, .minimum_documents = 2, .sublinear_tf = true, .norm = akin::term_norm::l1});
    const auto x = v.fit_transform(execution::par, documents);
    CHECK(names_of(v) == words{"blue", "lamp", "mug", "red", "white"});
    check_rows(x, {{{2, 0.458456459}, {3, 0.270771770}, {4, 0.270771770}},
                   {{1, 0.332727763}, {3, 0.667272237}},
                   {{0, 0.5}, {2, 0.5}},
                   {},
                   {{1, 0.332727763}, {4, 0.667272237}},
                   {{0, 0.542220335}, {1, 0.457779665}}});
  }
  SECTION("no norm, idf not smooth, stop words, no frequent terms") {
    tfidf_vectorizer v({.maximum_document_share = 0.5,
                        .smooth_idf = false,
                        .norm = akin::term_norm::none,
                        .stop_words = {"and", "The", "of", "a"}});
    const auto x = v.fit_transform(execution::par, documents);
    CHECK(names_of(v) == words{"blue", "house", "lamp", "mug", "red", "white"});
    check_rows(x, {{{3, 4.197224577}, {4, 2.098612289}, {5, 2.098612289}},
                   {{2, 1.693147181}, {4, 4.197224577}},
                   {{0, 2.098612289}, {3, 2.098612289}},
                   {},
                   {{1, 2.791759469}, {2, 1.693147181}, {5, 4.197224577}},
                   {{0, 2.098612289}, {2, 1.693147181}}});
  }
  SECTION("the most frequent terms") {
    tfidf_vectorizer v({.maximum_features = 3});
    const auto x = v.fit_transform(documents);
    CHECK(names_of(v) == words{"lamp", "mug", "red"});
    check_rows(
        x,
        {{{1, 0.894427191}, {2, 0.447213595}}, {{0, 0.388903335}, {2, 0.921278566}}, {{1, 1}}, {}, {{0, 1}}, {{0, 1}}});
  }
}

TEST_CASE("an obvious reference in double") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const words texts = random_documents(1500, seed);
    std::vector<std::map<std::string, double>> counted(texts.size());
    std::map<std::string, double> frequency;
    for (std::size_t d = 0; d < texts.size(); ++d) {
      const auto tokens = akin::tokenize(texts[d]);
      const words all(tokens.begin(), tokens.end());
      for (std::size_t i = 0; i < all.size(); ++i) {
        ++counted[d][all[i]];
        if (i + 1 < all.size()) ++counted[d][all[i] + " " + all[i + 1]];
      }
      for (const auto& [term, count] : counted[d]) ++frequency[term];
    }
    tfidf_vectorizer v({.ngrams = {1, 2}});
    const auto x = v.fit_transform(execution::par, texts);
    const auto counts = v.counts(execution::par, texts);
    REQUIRE(v.features() == static_cast<std::int64_t>(frequency.size()));
    for (std::size_t d = 0; d < texts.size(); ++d) {
      const auto row = static_cast<int>(d);
      double square = 0;
      for (auto& [term, count] : counted[d]) {
        REQUIRE(counts.coeff(row, *v.term_index(term)) == static_cast<float>(count));
        count *= std::log((1.0 + static_cast<double>(texts.size())) / (1 + frequency[term])) + 1;
        square += count * count;
      }
      REQUIRE(x.row(row).nonZeros() == static_cast<Eigen::Index>(counted[d].size()));
      for (const auto& [term, weight] : counted[d])
        REQUIRE(std::abs(static_cast<double>(x.coeff(row, *v.term_index(term))) - weight / std::sqrt(square)) < 1e-7);
    }
  }
}

TEST_CASE("the same bits for any number of threads, and for texts seen before") {
  const words texts = random_documents(5000, 7);
  for (const akin::tfidf_vectorizer_options& options :
       {akin::tfidf_vectorizer_options{.ngrams = {1, 3}, .maximum_features = 500},
        akin::tfidf_vectorizer_options{.hashed_features = 64, .sublinear_tf = true}}) {
    tfidf_vectorizer one(options);
    const auto x = one.fit_transform(execution::seq, texts);
    for (int threads = 1; threads <= 3; ++threads) {
      CAPTURE(threads);
      tfidf_vectorizer v(options);
      const auto policy = execution::par.threads(threads);
      CHECK(same_bits(v.fit_transform(policy, texts), x));
      CHECK(same_bits(v.transform(policy, texts), x));
      CHECK(akin_test::bytes_of(v) == akin_test::bytes_of(one));
    }
  }
}

TEST_CASE("unseen text, views and empty texts") {
  tfidf_vectorizer v;
  v.fit(execution::par, documents);
  const std::vector<std::string_view> unseen = {"green mug", "", "MUG!"};
  check_rows(v.transform(unseen), {{{5, 1}}, {}, {{5, 1}}});
  const auto nothing = v.transform(words{});
  CHECK((nothing.rows() == 0 && nothing.cols() == 10));
  check_rows(v.counts(words{"mug red mug"}), {{{5, 2}, {7, 1}}});
}

TEST_CASE("hashed terms need no vocabulary") {
  tfidf_vectorizer v({.hashed_features = 1 << 16}), named;
  const auto x = v.fit_transform(execution::par, documents), y = named.fit_transform(execution::par, documents);
  CHECK((x.cols() == 1 << 16 && v.terms().empty()));
  std::set<int> columns;
  for (const std::string& term : names_of(named)) {
    columns.insert(*v.term_index(term));
    for (int d = 0; d < 6; ++d) CHECK(x.coeff(d, *v.term_index(term)) == Approx(y.coeff(d, *named.term_index(term))));
  }
  CHECK(columns.size() == 10);
  CHECK(*v.term_index("mug") == 32101);  // files rely on it

  tfidf_vectorizer crowded({.hashed_features = 1, .smooth_idf = false});
  check_rows(crowded.fit_transform(documents), {{{0, 1}}, {{0, 1}}, {{0, 1}}, {}, {{0, 1}}, {{0, 1}}});
}

TEST_CASE("a user's own tokenizer") {
  const auto by_letter = [](std::string_view text) {
    words letters;
    for (const char c : text) letters.emplace_back(1, c);
    return letters;
  };
  tfidf_vectorizer v({.ngrams = {2, 2}, .norm = akin::term_norm::none, .stop_words = {"-"}, .tokenizer = by_letter});
  const auto x = v.fit_transform(execution::par, words{"a-b", "ab", "b"});
  CHECK(names_of(v) == words{"a b"});
  CHECK((x.coeff(0, 0) == x.coeff(1, 0) && x.coeff(2, 0) == 0));

  const auto bytes = akin_test::bytes_of(v);
  auto loaded = akin::detail::read_model<tfidf_vectorizer>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK_THROWS_WITH(loaded.transform(words{"ab"}), contains("must be given it by set_tokenizer"));
  CHECK(akin_test::bytes_of(loaded) == bytes);
  CHECK_THROWS_WITH(loaded.set_tokenizer({}), contains("tokenizer must be callable"));
  loaded.set_tokenizer(by_letter);
  CHECK(loaded.transform(words{"ab"}).coeff(0, 0) == x.coeff(1, 0));
  CHECK_THROWS_WITH(tfidf_vectorizer().set_tokenizer(by_letter), contains("options must have had a tokenizer"));
}

TEST_CASE("what is saved is loaded") {
  const words texts = random_documents(300, 3);
  for (const akin::tfidf_vectorizer_options& options :
       {akin::tfidf_vectorizer_options{.ngrams = {1, 2}, .minimum_documents = 2, .stop_words = {"ba", "手机"}},
        akin::tfidf_vectorizer_options{.hashed_features = 100, .norm = akin::term_norm::l1}}) {
    tfidf_vectorizer v(options);
    const auto x = v.fit_transform(execution::par, texts);
    const auto bytes = akin_test::bytes_of(v);
    const auto loaded = akin::detail::read_model<tfidf_vectorizer>(akin::detail::read_model_bytes(bytes, "memory"));
    CHECK(same_bits(loaded.transform(execution::par, texts), x));
    CHECK(loaded.terms() == v.terms());
    CHECK(akin_test::bytes_of(loaded) == bytes);
  }
  CHECK_THROWS_AS(akin_test::bytes_of(tfidf_vectorizer()), akin::not_fitted);
}

TEST_CASE("bad input is a sentence, and the vectorizer stays as it was") {
  tfidf_vectorizer v({.stop_words = akin::stop_words::english()});
  CHECK_THROWS_AS(v.transform(documents), akin::not_fitted);
  v.fit(documents);
  const auto before = akin_test::bytes_of(v);
  words broken = random_documents(3000, 5);
  broken[700] += "\xff", broken[2900] = "a\xc3", broken[650] = "so \xed\xa0\x80";
  CHECK_THROWS_MATCHES(v.fit(execution::par, broken), akin::format_error,
                       Message("tfidf_vectorizer::fit: document 650 must be UTF-8, got byte 0xED at offset 3"));
  CHECK_THROWS_WITH(v.transform(execution::par, broken), contains("transform: document 650 must be UTF-8"));
  CHECK_THROWS_MATCHES(v.fit_transform(words{}), std::invalid_argument,
                       Message("tfidf_vectorizer::fit_transform: documents must not be empty"));
  const std::string none = "documents must hold a term that the options keep, they have none";
  CHECK_THROWS_WITH(v.fit(words{"", " ,"}), contains(none));
  CHECK_THROWS_WITH(v.fit(words{"the", "of the"}), contains(none));
  CHECK_THROWS_WITH(tfidf_vectorizer({.minimum_documents = 7}).fit(documents), contains(none));
  CHECK(akin_test::bytes_of(v) == before);
}

TEST_CASE("options out of range are refused") {
  const auto refused = [](akin::tfidf_vectorizer_options options, const std::string& why) {
    CHECK_THROWS_WITH(tfidf_vectorizer(std::move(options)), contains("tfidf_vectorizer: " + why));
  };
  refused({.ngrams = {0, 1}}, "ngrams.shortest must be positive, got 0");
  refused({.ngrams = {2, 1}}, "ngrams.longest must be between ngrams.shortest and 16, got 1");
  refused({.ngrams = {1, 17}}, "ngrams.longest must be between ngrams.shortest and 16, got 17");
  refused({.minimum_documents = 0}, "minimum_documents must be positive");
  for (const double share : {0.0, 1.5, std::nan("")})
    refused({.maximum_document_share = share}, "maximum_document_share must be above 0 and at most 1");
  refused({.maximum_features = -1}, "maximum_features must not be negative");
  refused({.hashed_features = -1}, "hashed_features must not be negative");
  refused({.maximum_features = 9, .hashed_features = 9}, "hashed_features must be 0 where");
  CHECK_THROWS_AS(tfidf_vectorizer({.stop_words = {"\xff"}}), akin::format_error);
}
