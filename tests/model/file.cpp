#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <akin/io/model_file.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/file.hpp>
#include <akin/model/parameters.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

namespace {

enum class shade { light, dark };

struct lens_options {
  int near = 1;
  int far = 2;
};
struct lamp_options {
  double width = 0.1;
  std::int64_t bulbs = 3;
  shade of = shade::dark;
  bool dimmed = false;
  bool striped = false;
  std::uint64_t seed = 0;
  std::optional<int> watts = 60;
  lens_options lens = {};
};
template <class Options, class Visit>
akin::fields_of<lamp_options, Options> fields(Options& options, const Visit& visit) {
  visit("width", options.width, akin::positive);
  visit("bulbs", options.bulbs, akin::positive);
  visit("of", options.of, akin::up_to(shade::dark));
  visit("dimmed", options.dimmed);
  visit("striped", options.striped, akin::detail::stored_as<int>());
  visit("seed", options.seed);
  visit("watts", options.watts, akin::positive);
  visit("lens.near", options.lens.near);
  visit("lens.far", options.lens.far, akin::positive);
}

/// A model of one's own, as docs/model_files.md has it.
class lamp {
 public:
  static constexpr std::string_view kind = "lamp";
  using scalar_type = float;
  using index_type = std::int32_t;

  explicit lamp(const lamp_options& options) : options_(akin::checked(options, kind)) {}

  void write_to(akin::model_writer& file) const { file.add_options(options_), file.add("histories", histories_); }
  static lamp read_from(const akin::model_reader& file) {
    lamp model(file.options<lamp_options>());
    model.histories_ = file.sparse<float, std::int32_t>("histories");
    return model;
  }

  lamp_options options_;
  akin::sparse_matrix<float> histories_;
};

const lamp_options strange = {.width = 1e-300,
                              .bulbs = std::numeric_limits<std::int64_t>::max(),
                              .of = shade::light,
                              .dimmed = true,
                              .striped = true,
                              .seed = std::numeric_limits<std::uint64_t>::max(),
                              .watts = std::nullopt,
                              .lens = {.near = -5, .far = 7}};

akin::model_reader file_of(const lamp_options& options) {
  akin::model_writer writer;
  writer.add_options(options);
  return craft::read(writer);
}

}  // namespace

TEST_CASE("options come back from a file") {
  for (const lamp_options& options : {lamp_options{}, strange}) {
    const auto again = file_of(options).options<lamp_options>();
    CHECK(akin::same_options(again, options));
    CHECK(again.seed == options.seed);
  }
}

TEST_CASE("a file holds options as their types are, the empty ones not at all") {
  const auto file = file_of(lamp_options{});
  CHECK(file.value<double>("width") == 0.1);
  CHECK(file.value<std::int64_t>("bulbs") == 3);
  CHECK(file.value<shade>("of") == shade::dark);
  CHECK_FALSE(file.value<bool>("dimmed"));
  CHECK(file.value<int>("striped") == 0);
  CHECK(file.value<int>("watts") == 60);
  CHECK(file.value<int>("far") == 2);
  CHECK_FALSE(file_of(strange).has("watts"));
  CHECK(file.names().size() == 9);
  CHECK(file_of(strange).names().size() == 8);
}

TEST_CASE("a file without an option, or with one that the model refuses, is improper") {
  const auto refused = [](const auto& write) {
    akin::model_writer writer;
    akin::detail::write_label<lamp>(writer);
    write(writer);
    const auto file = craft::read(writer);
    return craft::message<akin::format_error>([&] { return akin::detail::read_model<lamp>(file); });
  };
  CHECK(refused([](akin::model_writer& file) { file.add_value("width", 0.1); }) ==
        "load: \"m\" is no proper model: section \"bulbs\" is missing");
  CHECK(refused([](akin::model_writer& file) { file.add_options(lamp_options{.bulbs = -1}); }) ==
        "load: \"m\" is no proper lamp<float>: lamp: bulbs must be positive, got -1");
  CHECK(refused([](akin::model_writer& file) { file.add_options(lamp_options{.of = static_cast<shade>(3)}); }) ==
        "load: \"m\" is no proper lamp<float>: lamp: of must be one of the enumerators, got 3");
}

TEST_CASE("a model of one's own is written by options and matrices") {
  lamp model({.bulbs = 2});
  model.histories_ = akin_test::sparse_of<float, std::int32_t>(2, 3, {{0, 1, 2.0f}, {1, 2, 3.0f}});
  akin::model_writer writer;
  akin::detail::write_model(writer, model);
  const auto file = craft::read(writer);
  const auto again = akin::detail::read_model<lamp>(file);
  CHECK(again.options_.bulbs == 2);
  CHECK(again.histories_.isApprox(model.histories_));
  CHECK((again.histories_.rows() == 2 && again.histories_.cols() == 3));

  model.histories_.uncompress();
  akin::model_writer loose;
  CHECK_THROWS_WITH(model.write_to(loose), "save: the sparse matrix must be compressed, call makeCompressed() first");
}
