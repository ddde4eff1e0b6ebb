/// @file
/// The requests to a model, users of the training, histories and sequences, and their scores.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <akin/config.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The history of any user: item ids, and a value each.
template <class Model>
using history_of = row_view<typename Model::scalar_type, typename Model::index_type>;

/// What somebody took, in order: a user, or a visitor in a session.
template <class Model>
using sequence_of = sequence_view<typename Model::index_type>;

/// A model that answers requests of this type: users of the training by their ids, histories, or sequences. A model of
/// histories answers a sequence as the history of its items, each with the number of its events as value.
template <class Model, class Request>
concept answers = (std::same_as<Request, typename Model::index_type> && scorer<Model>) ||
                  (std::same_as<Request, history_of<Model>> && history_scorer<Model>) ||
                  (std::same_as<Request, sequence_of<Model>> && (sequence_scorer<Model> || history_scorer<Model>));

/// Whether the model scores an empty history, that of an unknown visitor.
template <class Model>
bool answers_without_history(const Model& model) {
  if constexpr (requires {
                  { model.answers_without_history() } -> std::convertible_to<bool>;
                })
    return model.answers_without_history();
  else
    return false;
}

/// Whether the model has a list for the user, or for the history.
template <class Model>
bool is_known(const Model& model, typename Model::index_type user) {
  return model.knows_user(user);
}
template <class Model>
bool is_known(const Model& model, const history_of<Model>& of) {
  return !of.empty() || akin::answers_without_history(model);
}

namespace detail {

/// Whether an item of a request is one of the model's, and known to it.
template <class Model>
bool knows(const Model& model, typename Model::index_type item) {
  return item >= 0 && item < model.items() && model.knows_item(item);
}

}  // namespace detail

template <class Model>
bool is_known(const Model& model, const sequence_of<Model>& of) {
  if (akin::answers_without_history(model)) return true;
  return std::any_of(of.items.begin(), of.items.end(), [&](auto item) { return detail::knows(model, item); });
}

/// The number of users that a model scores at once.
template <class Model, class Request>
constexpr std::int64_t scored_at_once() {
  if constexpr (block_scorer<Model, Request>)
    return Model::block_users;
  else
    return 1;
}

template <class Model>
void score_one(const Model& model, typename Model::index_type user, std::span<typename Model::scalar_type> out) {
  model.score_all(user, out);
}
template <class Model>
void score_one(const Model& model, const history_of<Model>& of, std::span<typename Model::scalar_type> out) {
  model.score_history(of, out);
}

namespace detail {

/// The items of a sequence that are below `items` as a history: how often each occurs.
template <class Scalar, class Index>
class history_of_sequence {
 public:
  history_of_sequence(const sequence_view<Index>& sequence, std::int64_t items) {
    for (const Index item : sequence.items)
      if (item >= 0 && item < items) ids_.push_back(item);
    std::sort(ids_.begin(), ids_.end());
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < ids_.size(); ++i) {
      if (count == 0 || ids_[count - 1] != ids_[i]) {
        ids_[count++] = ids_[i];
        values_.push_back(Scalar{0});
      }
      values_[count - 1] += Scalar{1};
    }
    ids_.resize(count);
  }

  row_view<Scalar, Index> view() const noexcept { return {{ids_.data(), ids_.size()}, {values_.data(), ids_.size()}}; }

 private:
  numbers<Index> ids_;
  numbers<Scalar> values_;
};

}  // namespace detail

template <class Model>
void score_one(const Model& model, const sequence_of<Model>& of, std::span<typename Model::scalar_type> out) {
  if constexpr (sequence_scorer<Model>) {
    model.score_sequence(of, out);
  } else {
    const detail::history_of_sequence<typename Model::scalar_type, typename Model::index_type> history(of,
                                                                                                       model.items());
    model.score_history(history.view(), out);
  }
}

/// A source of rows of scores for requests (users, histories or sequences), without the model's type, so that ranking
/// is compiled once for a scalar and an index type.
template <class Scalar, class Request>
class score_source {
 public:
  virtual std::int64_t items() const = 0;
  /// The number of requests that are scored at little more than the cost of one.
  virtual std::int64_t at_once() const = 0;
  /// Whether the request has a list.
  virtual bool is_known(const Request& request) const = 0;
  /// Row i of `out` gets the scores of requests[i]; at most at_once() of them.
  virtual void score(std::span<const Request> requests, const rows_view<Scalar>& out) const = 0;

 protected:
  ~score_source() = default;
};

/// That of a model, which must outlive it.
template <class Model, class Request>
class scores_of final : public score_source<typename Model::scalar_type, Request> {
 public:
  explicit scores_of(const Model& model) noexcept : model_(model) {}

  std::int64_t items() const override { return model_.items(); }
  std::int64_t at_once() const override { return scored_at_once<Model, Request>(); }
  bool is_known(const Request& request) const override { return akin::is_known(model_, request); }
  void score(std::span<const Request> requests, const rows_view<typename Model::scalar_type>& out) const override {
    if constexpr (block_scorer<Model, Request>) {
      model_.score_block(requests, out);
    } else {
      for (std::size_t i = 0; i < requests.size(); ++i)
        akin::score_one(model_, requests[i],
                        {out.row(static_cast<std::int64_t>(i)), static_cast<std::size_t>(out.cols)});
    }
  }

 private:
  const Model& model_;
};

/// The rows of scores of `requests`, in their order.
template <class Scalar, class Request>
class score_stream {
 public:
  /// `memory` holds source.at_once() rows of scores; all must outlive the stream.
  score_stream(const score_source<Scalar, Request>& source, std::span<const Request> requests, std::span<Scalar> memory)
      : source_(source), requests_(requests), memory_(memory) {}

  /// The scores of the next request, which may be written to; valid until the next call.
  std::span<Scalar> next() {
    const std::int64_t items = source_.items();
    if (scored_ == 0) {
      const auto block = requests_.first(std::min(static_cast<std::size_t>(source_.at_once()), requests_.size()));
      requests_ = requests_.subspan(block.size());
      source_.score(block, {memory_.data(), std::ssize(block), items});
      scored_ = block.size();
      row_ = 0;
    }
    --scored_;
    return memory_.subspan(row_++ * static_cast<std::size_t>(items), static_cast<std::size_t>(items));
  }

 private:
  const score_source<Scalar, Request>& source_;
  std::span<const Request> requests_;  // that are not scored yet
  std::span<Scalar> memory_;
  std::size_t scored_ = 0, row_ = 0;  // rows in memory that were not handed out, and the next of them
};

}  // namespace akin::inline AKIN_ABI
