/// @file
/// Explains the score of a user and an item by the items of the user's history.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/model/source.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// One item of the user's history, and its contribution to the score.
template <class Scalar, class Index>
struct reason {
  Index item;
  Scalar contribution;
};

struct explain_options {
  int k = 10;  ///< reasons at most, >= 1
};

/// The k items of the user's row of `user_items` with the largest contributions to the score of `item`, by
/// (contribution descending, id ascending); negative contributions are last, and items that contribute 0 or NaN are
/// left out. Throws not_fitted, or std::invalid_argument for ids out of range, for values of the row that are not
/// finite and for a matrix that does not fit the model.
template <class Source, class Matrix>
auto explain(const Source& source, const Matrix& user_items, std::type_identity_t<index_type_of<Source>> user,
             std::type_identity_t<index_type_of<Source>> item, const explain_options& options = {}) {
  using model_type = model_of<Source>;
  using scalar_type = scalar_type_of<Source>;
  using index_type = index_type_of<Source>;
  static_assert(explainable<model_type>, "akin: explain needs a model that can split a score over a user's items");
  detail::assert_interactions<Matrix, scalar_type, index_type>();
  return akin::ask(source, [&](const model_type& model) {
    detail::require_fitted(model, "explain");
    detail::require(options.k >= 1, "explain", "k must be positive", options.k);
    const auto view = detail::view_of(user_items, "explain");
    if (view.cols != model.items())
      detail::fail<std::invalid_argument>("explain: user_items must have a column for each of the ", model.items(),
                                          " items, got ", view.cols);
    detail::require_id(user, view.rows, "explain", "user");
    detail::require_id(item, model.items(), "explain", "item");

    const auto history = view.row(user);
    for (std::int64_t i = 0; i < history.size(); ++i) {
      detail::require_id(history.ids[i], model.items(), "explain", "each column of user_items");
      detail::require(detail::is_finite(history.values[i]), "explain", "each value of user_items must be finite",
                      history.values[i]);
    }
    std::vector<scalar_type> contributions(static_cast<std::size_t>(history.size()));
    model.contributions(history, item, std::span(contributions));

    std::vector<reason<scalar_type, index_type>> reasons;
    for (std::size_t i = 0; i < contributions.size(); ++i)
      if (contributions[i] > 0 || contributions[i] < 0)
        reasons.push_back({history.ids[static_cast<std::int64_t>(i)], contributions[i]});
    std::sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
      return a.contribution > b.contribution || (a.contribution == b.contribution && a.item < b.item);
    });
    if (reasons.size() > static_cast<std::size_t>(options.k)) reasons.resize(static_cast<std::size_t>(options.k));
    return reasons;
  });
}

}  // namespace akin::inline AKIN_ABI
