/// @file
/// Models that learn anew when interactions come and when users leave.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The life of a Model that keeps its histories and learns from them as a whole: Model says how by learn(policy,
/// histories), which leaves the model as it was if it throws, by merging() what becomes of a cell that comes
/// again and, where it refuses some values, by check_values(x, where).
template <class Model>
class refitted {
 public:
  /// Learns from interactions that have come since: `new_interactions` has at least users() rows and items() columns;
  /// rows and columns beyond are new. A value adds to one that is there or, where scores are ratings, takes its place.
  /// The same, to the bit, as a fit to all of them, and as long. If it throws, the model is as it was.
  template <class Policy, class Matrix>
  void partial_fit(const Policy& policy, const Matrix& new_interactions) {
    const std::string where = fitted("partial_fit");
    const auto old = self().histories_.view();
    const auto added = checked_addition(policy, new_interactions, old, where);
    Model::check_values(added, where);
    self().learn(policy, merge_interactions(old, added, self().merging()));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void partial_fit(const Matrix& new_interactions) { partial_fit(execution::seq, new_interactions); }

  /// Learns anew without what the user had; ids stay as they are. The same, to the bit, as a fit to the other rows. If
  /// it throws, the model is as it was.
  template <class Policy>
  requires execution_policy<Policy>
  void forget(const Policy& policy, std::int64_t user) {
    const std::string where = fitted("forget");
    require_id(user, self().users(), where, "user");
    self().learn(policy, without_row(self().histories_.view(), user));
  }
  void forget(std::int64_t user) { forget(execution::seq, user); }

 protected:
  /// For models that refuse some values; theirs takes its place.
  template <class View>
  static void check_values(const View&, std::string_view) {}

 private:
  Model& self() noexcept { return static_cast<Model&>(*this); }

  /// The name of the call; throws not_fitted before the first fit.
  std::string fitted(const char* call) {
    std::string where = sentence(Model::kind, "::", call);
    require_fitted(is_fitted(self()), where);
    return where;
  }
};

}  // namespace akin::inline AKIN_ABI::detail
