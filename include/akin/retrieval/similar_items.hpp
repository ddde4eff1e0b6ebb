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
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/model/source.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
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
template <class Policy, class Source>
recommendations<scalar_type_of<Source>, index_type_of<Source>> similar_items(
    const Policy& policy, const Source& source, std::span<const std::type_identity_t<index_type_of<Source>>> items,
    const query<index_type_of<Source>>& q) {
  using model_type = model_of<Source>;
  using index_type = index_type_of<Source>;
  const detail::host_policy host = detail::on_host(policy);
  static_assert(item_similarity<model_type>, "akin: similar_items needs a model that compares items");
  return akin::ask(source, [&](const model_type& model) {
    detail::require_fitted(model, "similar_items");
    detail::require(q.exclude.rows == 0, "similar_items", "exclude must be empty, items have no users");
    detail::check_query(q, 0, model.items(), "similar_items");
    for (const index_type item : items) detail::require_id(item, model.items(), "similar_items", "each of items");
    const detail::similarities_of<model_type> scores(model);
    return detail::rank_requests(host, scores, std::ssize(items), detail::item_requests<index_type>{items}, q);
  });
}

/// The same with a filter beside those of the query; see recommend.
template <class Policy, class Source, item_filter<index_type_of<Source>> Filter>
recommendations<scalar_type_of<Source>, index_type_of<Source>> similar_items(
    const Policy& policy, const Source& source, std::span<const std::type_identity_t<index_type_of<Source>>> items,
    const query<index_type_of<Source>>& q, const Filter& filter) {
  return akin::ask(source, [&](const auto& model) {
    detail::require_fitted(model, "similar_items");
    return akin::similar_items(policy, model, items, detail::filtered(q, model.items(), filter));
  });
}

}  // namespace akin::inline AKIN_ABI
