/// @file
/// The protocol of save and load, and models that are stored as parts of other models.
#pragma once

#include <concepts>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/error.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A class that a model file can hold: `kind` names it for good, `write_to` adds its sections, `read_from` makes an
/// object of them. scalar_type and index_type, if the class has them, are recorded and checked. read_from must accept
/// any contents of the sections without undefined behaviour; a std::logic_error of a constructor that refuses the
/// options becomes a format_error.
template <class Model>
concept storable = requires(const Model& model, model_writer& writer, const model_reader& reader) {
  { Model::kind } -> std::convertible_to<std::string_view>;
  model.write_to(writer);
  { Model::read_from(reader) } -> std::same_as<Model>;
};

/// A class that holds a model of a type that it does not name, such as any_recommender, and writes that one, label and
/// all, by `write_held`.
template <class Model>
concept holds_a_model = requires(const Model& model, model_writer& writer) {
  model.write_held(writer);
};

/// A class that can be written to a model file. A hybrid of type-erased models is one, but not storable: it is loaded
/// with the original types.
template <class Model>
concept writable = holds_a_model<Model> || requires(const Model& model, model_writer& writer) {
  { Model::kind } -> std::convertible_to<std::string_view>;
  model.write_to(writer);
};

template <class Model>
constexpr std::string_view scalar_name_of() {
  if constexpr (requires { typename Model::scalar_type; }) {
    return type_name<typename Model::scalar_type>();
  } else {
    return {};
  }
}

template <class Model>
constexpr std::string_view index_name_of() {
  if constexpr (requires { typename Model::index_type; }) {
    return type_name<typename Model::index_type>();
  } else {
    return {};
  }
}

/// "implicit_als<float>", "implicit_als<float, int64>", "id_map": the name of a model in user code.
std::string spelled(std::string_view kind, std::string_view scalar, std::string_view index);

/// Adds the texts that identify the writer's scope as a Model.
template <class Model>
void write_label(model_writer& writer) {
  static_assert(writable<Model>, "akin: a model that is saved must have kind and write_to, and so must its parts");
  writer.add_text("@kind", Model::kind);
  writer.add_text("@scalar", scalar_name_of<Model>());
  writer.add_text("@index", index_name_of<Model>());
}

/// Adds the model to the writer's scope, labelled.
template <class Model>
void write_model(model_writer& writer, const Model& model) {
  if constexpr (requires { model.users(), model.items(); }) require_fitted(is_fitted(model), "save");
  if constexpr (holds_a_model<Model>) {
    model.write_held(writer);
  } else {
    write_label<Model>(writer);
    model.write_to(writer);
  }
}

/// Refuses the file unless the reader's scope has this label; returns its text.
std::string require_label(const model_reader& reader, std::string_view kind, std::string_view scalar,
                          std::string_view index);

/// The same for the label of a Model.
template <class Model>
std::string require_label(const model_reader& reader) {
  return require_label(reader, Model::kind, scalar_name_of<Model>(), index_name_of<Model>());
}

/// How a class that holds a model of a type that it does not name is read: read(reader). Nothing, unless a header that
/// knows all types specialises it, as akin/serving/all_models.hpp does.
template <class Model>
struct any_model_reader {};

template <class Model>
concept reads_any_model = requires(const model_reader& reader) {
  { any_model_reader<Model>::read(reader) } -> std::same_as<Model>;
};

/// The result of read(); a std::logic_error, of a constructor that refuses its arguments, refuses the file.
template <class Read>
auto read_or_refuse([[maybe_unused]] const model_reader& reader, [[maybe_unused]] std::string_view asked,
                    const Read& read) {
#if AKIN_HAS_EXCEPTIONS
  try {
    return read();
  } catch (const std::logic_error& refused) {
    reader.refuse("is no proper ", asked, ": ", refused.what());
  }
#else
  return read();
#endif
}

/// The model of a type that the caller knows.
template <class Model>
Model read_named_model(const model_reader& reader) {
  static_assert(
      holds_a_model<Model> || storable<Model>,
      "akin: a model that is loaded must have kind, write_to and a read_from that returns it, and so must its "
      "parts");
  const std::string asked = require_label<Model>(reader);
  return read_or_refuse(reader, asked, [&] { return Model::read_from(reader); });
}

/// The model in the reader's scope; throws format_error if it is another one or incomplete.
template <class Model>
Model read_model(const model_reader& reader) {
  static_assert(
      !holds_a_model<Model> || reads_any_model<Model>,
      "akin: a file names the type of its model, which a program must know to load it: load that type, or add "
      "it to a recommender_registry, whose load and load_bundle give an any_recommender; with "
      "akin/serving/all_models.hpp all models of akin are known");
  if constexpr (reads_any_model<Model>)
    return any_model_reader<Model>::read(reader);
  else
    return read_named_model<Model>(reader);
}

/// Stores a model as part of another; its sections are called `part.name`.
template <class Model>
void write_part(model_writer& writer, std::string_view part, const Model& model) {
  model_writer scope = writer.scope(part);
  write_model(scope, model);
}

/// The part of write_part; throws format_error as read_model does.
template <class Model>
Model read_part(const model_reader& reader, std::string_view part) {
  return read_model<Model>(reader.scope(part));
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::string spelled(std::string_view kind, std::string_view scalar, std::string_view index) {
  const std::string_view shown = index == "int32" ? std::string_view() : index;
  if (scalar.empty() && shown.empty()) return std::string(kind);
  return sentence(kind, "<", scalar, scalar.empty() || shown.empty() ? "" : ", ", shown, ">");
}

AKIN_INLINE std::string require_label(const model_reader& reader, std::string_view kind, std::string_view scalar,
                                      std::string_view index) {
  const std::string held = spelled(reader.kind(), reader.scalar(), reader.index());
  std::string asked = spelled(kind, scalar, index);
  if (held != asked) {
    reader.refuse("holds ", held.empty() ? std::string_view("no model") : held, ", but ", asked, " was asked for");
  }
  return asked;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
