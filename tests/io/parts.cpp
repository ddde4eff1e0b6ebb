#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/io/parts.hpp>

#include "io/craft.hpp"
#include "support/catch.hpp"

using akin::detail::model_reader;
using akin::detail::model_writer;
using akin::detail::read_model;
using akin::detail::read_part;
using akin::detail::spelled;
using craft::contains;

namespace {

/// A number a user; knows how to be stored.
template <class Scalar, class Index = std::int32_t>
struct means {
  static constexpr std::string_view kind = "means";
  using scalar_type = Scalar;
  using index_type = Index;

  explicit means(int shrinkage) : shrinkage_(shrinkage) {
    if (shrinkage < 0) throw std::invalid_argument("means: shrinkage must not be negative");
  }

  void write_to(model_writer& writer) const {
    writer.add_value("shrinkage", shrinkage_);
    writer.add("values", std::span<const Scalar>(values_));
  }
  static means read_from(const model_reader& reader) {
    means result(reader.value<int>("shrinkage"));
    const auto values = reader.array<Scalar>("values", model_reader::any, 1);
    result.values_.assign(values.data, values.data + values.rows);
    return result;
  }

  int shrinkage_;
  std::vector<Scalar> values_;
};

struct names {
  static constexpr std::string_view kind = "names";
  void write_to(model_writer& writer) const { writer.add_text("text", text); }
  static names read_from(const model_reader& reader) { return {std::string(reader.text("text"))}; }
  std::string text;
};

/// Two models in one.
struct pair {
  static constexpr std::string_view kind = "pair";
  void write_to(model_writer& writer) const {
    akin::detail::write_part(writer, "left", left);
    akin::detail::write_part(writer, "right", right);
  }
  static pair read_from(const model_reader& reader) {
    return {read_part<means<float>>(reader, "left"), read_part<names>(reader, "right")};
  }
  means<float> left;
  names right;
};

template <class Model>
model_reader stored(const Model& model) {
  model_writer writer;
  akin::detail::write_model(writer, model);
  return craft::read(writer);
}

template <class Model>
std::string refusal(const model_reader& reader) {
  return craft::message<akin::format_error>([&] { read_model<Model>(reader); });
}

}  // namespace

TEST_CASE("a model is spelled as in code") {
  CHECK(spelled("implicit_als", "float", "int32") == "implicit_als<float>");
  CHECK(spelled("implicit_als", "double", "int64") == "implicit_als<double, int64>");
  CHECK(spelled("id_map", "", "int64") == "id_map<int64>");
  CHECK(spelled("id_map", "", "int32") == "id_map");
  CHECK(spelled("tfidf_vectorizer", "", "") == "tfidf_vectorizer");
}

TEST_CASE("a stored model says what it is") {
  const model_reader reader = stored(means<double, std::int64_t>(1));
  CHECK(reader.kind() == "means");
  CHECK(reader.scalar() == "double");
  CHECK(reader.index() == "int64");
  const model_reader plain = stored(names{"a"});
  CHECK(plain.kind() == "names");
  CHECK(plain.scalar().empty());
  CHECK(plain.index().empty());
}

TEST_CASE("a model is read as what it is, and as nothing else") {
  means<float> model(2);
  model.values_ = {1, 2, 3};
  const model_reader reader = stored(model);
  CHECK(read_model<means<float>>(reader).values_ == model.values_);
  CHECK(refusal<means<double>>(reader) == "load: \"m\" holds means<float>, but means<double> was asked for");
  CHECK(contains(refusal<means<float, std::int64_t>>(reader), "holds means<float>, but means<float, int64> was asked"));
  CHECK(contains(refusal<names>(reader), "holds means<float>, but names was asked for"));
  model_writer nothing;
  CHECK(contains(refusal<names>(craft::read(nothing)), "holds no model, but names was asked for"));
}

TEST_CASE("options that the model refuses make the file improper") {
  means<float> model(2);
  model.shrinkage_ = -1;
  CHECK(refusal<means<float>>(stored(model)) ==
        "load: \"m\" is no proper means<float>: means: shrinkage must not be negative");
}

TEST_CASE("a model of parts comes back, and errors name the part") {
  pair both{means<float>(3), {"abc"}};
  both.left.values_ = {4, 5};
  const model_reader reader = stored(both);
  const pair again = read_model<pair>(reader);
  CHECK(again.left.values_ == both.left.values_);
  CHECK(again.left.shrinkage_ == 3);
  CHECK(again.right.text == "abc");
  CHECK(reader.kind() == "pair");
  CHECK(reader.scope("left").kind() == "means");
  CHECK(reader.scope("left").scalar() == "float");

  const auto wrong = [&] { read_part<means<double>>(reader, "left"); };
  CHECK(craft::message<akin::format_error>(wrong) ==
        "load: \"m\" (part left) holds means<float>, but means<double> was asked for");
  CHECK(contains(craft::message<akin::format_error>([&] { read_part<names>(reader, "middle"); }),
                 "(part middle) holds no model, but names was asked for"));
}
