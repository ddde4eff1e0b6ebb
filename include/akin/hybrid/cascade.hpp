/// @file
/// A cheap model retrieves items, a costly one ranks them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/hybrid/cascade_options.hpp>
#include <akin/hybrid/fill_below.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/model/combined_scores.hpp>
#include <akin/model/parts.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

/// The `retrieve` best items of the cheap model, scored by the costly one; all others that the cheap model scores are
/// below, in its order, mapped as in fallback_model. Retrieved items that the costly model does not know are among
/// those others, and a user that it does not know keeps the cheap model's scores.
///
/// The costly model computes single scores, score(user, item), if has_evidence(user, item) or knows_item tells whether
/// it has one; others (a blend) compute all scores. Items without evidence in it are among those below.
///
/// Made by cascade(). Complexity: a user costs all scores of the cheap model, `retrieve` scores of the costly one and
/// O(items). Deterministic as its models are; const members may be called from many threads if theirs may.
template <class Cheap, class Costly>
class cascade_model
    : public detail::combined_scores<cascade_model<Cheap, Costly>, typename Cheap::scalar_type,
                                     typename Cheap::index_type, history_scorer<Cheap> && history_scorer<Costly>> {
 public:
  using scalar_type = typename Cheap::scalar_type;
  using index_type = typename Cheap::index_type;
  static constexpr std::string_view kind = "cascade";

  /// See cascade().
  cascade_model(std::tuple<part<Cheap>, part<Costly>> parts, const cascade_options& options)
      : options_(checked(options, kind)), parts_(std::move(parts)) {
    assert_parts<Cheap, Costly>();
    require_same_shape("cascade", parts_);
  }

  const cascade_options& options() const noexcept { return options_; }
  const Cheap& cheap() const noexcept { return *std::get<0>(parts_); }
  const Costly& costly() const noexcept { return *std::get<1>(parts_); }

  bool is_fitted() const { return are_fitted(parts_); }
  std::int64_t users() const { return cheap().users(); }
  std::int64_t items() const { return cheap().items(); }
  bool knows_user(index_type user) const { return cheap().knows_user(user); }
  bool knows_item(index_type item) const { return cheap().knows_item(item); }
  /// Whether the cheap model has a list for an unknown visitor.
  bool answers_without_history() const { return akin::answers_without_history(cheap()); }

  /// Fills row i of `out` for request i, a user or a history; see detail::combined_scores.
  template <class Request>
  void score_rows(std::span<const Request> requests, rows_view<scalar_type> out) const {
    std::fill_n(out.data, out.rows * out.cols, no_score<scalar_type>);
    std::vector<kernels::scored<scalar_type, index_type>> best(
        static_cast<std::size_t>(std::min<std::int64_t>(options_.retrieve, out.cols)));
    detail::for_each_scored(cheap(), requests, out.cols,
                            [&](std::size_t position, std::span<const scalar_type> scores) {
                              const auto row = detail::row_of(out, position);
                              if (!best.empty()) rank(requests[position], scores, row, best);
                              detail::fill_below(scores, row);
                            });
  }

  void write_to(detail::model_writer& writer) const requires(detail::writable<Cheap>&& detail::writable<Costly>) {
    writer.add_options(options_);
    write_parts(writer, parts_);
  }
  /// The cascade with its models, which it owns.
  static cascade_model read_from(const detail::model_reader& reader) requires(
      detail::storable<Cheap>&& detail::storable<Costly>) {
    return {read_parts<Cheap, Costly>(reader), reader.options<cascade_options>()};
  }

 private:
  /// Replaces the best of the cheap scores by those of the costly model.
  template <class Request>
  void rank(const Request& request, std::span<const scalar_type> cheap_scores, std::span<scalar_type> row,
            std::vector<kernels::scored<scalar_type, index_type>>& best) const {
    if (!is_known(costly(), request)) return;
    kernels::top_k<scalar_type, index_type> top(best.data(), std::ssize(best));
    kernels::offer_all(cheap_scores.data(), std::ssize(cheap_scores), top);
    const auto retrieved = std::span(best).first(static_cast<std::size_t>(top.finish()));
    if constexpr (detail::single_scorer<Costly, Request>) {
      for (const auto& item : retrieved)
        if (detail::has_evidence(costly(), request, item.id))
          detail::at(row, item.id) = costly().score(request, item.id);
    } else {
      detail::for_each_scored(costly(), std::span<const Request>(&request, 1), std::ssize(row),
                              [&](std::size_t, std::span<const scalar_type> scores) {
                                for (const auto& item : retrieved)
                                  detail::at(row, item.id) = detail::at(scores, item.id);
                              });
    }
  }

  cascade_options options_;
  std::tuple<part<Cheap>, part<Costly>> parts_;
};

/// `cheap` retrieves, `costly` ranks: cascade(popular, als, {.retrieve = 200}). Refers to lvalues, which must outlive
/// it, and owns rvalues. Throws std::invalid_argument for models of different users or items, or retrieve < 1.
template <class Cheap, class Costly>
auto cascade(Cheap&& cheap, Costly&& costly, const cascade_options& options = {}) {
  return cascade_model<std::remove_cvref_t<Cheap>, std::remove_cvref_t<Costly>>(
      std::tuple(part_of(std::forward<Cheap>(cheap)), part_of(std::forward<Costly>(costly))), options);
}

}  // namespace akin::inline AKIN_ABI
