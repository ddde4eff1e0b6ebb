#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "retrieval/lists.hpp"
#include "retrieval/shop_model.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;

namespace {

/// A history scores what its items' similarities say.
struct history_model : shop_model<> {
  void score_history(const akin::row_view<float, std::int32_t>& history, std::span<float> out) const {
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::int64_t i = 0; i < history.size(); ++i)
      for (std::size_t item = 0; item < out.size(); ++item)
        out[item] += history.values[i] * similarities(history.ids[i], static_cast<Eigen::Index>(item));
  }
};

/// The same in blocks; whether all of them were well formed.
struct block_model : history_model {
  static constexpr int block_users = 3;
  mutable bool is_well_called = true;
  mutable int largest_block = 0;

  void score_block(std::span<const std::int32_t> users, const akin::rows_view<float>& out) const {
    look_at(users.size(), out);
    for (std::size_t i = 0; i < users.size(); ++i) {
      is_well_called &= knows_user(users[i]);
      score_all(users[i], row_of(out, i));
    }
  }
  void score_block(std::span<const akin::row_view<float, std::int32_t>> histories,
                   const akin::rows_view<float>& out) const {
    look_at(histories.size(), out);
    for (std::size_t i = 0; i < histories.size(); ++i) {
      is_well_called &= !histories[i].empty();
      score_history(histories[i], row_of(out, i));
    }
  }

 private:
  static std::span<float> row_of(const akin::rows_view<float>& out, std::size_t i) {
    return {out.row(static_cast<std::int64_t>(i)), static_cast<std::size_t>(out.cols)};
  }
  void look_at(std::size_t requests, const akin::rows_view<float>& out) const {
    is_well_called &= requests >= 1 && requests <= block_users && out.cols == items() &&
                      out.rows == static_cast<std::int64_t>(requests);
    largest_block = std::max(largest_block, static_cast<int>(requests));
  }
};

/// 40 users of whom some are strangers, 12 items.
template <class Model>
Model some_model() {
  const akin::random_stream random(8);
  Model model;
  model.table = akin::dense_matrix<float>::Zero(40, 12);
  model.similarities = akin::dense_matrix<float>::Zero(12, 12);
  for (Eigen::Index i = 0; i < model.table.size(); ++i)
    model.table.data()[i] = static_cast<float>(random.below(static_cast<std::uint64_t>(i), 7));
  for (Eigen::Index i = 0; i < model.similarities.size(); ++i)
    model.similarities.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(i)));
  model.strangers = {1, 2, 7, 39};
  return model;
}

}  // namespace

TEST_CASE("lists are the same whether users are scored in blocks or one at a time") {
  const auto single = some_model<history_model>();
  const auto blocks = some_model<block_model>();
  const auto x = akin_test::random_sparse<float>(40, 12, 0.2, 3);
  CHECK(all_lists(akin::recommend(execution::seq, blocks, {.k = 4, .exclude = x})) ==
        all_lists(akin::recommend(execution::seq, single, {.k = 4, .exclude = x})));
  const std::int32_t some[] = {5, 1, 5, 30, 2, 9, 0, 39};
  CHECK(all_lists(akin::recommend(execution::seq, blocks, some, {.k = 20, .exclude = x})) ==
        all_lists(akin::recommend(execution::seq, single, some, {.k = 20, .exclude = x})));
  CHECK(all_lists(akin::recommend_for(execution::seq, blocks, x, {.k = 4, .exclude = x})) ==
        all_lists(akin::recommend_for(execution::seq, single, x, {.k = 4, .exclude = x})));
  CHECK(blocks.is_well_called);
  CHECK(blocks.largest_block == 3);
}

TEST_CASE("an evaluation is the same whether users are scored in blocks or one at a time") {
  const auto single = some_model<history_model>();
  const auto blocks = some_model<block_model>();
  auto train = akin_test::random_sparse<float>(40, 12, 0.2, 4), test = akin_test::random_sparse<float>(40, 12, 0.1, 5);
  const auto evaluate = [&](const auto& model) {
    return akin::evaluate(execution::seq, model, train, test, akin::metrics::recall{3}, akin::metrics::ndcg{5});
  };
  const auto a = evaluate(blocks), b = evaluate(single);
  for (std::size_t metric = 0; metric < 2; ++metric) {
    CHECK(a[metric].mean == b[metric].mean);
    CHECK(a[metric].standard_error == b[metric].standard_error);
  }
  CHECK(a.users == b.users);
  CHECK(a.users > 0);
  CHECK(a.users_without_relevant == b.users_without_relevant);
  CHECK(a.users_without_relevant > 0);
  CHECK(a.unknown_users == b.unknown_users);
  CHECK(a.unknown_users > 0);
  CHECK(a.repeats == b.repeats);
  CHECK(blocks.is_well_called);
  CHECK(blocks.largest_block == 3);
}
