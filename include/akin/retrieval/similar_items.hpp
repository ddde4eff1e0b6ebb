/// @file
/// Items like given items.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/model/score_stream.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/query_filter.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

namespace detail {

/// Items as requests, which exclude themselves.
template <class Index>
struct item_requests {
  using request_type = Index;
  std::span<const Index> items;

  Index at(std::int64_t row) const noexcept { return detail::at(items, row); }
  slice<const Index> excluded(const query<Index>&, std::int64_t row) const noexcept {
    return {&detail::at(items, row), 1};
  }
};

/// A model's similarities as scores; the model must outlive them.
template <class Model>
class similarities_of final : public score_source<typename Model::scalar_type, typename Model::index_type> {
 public:
  using index_type = typename Model::index_type;

  explicit similarities_of(const Model& model) noexcept : model_(model) {}

  std::int64_t items() const override { return model_.items(); }
  std::int64_t at_once() const override { return 1; }
  bool is_known(const index_type&) const override { return true; }
  void score(std::span<const index_type> items, const rows_view<typename Model::scalar_type>& out) const override {
    model_.similarity_all(items[0], {out.row(0), static_cast<std::size_t>(out.cols)});
  }

 private:
  const Model& model_;
};

AKIN_COMPILE_ONCE(retrieval, recommendations<float, std::int32_t> rank_requests(
                                 const host_policy&, const score_source<float, std::int32_t>&, std::int64_t,
                                 const item_requests<std::int32_t>&, const query<std::int32_t>&))
AKIN_COMPILE_ONCE(retrieval, recommendations<double, std::int32_t> rank_requests(
                                 const host_policy&, const score_source<double, std::int32_t>&, std::int64_t,
                                 const item_requests<std::int32_t>&, const query<std::int32_t>&))

}  // namespace detail

/// The k items most similar to each of `items`, list i for items[i], never the item itself; ordered by (similarity
/// descending, id ascending). Throws not_fitted, or std::invalid_argument for an item out of range, or for a query that
/// excludes (exclusion is by user) or does not fit the model. Takes O(items * (comparing + items of the model)) time
/// and one row of similarities a worker.
template <class Policy, class Model>
recommendations<typename Model::scalar_type, typename Model::index_type> similar_items(
    const Policy& policy, const Model& model, std::span<const std::type_identity_t<typename Model::index_type>> items,
    const query<typename Model::index_type>& q) {
  using index_type = typename Model::index_type;
  detail::assert_policy<Policy>();
  static_assert(item_similarity<Model>, "akin: similar_items needs a model that compares items");
  detail::require_fitted(model, "similar_items");
  detail::require(q.exclude.rows == 0, "similar_items", "exclude must be empty, items have no users");
  detail::check_query(q, 0, model.items(), "similar_items");
  for (const index_type item : items) detail::require_id(item, model.items(), "similar_items", "each of items");
  const detail::similarities_of<Model> source(model);
  return detail::rank_requests(policy, source, std::ssize(items), detail::item_requests<index_type>{items}, q);
}

/// The same with a filter beside those of the query; see recommend.
template <class Policy, class Model, item_filter<typename Model::index_type> Filter>
recommendations<typename Model::scalar_type, typename Model::index_type> similar_items(
    const Policy& policy, const Model& model, std::span<const std::type_identity_t<typename Model::index_type>> items,
    const query<typename Model::index_type>& q, const Filter& filter) {
  detail::require_fitted(model, "similar_items");
  return similar_items(policy, model, items, detail::filtered(q, model.items(), filter));
}

}  // namespace akin::inline AKIN_ABI
