#include <filesystem>
#include <string>

#include <akin/baselines/popularity.hpp>
#include <akin/error.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/linear/slim.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/inspect.hpp>

#include "io/folder.hpp"
#include "serving/fitted.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"

TEST_CASE("a file of factors, or of histories, says what it holds") {
  const folder files;
  akin::save(fitted<akin::implicit_als<double>>(), files / "als");
  const auto als = akin::inspect(files / "als");
  CHECK(als.kind == "implicit_als");
  CHECK(als.model == "implicit_als");
  CHECK(als.scalar == "double");
  CHECK(als.index == "int32");
  CHECK(als.users == 60);
  CHECK(als.items == 40);
  CHECK(als.metadata.empty());

  akin::save(fitted<akin::slim<float, std::int64_t>>(), files / "slim");
  const auto slim = akin::inspect(files / "slim");
  CHECK(slim.kind == "slim");
  CHECK(slim.scalar == "float");
  CHECK(slim.index == "int64");
  CHECK(slim.users == 60);
  CHECK(slim.items == 40);
}

TEST_CASE("a bundle says which model it holds, and what is known of its training") {
  const folder files;
  akin::bundle shop(fitted<akin::popularity<float>>(), numbered(60), numbered(40),
                    akin_test::some_clicks<akin::popularity<float>>());
  shop.set_metadata({{"trained", "2026-11-30"}, {"validation", "ndcg@10 0.25"}});
  akin::save(shop, files / "shop");
  const auto info = akin::inspect(files / "shop");
  CHECK(info.kind == "bundle");
  CHECK(info.model == "popularity");
  CHECK(info.users == 60);
  CHECK(info.items == 40);
  CHECK(info.metadata.at("trained") == "2026-11-30");
  const auto loaded = akin::load_bundle<akin::popularity<float>>(files / "shop");
  CHECK(loaded.metadata() == shop.metadata());
}

TEST_CASE("inspect refuses a bundle without names") {
  const folder files;
  const auto model = fitted<akin::popularity<float>>();  // the writer refers to it
  akin::detail::model_writer writer;
  akin::detail::write_label<akin::bundle<akin::popularity<float>>>(writer);
  akin::detail::write_part(writer, "model", model);
  auto ids = writer.scope("user_ids");
  const std::int64_t nothing[] = {0};
  ids.add("offsets", nothing, 0);
  akin::detail::write_model_file(writer, files / "nobody");
  CHECK_THROWS_AS(akin::inspect(files / "nobody"), akin::format_error);
  CHECK_THROWS_WITH(akin::inspect(files / "nobody"), contains("user_ids.offsets must not be empty"));
}

TEST_CASE("inspect refuses what is no model file, by its name") {
  const folder files;
  write_text(files / "text", "no model");
  CHECK_THROWS_AS(akin::inspect(files / "text"), akin::format_error);
  CHECK_THROWS_WITH(akin::inspect(files / "nowhere"), contains("nowhere"));
}
