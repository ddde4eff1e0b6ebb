#include <cstdint>
#include <type_traits>
#include <utility>

#include <akin/model/source.hpp>

#include "support/catch.hpp"

namespace {

struct small_model {
  using scalar_type = double;
  using index_type = std::int64_t;
  int answer = 42;
};

struct shelf {
  small_model held;
  std::uint64_t version = 7;
};

}  // namespace

template <>
struct akin::model_source<shelf> {
  using model_type = small_model;
  static std::uint64_t version(const shelf& source) { return source.version; }
  template <class Body>
  static decltype(auto) ask(const shelf& source, const Body& body) {
    return akin::detail::answer(body, source.held, source.version);
  }
};

static_assert(std::is_same_v<akin::model_of<small_model>, small_model>);
static_assert(std::is_same_v<akin::model_of<shelf>, small_model>);
static_assert(std::is_same_v<akin::scalar_type_of<shelf>, double>);
static_assert(std::is_same_v<akin::index_type_of<shelf>, std::int64_t>);

TEST_CASE("a model is a source, and so is what holds one") {
  const auto answer = [](const small_model& model) { return model.answer; };
  CHECK(akin::ask(small_model{.answer = 3}, answer) == 3);
  CHECK(akin::ask(shelf{.held = {.answer = 4}}, answer) == 4);
}

TEST_CASE("a body that wants the version gets that of the model that it is asked for") {
  const auto version = [](const small_model&, std::uint64_t number) { return number; };
  CHECK(akin::ask(small_model(), version) == 0);
  CHECK(akin::ask(shelf{.held = {}, .version = 9}, version) == 9);
}

TEST_CASE("references that a body returns stay references") {
  const shelf source;
  const auto held = [](const small_model& model) -> const small_model& { return model; };
  CHECK(&akin::ask(source, held) == &source.held);
}
