#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/file.hpp>
#include <akin/model/history_table.hpp>
#include <akin/parallel.hpp>
#include <akin/train/refit_model.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

namespace {

namespace execution = akin::execution;
using akin::csr_view;
using akin_test::same_matrix;
using akin_test::sparse_of;

struct total_options {
  double unit = 1;
  bool replaces = false;
};
template <class Options, class Visit>
akin::fields_of<total_options, Options> fields(Options& options, const Visit& visit) {
  visit("unit", options.unit, akin::positive);
  visit("replaces", options.replaces);
}

/// The sum of each item's values.
class total_table : public akin::history_table<float, std::int32_t> {
 public:
  total_table() = default;
  explicit total_table(akin::detail::storage<float> totals) : totals_(std::move(totals)) {}

  float sum_of(std::int32_t item) const { return totals_[item]; }
  void write_to(akin::model_writer& writer) const { writer.add("totals", totals_.data(), totals_.size()); }

 private:
  akin::detail::storage<float> totals_;
};

struct total_task {
  static constexpr std::string_view kind = "total";
  using scalar_type = float;
  using index_type = std::int32_t;
  using options_type = total_options;
  using table_type = total_table;

  options_type options;

  static void check(const options_type& o) { akin::detail::require(o.unit != 13, kind, "unit must not be 13"); }
  static void check_values(const csr_view<float, std::int32_t>& x, std::string_view where) {
    akin::detail::check_not_negative(x, where);
  }
  akin::when_both merging() const { return options.replaces ? akin::when_both::replace : akin::when_both::add; }

  total_table learn(const akin::detail::host_policy&, const csr_view<float, std::int32_t>& x) const {
    akin::detail::storage<float> totals(x.cols);
    for (std::int64_t i = 0; i < x.nonzeros(); ++i) {
      akin::detail::require(x.values[i] < 100, "total::fit", "values must be below 100");
      totals.mutable_data()[x.columns[i]] += x.values[i] / static_cast<float>(options.unit);
    }
    return total_table(std::move(totals));
  }
  total_table read_table(const akin::model_reader& reader, const csr_view<float, std::int32_t>& histories) const {
    return total_table(akin::detail::map_array<float>(reader, "totals", histories.cols));
  }
};

class total : public akin::refit_model<total_task> {
 public:
  using refit_model::refit_model;
  static total read_from(const akin::model_reader& reader) { return read_as<total>(reader); }
};

akin::sparse_matrix<float> some_values() {
  return sparse_of<float, std::int32_t>(2, 3, {{0, 0, 1.0f}, {0, 2, 2.0f}, {1, 2, 4.0f}});
}

}  // namespace

TEST_CASE("a model that learns anew keeps its histories") {
  total model({.unit = 2});
  CHECK_FALSE(model.is_fitted());
  model.fit(some_values());
  CHECK((model.users() == 2 && model.items() == 3));
  CHECK(same_matrix(akin::sparse_matrix<float>(model.histories()), some_values()));
  CHECK((model.sum_of(0) == 0.5f && model.sum_of(1) == 0 && model.sum_of(2) == 3));
}

TEST_CASE("a matrix that is moved into a fit is not copied") {
  auto x = some_values();
  const float* const values = x.valuePtr();
  total model;
  model.fit(execution::par, std::move(x));
  CHECK(model.histories().valuePtr() == values);
}

TEST_CASE("interactions that come are added, or take the place of those that were there") {
  const auto news = sparse_of<float, std::int32_t>(3, 3, {{0, 2, 5.0f}, {2, 1, 1.0f}});
  total adding;
  adding.fit(some_values());
  adding.partial_fit(news);
  CHECK((adding.users() == 3 && adding.sum_of(1) == 1 && adding.sum_of(2) == 11));
  total replacing({.replaces = true});
  replacing.fit(some_values());
  replacing.partial_fit(execution::par, news);
  CHECK(replacing.sum_of(2) == 9);
}

TEST_CASE("a user who is forgotten leaves an empty row") {
  total model;
  model.fit(some_values());
  model.forget(1);
  CHECK((model.users() == 2 && model.sum_of(2) == 2));
  CHECK(model.histories().nonZeros() == 2);
}

TEST_CASE("a call that throws leaves the model, and the matrix that was moved in, as they were") {
  total model;
  model.fit(some_values());
  auto large = sparse_of<float, std::int32_t>(2, 3, {{0, 0, 100.0f}});
  CHECK_THROWS_AS(model.fit(execution::seq, std::move(large)), std::invalid_argument);
  CHECK(large.nonZeros() == 1);  // NOLINT(bugprone-use-after-move): a fit that throws has not moved it
  CHECK_THROWS_AS(model.partial_fit(large), std::invalid_argument);
  CHECK_THROWS_WITH(model.forget(2), "total::forget: user must be an id below 2, got 2");
  CHECK(same_matrix(akin::sparse_matrix<float>(model.histories()), some_values()));
  CHECK((model.sum_of(0) == 1 && model.sum_of(2) == 6));
}

TEST_CASE("a model that learns anew refuses what its task refuses, by its name") {
  CHECK_THROWS_WITH(total({.unit = 0}), "total: unit must be positive, got 0");
  CHECK_THROWS_WITH(total({.unit = 13}), "total: unit must not be 13");
  total model;
  CHECK_THROWS_WITH(model.partial_fit(some_values()),
                    "total::partial_fit: the model has learnt nothing yet, call fit first");
  CHECK_THROWS_WITH(model.forget(0), "total::forget: the model has learnt nothing yet, call fit first");
  const auto negative = sparse_of<float, std::int32_t>(2, 3, {{1, 0, -1.0f}});
  CHECK_THROWS_WITH(model.fit(negative), "total::fit: values must not be negative, got -1 in row 1");
  model.fit(some_values());
  CHECK_THROWS_WITH(model.partial_fit(negative), "total::partial_fit: values must not be negative, got -1 in row 1");
}

TEST_CASE("a model that learns anew comes back from a file, and learns on") {
  total model({.unit = 2});
  model.fit(some_values());
  akin::model_writer writer;
  akin::detail::write_model(writer, model);
  const auto file = craft::read(writer);
  auto again = akin::detail::read_model<total>(file);
  CHECK((again.options().unit == 2 && again.sum_of(2) == 3));
  again.partial_fit(sparse_of<float, std::int32_t>(2, 3, {{0, 0, 1.0f}}));
  CHECK(again.sum_of(0) == 1);
}
