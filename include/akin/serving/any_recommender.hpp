/// @file
/// A model whose type is chosen at run time.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_file.hpp>
#include <akin/io/parts.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The interface of the model in an any_recommender.
template <class Scalar, class Index>
class recommender_interface {
 public:
  using history_type = row_view<Scalar, Index>;

  virtual ~recommender_interface() = default;
  virtual std::string_view kind() const = 0;
  virtual bool is_fitted() const = 0;
  virtual std::int64_t users() const = 0;
  virtual std::int64_t items() const = 0;
  virtual bool knows_user(Index user) const = 0;
  virtual bool knows_item(Index item) const = 0;
  virtual bool answers_without_history() const = 0;
  virtual bool scores_histories() const = 0;
  virtual bool compares_items() const = 0;
  virtual bool explains() const = 0;
  virtual Scalar score(Index user, Index item) const = 0;
  virtual void score_rows(std::span<const Index> users, rows_view<Scalar> out) const = 0;
  virtual void score_rows(std::span<const history_type> histories, rows_view<Scalar> out) const = 0;
  virtual void similarity_all(Index item, std::span<Scalar> out) const = 0;
  virtual void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const = 0;
  virtual recommendations<Scalar, Index> recommend(const execution::parallel_policy& policy,
                                                   const query<Index>& q) const = 0;
  virtual recommendations<Scalar, Index> recommend(const execution::parallel_policy& policy,
                                                   std::span<const Index> users, const query<Index>& q) const = 0;
  virtual void write_held(model_writer& writer) const = 0;
};

/// Whether the model can score a history; a model of models chosen at run time knows only when it is asked.
template <class Model>
bool scores_histories(const Model& model) {
  if constexpr (requires { model.scores_histories(); })
    return model.scores_histories();
  else
    return history_scorer<Model>;
}
/// Whether it can compare items.
template <class Model>
bool compares_items(const Model& model) {
  if constexpr (requires { model.compares_items(); })
    return model.compares_items();
  else
    return item_similarity<Model>;
}
/// Whether it can split a score over a history.
template <class Model>
bool explains(const Model& model) {
  if constexpr (requires { model.explains(); })
    return model.explains();
  else
    return explainable<Model>;
}

/// The interface of a Model that is a part of it.
template <class Model>
class held_recommender final : public recommender_interface<typename Model::scalar_type, typename Model::index_type> {
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  using history_type = row_view<scalar_type, index_type>;

 public:
  explicit held_recommender(part<Model> model) : model_(std::move(model)) {}

  std::string_view kind() const override {
    if constexpr (requires { Model::kind; })
      return Model::kind;
    else
      return "a model without a name";
  }
  bool is_fitted() const override { return detail::is_fitted(*model_); }
  std::int64_t users() const override { return model_->users(); }
  std::int64_t items() const override { return model_->items(); }
  bool knows_user(index_type user) const override { return model_->knows_user(user); }
  bool knows_item(index_type item) const override { return model_->knows_item(item); }
  bool answers_without_history() const override { return akin::answers_without_history(*model_); }
  bool scores_histories() const override { return detail::scores_histories(*model_); }
  bool compares_items() const override { return detail::compares_items(*model_); }
  bool explains() const override { return detail::explains(*model_); }
  scalar_type score(index_type user, index_type item) const override { return model_->score(user, item); }

  void score_rows(std::span<const index_type> users, rows_view<scalar_type> out) const override { fill(users, out); }
  void score_rows(std::span<const history_type> histories, rows_view<scalar_type> out) const override {
    if constexpr (history_scorer<Model>)
      fill(histories, out);
    else
      refuse("score a history");
  }
  void similarity_all(index_type item, std::span<scalar_type> out) const override {
    if constexpr (item_similarity<Model>)
      model_->similarity_all(item, out);
    else
      refuse("compare items");
  }
  void contributions(const row_view<scalar_type, index_type>& history, index_type item,
                     std::span<scalar_type> out) const override {
    if constexpr (explainable<Model>)
      model_->contributions(history, item, out);
    else
      refuse("explain a score");
  }
  recommendations<scalar_type, index_type> recommend(const execution::parallel_policy& policy,
                                                     const query<index_type>& q) const override {
    return akin::recommend(policy, *model_, q);
  }
  recommendations<scalar_type, index_type> recommend(const execution::parallel_policy& policy,
                                                     std::span<const index_type> users,
                                                     const query<index_type>& q) const override {
    return akin::recommend(policy, *model_, users, q);
  }
  void write_held(model_writer& writer) const override {
    if constexpr (writable<Model>)
      write_model(writer, *model_);
    else
      refuse("be saved");
  }

 private:
  template <class Request>
  void fill(std::span<const Request> requests, rows_view<scalar_type> out) const {
    std::fill_n(out.data, out.rows * out.cols, no_score<scalar_type>);
    for_each_scored(*model_, requests, out.cols, [&](std::size_t position, std::span<const scalar_type> scores) {
      std::copy(scores.begin(), scores.end(), row_of(out, position).begin());
    });
  }
  [[noreturn]] void refuse(std::string_view what) const {
    fail<std::invalid_argument>("any_recommender: ", kind(), " cannot ", what);
  }

  part<Model> model_;
};

}  // namespace detail

/// Any model of these scalar and index types behind one type: for models that are chosen by a setting or a file. It is
/// a model itself: recommend, recommend_for, similar_items, explain, evaluate and the hybrids take it, with the same
/// results as for the model that it holds; calls that this model does not support throw std::invalid_argument with its
/// kind.
///
/// Refers to an lvalue, which must outlive it, and owns an rvalue; copies share the model. Costs a virtual call for a
/// block of users. Its own recommend takes the model's fastest path. Const members may be called from many threads if
/// those of the model may.
template <class Scalar = float, class Index = std::int32_t>
class any_recommender : public detail::combined_scores<any_recommender<Scalar, Index>, Scalar, Index, true> {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  template <class Model>
  requires(!std::same_as<std::remove_cvref_t<Model>, any_recommender>) any_recommender(Model&& model) {
    using model_type = std::remove_cvref_t<Model>;
    static_assert(scorer<model_type>, "akin: any_recommender needs a model that scores all items for a user");
    if constexpr (scorer<model_type>) {
      static_assert(std::is_same_v<typename model_type::scalar_type, Scalar> &&
                        std::is_same_v<typename model_type::index_type, Index>,
                    "akin: the model of an any_recommender must have its scalar and index types");
      model_ = std::make_shared<const detail::held_recommender<model_type>>(part_of(std::forward<Model>(model)));
    }
  }
  any_recommender(const any_recommender&) = default;
  any_recommender& operator=(const any_recommender&) = default;
  ~any_recommender() = default;

  /// The kind of model, "item_knn".
  std::string_view kind() const { return model_->kind(); }
  bool is_fitted() const { return model_->is_fitted(); }
  std::int64_t users() const { return model_->users(); }
  std::int64_t items() const { return model_->items(); }
  bool knows_user(Index user) const { return model_->knows_user(user); }
  bool knows_item(Index item) const { return model_->knows_item(item); }
  /// Whether the model has a list for an unknown visitor.
  bool answers_without_history() const { return model_->answers_without_history(); }
  /// Whether recommend_for, similar_items and explain have an answer from this model, or throw.
  bool scores_histories() const { return model_->scores_histories(); }
  bool compares_items() const { return model_->compares_items(); }
  bool explains() const { return model_->explains(); }
  /// The model's score, 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const { return model_->score(user, item); }

  /// As akin::recommend for all users; a list for each.
  template <execution_policy Policy>
  recommendations<Scalar, Index> recommend(const Policy& policy, const query<Index>& q) const {
    return model_->recommend(parallel(policy), q);
  }
  /// As akin::recommend for these users.
  template <execution_policy Policy>
  recommendations<Scalar, Index> recommend(const Policy& policy, std::span<const Index> users,
                                           const query<Index>& q) const {
    return model_->recommend(parallel(policy), users, q);
  }

  void similarity_all(Index item, std::span<Scalar> out) const { model_->similarity_all(item, out); }
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const {
    model_->contributions(history, item, out);
  }
  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<Scalar> out) const {
    model_->score_rows(requests, out);
  }

  /// Writes the same file as akin::save of the model, as does akin::save of this, alone, in a bundle or in a hybrid.
  /// Load it with the model's type, or through a recommender_registry. Throws std::invalid_argument for a model that
  /// cannot be saved.
  void save(const std::filesystem::path& path) const { akin::save(*this, path); }
  void write_held(detail::model_writer& writer) const { model_->write_held(writer); }

 private:
  static execution::parallel_policy parallel(const execution::parallel_policy& policy) noexcept { return policy; }
  static execution::parallel_policy parallel(const execution::sequenced_policy&) noexcept {
    return execution::par.threads(1);
  }

  std::shared_ptr<const detail::recommender_interface<Scalar, Index>> model_;
};

}  // namespace akin::inline AKIN_ABI
