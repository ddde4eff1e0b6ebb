/// @file
/// What the tests of models that are composed at run time share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>
#include <akin/serving/any_recommender.hpp>

#include "hybrid/hybrid_data.hpp"

namespace composed_test {

/// Whether two results have the same items and scores, to the bit.
template <class Lists, class Others>
bool same(const Lists& x, const Others& y) {
  if (x.size() != y.size()) return false;
  for (std::size_t list = 0; list < x.size(); ++list)
    if (!std::ranges::equal(x.items(list), y.items(list)) || !std::ranges::equal(x.scores(list), y.scores(list)))
      return false;
  return true;
}

/// Whether `composed`, alone and as any_recommender, gives the lists of `known`, a hybrid that the compiler has seen:
/// for users on 1, 2 and 3 threads, for histories and for items.
template <class Composed, class Known, class Matrix>
void check_same_answers(const Composed& composed, const Known& known, const Matrix& clicks) {
  namespace execution = akin::execution;
  using index_type = typename Known::index_type;
  using any_type = akin::any_recommender<typename Known::scalar_type, index_type>;
  const any_type held = composed;
  const akin::query<index_type> q{.k = 9, .exclude = clicks};
  for (const int threads : {1, 2, 3}) {
    const auto policy = execution::par.threads(threads);
    const auto expected = akin::recommend(policy, known, q);
    CHECK(same(akin::recommend(policy, composed, q), expected));
    CHECK(same(held.recommend(policy, q), expected));
    const auto for_histories = akin::recommend_for(policy, known, clicks, q);
    CHECK(same(akin::recommend_for(policy, composed, clicks, q), for_histories));
    CHECK(same(akin::recommend_for(policy, held, clicks, q), for_histories));
  }
  for (index_type user = 0; user < known.users(); ++user) {
    CHECK(composed.knows_user(user) == known.knows_user(user));
    if (known.knows_user(user)) CHECK(hybrid_test::scores_of(composed, user) == hybrid_test::scores_of(known, user));
  }
  for (index_type item = 0; item < known.items(); ++item) CHECK(composed.knows_item(item) == known.knows_item(item));
  if constexpr (akin::item_similarity<Known>) {
    const std::vector<index_type> items = {3, 0, 17};
    CHECK(same(akin::similar_items(execution::seq, composed, items, {.k = 6}),
               akin::similar_items(execution::seq, known, items, {.k = 6})));
  }
}

/// The bytes of a file of that kind, of float and int32, with the sections that fill(writer) adds.
template <class Fill>
std::vector<std::byte> forged(std::string_view kind, const Fill& fill) {
  akin::detail::model_writer writer;
  writer.add_text("@kind", kind);
  writer.add_text("@scalar", "float");
  writer.add_text("@index", "int32");
  fill(writer);
  std::vector<std::byte> bytes;
  writer.emit([&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return bytes;
}

}  // namespace composed_test
