#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <akin/io/model_file.hpp>

#include "io/craft.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

using akin::detail::model_reader;
using akin::detail::model_writer;
using craft::contains;

namespace {

/// Factors of its own, or those of a file in place.
template <class Scalar>
class factors {
 public:
  static constexpr std::string_view kind = "factors";
  using scalar_type = Scalar;
  using index_type = std::int32_t;

  explicit factors(std::vector<Scalar> values, std::int64_t cols)
      : own_(std::move(values)), view_{own_.data(), static_cast<std::int64_t>(own_.size()) / cols, cols} {}

  void write_to(model_writer& writer) const { writer.add("values", view_); }
  static factors read_from(const model_reader& reader) {
    factors result({}, 1);
    result.view_ = reader.array<Scalar>("values");
    result.owner_ = reader.owner();
    return result;
  }

  std::vector<Scalar> values() const { return {view_.data, view_.data + view_.rows * view_.cols}; }
  const akin::rows_view<const Scalar>& view() const { return view_; }

 private:
  std::vector<Scalar> own_;
  akin::rows_view<const Scalar> view_;
  std::shared_ptr<const void> owner_;
};

std::vector<float> counted(std::size_t size, float first) {
  std::vector<float> result(size);
  for (float& value : result) value = first++;
  return result;
}

template <class Model>
std::string refusal(const std::filesystem::path& path) {
  return craft::message<akin::format_error>([&] { akin::load<Model>(path); });
}

}  // namespace

TEST_CASE("a saved model comes back, in the bytes of the file") {
  const folder here;
  const std::vector<float> values = counted(50000, 0);
  akin::save(factors<float>(values, 10), here / "x.model");
  const auto loaded = akin::load<factors<float>>(here / "x.model");
  CHECK(loaded.values() == values);
  CHECK(loaded.view().rows == 5000);
  CHECK(reinterpret_cast<std::uintptr_t>(loaded.view().data) % 64 == 0);
  CHECK(here.size() == 1);

  akin::save(loaded, here / "y.model");
  CHECK(read_text(here / "x.model") == read_text(here / "y.model"));
}

TEST_CASE("a loaded model keeps its bytes when its file is replaced or removed") {
  const folder here;
  akin::save(factors<float>(counted(20000, 0), 4), here / "x.model");
  const auto old = akin::load<factors<float>>(here / "x.model");
  akin::save(factors<float>(counted(8, 100), 4), here / "x.model");
  CHECK(old.values() == counted(20000, 0));
  akin::save(old, here / "x.model");  // over the very file that another model has mapped
  const auto again = akin::load<factors<float>>(here / "x.model");
  akin::save(again, here / "x.model");  // over the file that it is mapped from itself
  std::filesystem::remove(here / "x.model");
  CHECK(again.values() == counted(20000, 0));
}

TEST_CASE("a file that is not the model is refused by name") {
  const folder here;
  const auto path = here / "x.model";
  akin::save(factors<float>(counted(100, 0), 4), path);
  CHECK(contains(refusal<factors<double>>(path), "x.model\" holds factors<float>, but factors<double> was asked for"));

  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK(contains(refusal<factors<float>>(path), "x.model\" is truncated: it has "));
  std::filesystem::resize_file(path, 0);
  CHECK(contains(refusal<factors<float>>(path), "x.model\" is truncated: it has 0 bytes"));
  write_text(path, "user,item,value\n");
  CHECK(contains(refusal<factors<float>>(path), "x.model\" is not a model file of akin"));

  // A file that is not there is no matter of its format.
  try {
    akin::load<factors<float>>(here / "none");
    FAIL("a missing file was loaded");
  } catch (const akin::format_error&) {
    FAIL("a missing file is no format_error");
  } catch (const std::runtime_error& error) {
    CHECK(contains(error.what(), "load: \""));
    CHECK(contains(error.what(), "none\" cannot be opened: No such file"));
  }
}

TEST_CASE("a model that cannot be written leaves nothing behind") {
  const folder here;
  const factors<float> model(counted(8, 0), 4);
  const auto save_into = [&](const char* name) {
    return craft::message<std::runtime_error>([&] { akin::save(model, here / name); });
  };
  CHECK(contains(save_into("none/x.model"),
                 "x.model\" cannot be written, no file can be created beside it: No such file"));
  std::filesystem::create_directory(here / "sub");
  CHECK(contains(save_into("sub"), "not a regular file"));
  CHECK(here.size() == 1);
}

TEST_CASE("paths in any script are kept and named") {
  const folder here;
  const std::filesystem::path path = here / std::filesystem::path(u8"модель 模型.model");
  akin::save(factors<float>(counted(8, 0), 4), path);
  CHECK(akin::load<factors<float>>(path).values() == counted(8, 0));
  const std::u8string shown = u8"модель 模型.model\" holds factors<float>";
  CHECK(contains(refusal<factors<double>>(path), std::string(shown.begin(), shown.end())));
}
