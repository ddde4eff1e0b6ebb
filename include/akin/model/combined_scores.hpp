/// @file
/// The common base of hybrid models: rows of scores for a block of users.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Users that a hybrid scores at once: enough to amortise the memory of a row, and for parts that score blocks.
inline constexpr std::int64_t combined_users = 16;

/// The row of a view.
template <class Scalar>
std::span<Scalar> row_of(const rows_view<Scalar>& rows, std::size_t row) {
  return {rows.row(static_cast<std::int64_t>(row)), static_cast<std::size_t>(rows.cols)};
}

/// A model that scores a range of items, with or without evidence (knows_item), as score_all does.
template <class Model, class Request>
concept stretch_scorer = std::same_as<Request, typename Model::index_type> && !block_scorer<Model, Request> &&
                         requires(const Model& model, Request id, std::span<typename Model::scalar_type> out) {
  model.score_range(id, id, out);
};

/// A model whose single scores are cheap, and which tells whether score_all has one.
template <class Model, class Request>
concept single_scorer = stretch_scorer<Model, Request> ||
    (std::same_as<Request, typename Model::index_type> && !block_scorer<Model, Request> &&
     requires(const Model& model, Request id) { model.has_evidence(id, id); });

/// Whether a single_scorer has evidence of a user that it knows and an item.
template <class Model>
bool has_evidence(const Model& model, typename Model::index_type user, typename Model::index_type item) {
  if constexpr (requires { model.has_evidence(user, item); })
    return model.has_evidence(user, item);
  else
    return model.knows_item(item);
}

/// Fills a row of `rows` for each of the users, range by range, so that the model's data of an item are read from
/// memory once for all of them.
template <class Model>
void score_stretches(const Model& model, std::span<const typename Model::index_type> users,
                     rows_view<typename Model::scalar_type> rows) {
  using index_type = typename Model::index_type;
  constexpr std::int64_t stretch = 256;
  for (std::int64_t first = 0; first < rows.cols; first += stretch) {
    const auto size = static_cast<std::size_t>(std::min(stretch, rows.cols - first));
    for (std::size_t i = 0; i < users.size(); ++i)
      model.score_range(users[i], static_cast<index_type>(first),
                        {rows.row(static_cast<std::int64_t>(i)) + first, size});
    for (std::int64_t item = first; item < first + static_cast<std::int64_t>(size); ++item)
      if (!model.knows_item(static_cast<index_type>(item)))
        for (std::int64_t i = 0; i < rows.rows; ++i) rows.row(i)[item] = no_score<typename Model::scalar_type>;
  }
}

/// Calls body(position, scores) for each request that the model knows, in their order; body may write to the scores. At
/// most combined_users requests. Throws if the model does not have `items` items.
template <class Model, class Request, class Body>
void for_each_scored(const Model& model, std::span<const Request> requests, std::int64_t items, const Body& body) {
  using scalar_type = typename Model::scalar_type;
  if (model.items() != items)
    fail<std::invalid_argument>("hybrid: a model must keep its number of items while it is part of another, ", items,
                                ", got ", model.items());
  std::array<Request, combined_users> known = {};
  std::array<std::size_t, combined_users> positions = {};
  std::size_t count = 0;
  for (std::size_t i = 0; i < requests.size(); ++i)
    if (is_known(model, requests[i])) {
      known[count] = requests[i];
      positions[count++] = i;
    }
  if (count == 0) return;
  const auto known_requests = std::span<const Request>(known).first(count);
  if constexpr (stretch_scorer<Model, Request>) {
    numbers<scalar_type> memory(items * static_cast<std::int64_t>(count));
    const rows_view<scalar_type> rows{memory.data(), static_cast<std::int64_t>(count), items};
    score_stretches(model, known_requests, rows);
    for (std::size_t i = 0; i < count; ++i) body(positions[i], row_of(rows, i));
  } else {
    numbers<scalar_type> memory(items * scored_at_once<Model, Request>());
    const scores_of<Model, Request> source(model);
    score_stream<scalar_type, Request> scores(source, known_requests, memory);
    for (std::size_t i = 0; i < count; ++i) body(positions[i], scores.next());
  }
}

/// All calls for scores, made of Derived::score_rows(requests, out), which fills a row of `out` for each of at most
/// combined_users users, or histories where Histories.
template <class Derived, class Scalar, class Index, bool Histories>
class combined_scores {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::int64_t block_users = combined_users;

  /// The score among all others, which costs as much as score_all; 0 without evidence. Ids must be in range.
  Scalar score(Index user, Index item) const {
    if (!self().knows_user(user)) return 0;
    numbers<Scalar> row(self().items());
    score_all(user, row);
    const Scalar found = row[item];
    return found > no_score<Scalar> ? found : Scalar{0};
  }
  /// Fills out[item] for all items, -infinity for those without evidence.
  void score_all(Index user, std::span<Scalar> out) const { self().score_rows(one(user), row(out)); }
  /// Row i of `out` gets what score_all gives for users[i], to the bit; at most block_users.
  void score_block(std::span<const Index> users, rows_view<Scalar> out) const { self().score_rows(users, out); }

  /// The same as score_all for a history of any user: item ids, ascending, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const requires(Histories) {
    self().score_rows(one(history), row(out));
  }
  void score_block(std::span<const row_view<Scalar, Index>> histories, rows_view<Scalar> out) const
      requires(Histories) {
    self().score_rows(histories, out);
  }

 private:
  template <class Request>
  static std::span<const Request> one(const Request& request) noexcept {
    return {&request, 1};
  }
  static rows_view<Scalar> row(std::span<Scalar> out) noexcept { return {out.data(), 1, std::ssize(out)}; }
  const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

}  // namespace akin::inline AKIN_ABI::detail
