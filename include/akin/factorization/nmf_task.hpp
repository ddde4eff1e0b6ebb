/// @file
/// The algorithm of nmf.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/nmf_engine.hpp>
#include <akin/factorization/nmf_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/train/row_context.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// With the Gramian of the item factors plus lambda I, k x k.
template <class Scalar>
struct nmf_table : factor_table<Scalar> {
  detail::storage<Scalar> item_gram;

  nmf_table resized(std::int64_t users, std::int64_t items) const {
    return {factor_table<Scalar>::resized(users, items), item_gram};
  }
  void write_to(detail::model_writer& writer) const {
    factor_table<Scalar>::write_to(writer);
    writer.add("item_gram", item_gram.data(), item_gram.size());
  }
};

/// See nmf.
template <class Scalar, class Index>
struct nmf_task {
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = nmf_options;
  using table_type = nmf_table<Scalar>;
  using rows = detail::dense_storage<Scalar>;
  static constexpr std::string_view kind = "nmf";
  static constexpr when_both merging = when_both::add;
  static constexpr bool items_need_histories = false, alternating = true;

  nmf_options options;

  static void check_values(const csr_view<Scalar, Index>& x, std::string_view where);
  table_type read_table(const detail::model_reader& reader) const;

  /// Each row minimises the objective, to a relative 1e-5, from the row and the other side alone. For the training
  /// matrix users_from gives the user factors to the bit.
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<nmf_task>& context) const {
    return solved(policy, x, context.learnt.item_factors, context.learnt.item_gram);
  }
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<nmf_task>& context) const {
    const rows& users = context.learnt.user_factors;
    return solved(policy, x, users, gram_of(policy, users.view()));
  }
  void items_changed(const detail::host_policy& policy, table_type& learnt) const {
    learnt.item_gram = gram_of(policy, learnt.item_factors.view());
  }

  using engine = detail::nmf_engine<Scalar, Index>;
  static engine engine_on(const rows& fixed, const detail::storage<Scalar>& gram) { return {fixed.view(), gram}; }
  detail::storage<Scalar> gram_of(const detail::host_policy& policy, const rows_view<const Scalar>& fixed) const {
    return engine::gram_of(policy, fixed, options.regularization);
  }
  /// Each row to the accuracy of a fold-in, for a fixed side with this Gramian.
  rows solved(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const rows& fixed,
              const detail::storage<Scalar>& gram) const;

 private:
  /// The relative accuracy of the factors at which a fold-in stops its sweeps over a row.
  static constexpr double fold_in_tolerance = 1e-5;
  static constexpr int max_fold_in_sweeps = 1000;
};

template <class Scalar, class Index>
void nmf_task<Scalar, Index>::check_values(const csr_view<Scalar, Index>& x, std::string_view where) {
  const Scalar* const end = x.values + x.nonzeros();
  const Scalar* const negative = std::find_if(x.values, end, [](Scalar value) { return value < 0; });
  if (negative != end) detail::require(false, where, "values must not be negative", *negative);
}

template <class Scalar, class Index>
nmf_table<Scalar> nmf_task<Scalar, Index>::read_table(const detail::model_reader& reader) const {
  const std::int64_t k = options.factors;
  auto table = factor_table<Scalar>::read_from(reader, k, false);
  for (const rows_view<const Scalar>& factors : {table.user_factors.view(), table.item_factors.view()})
    reader.require(std::all_of(factors.data, factors.data + factors.rows * factors.cols,
                               [](Scalar factor) { return factor >= 0; }),
                   "factors must not be negative");
  return {std::move(table), detail::map_array<Scalar>(reader, "item_gram", k * k)};
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> nmf_task<Scalar, Index>::solved(const detail::host_policy& policy,
                                                              const csr_view<Scalar, Index>& x, const rows& fixed,
                                                              const detail::storage<Scalar>& gram) const {
  rows found(x.rows, options.factors);
  engine_on(fixed, gram)
      .solve_rows(policy, x, detail::longest_first(x), max_fold_in_sweeps, static_cast<Scalar>(fold_in_tolerance),
                  found.mutable_view());
  return found;
}

AKIN_COMPILE_ONCE(factorization, struct nmf_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct nmf_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
