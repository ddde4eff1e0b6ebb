#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/matrix.hpp>
#include <akin/model/weight_table.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

namespace {

using akin_test::sparse_of;

/// A table with histories, as a model fills them in.
struct filled : akin::weight_table<double, std::int32_t> {
  filled(const akin::sparse_matrix<double>& weights, const akin::sparse_matrix<double>& histories)
      : weight_table(akin::detail::own<double, std::int32_t>(weights)) {
    histories_ = akin::detail::own<double, std::int32_t>(histories);
  }
};

const double nothing = -std::numeric_limits<double>::infinity();

/// Item 0 speaks for 1 and 2, item 2 for 1; item 3 is alone.
filled some_table() {
  return {sparse_of<double, std::int32_t>(4, 4, {{0, 1, 0.5}, {0, 2, -1}, {2, 1, 3}}),
          sparse_of<double, std::int32_t>(3, 4, {{0, 0, 2}, {0, 2, 1}, {1, 3, 1}})};
}

}  // namespace

TEST_CASE("a table of weights adds what the items of a user say of each other item") {
  const auto table = some_table();
  std::vector<double> out(4);
  table.score_all(0, out);
  CHECK(out == std::vector{nothing, 2 * 0.5 + 1 * 3, 2 * -1.0, nothing});
  CHECK((table.score(0, 1) == 4 && table.score(0, 2) == -2 && table.score(0, 0) == 0));
  table.score_all(1, out);
  CHECK(out == std::vector(4, nothing));
  const std::int32_t items[] = {0, 2};
  const double values[] = {2, 1};
  table.contributions({{items, 2}, {values, 2}}, 1, out);
  CHECK((out[0] == 1 && out[1] == 3));
  table.similarity_all(0, out);
  CHECK(out == std::vector{nothing, 0.5, -1.0, nothing});
}

TEST_CASE("a table of weights knows users with items, and items with weights in a row or a column") {
  const auto table = some_table();
  CHECK((table.users() == 3 && table.items() == 4));
  CHECK((table.knows_user(0) && table.knows_user(1) && !table.knows_user(2) && !table.knows_user(3)));
  CHECK((table.knows_item(0) && table.knows_item(1) && table.knows_item(2) && !table.knows_item(3)));
  CHECK((table.has_evidence(0, 1) && !table.has_evidence(0, 0) && !table.has_evidence(1, 1)));
  CHECK_FALSE(akin::weight_table<float, std::int32_t>().is_fitted());
}

TEST_CASE("weights of a file must be items x items") {
  const auto histories = akin::detail::own<double, std::int32_t>(sparse_of<double, std::int32_t>(3, 4, {}));
  akin::model_writer writer;
  const auto table = some_table();
  table.write_to(writer);
  const auto file = craft::read(writer);
  CHECK(akin::detail::map_weights(file, "weights", histories.view()).nonzeros() == 3);
  const auto wider = akin::detail::own<double, std::int32_t>(sparse_of<double, std::int32_t>(3, 5, {}));
  CHECK(craft::message<akin::format_error>([&] { akin::detail::map_weights(file, "weights", wider.view()); }) ==
        "load: \"m\" is no proper model: the weights must be items x items, and histories users x items");
}
