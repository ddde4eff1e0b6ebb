/// @file
/// The state of a training in a file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/io/checksum.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/matrix.hpp>
#include <akin/progress.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Of all cells of a matrix and their places, added to `state`.
template <class Scalar, class Index>
std::uint64_t checksum_of(const csr_view<Scalar, Index>& x, std::uint64_t state = 0) noexcept {
  const auto add = [&](const auto* data, std::int64_t size) {
    state = checksum_step(state, checksum(data, static_cast<std::size_t>(size) * sizeof *data));
  };
  state = checksum_step(state, static_cast<std::uint64_t>(x.cols));
  if (x.rows > 0) add(x.offsets, x.rows + 1);
  add(x.columns, x.nonzeros());
  add(x.values, x.nonzeros());
  return state;
}

/// Of all options that fields() lists: their values in their order.
template <class Options>
std::uint64_t checksum_of_options(const Options& options) {
  std::uint64_t state = 0;
  const auto add = [&](const auto& value) {
    using type = std::remove_cvref_t<decltype(value)>;
    const auto number = static_cast<std::conditional_t<std::is_enum_v<type>, std::int64_t, type>>(value);
    state = checksum_step(state, checksum(&number, sizeof number));
  };
  fields(options, [&](std::string_view, const auto& field, const auto&...) {
    if constexpr (requires { field.has_value(); }) {
      add(field.has_value());
      if (field) add(*field);
    } else {
      add(field);
    }
  });
  return state;
}

/// Visits the state of a trainer to write it.
struct state_writer {
  model_writer& writer;

  template <class Scalar>
  void operator()(std::string_view name, const dense_storage<Scalar>& x) const {
    writer.add(name, x.view());
  }
  template <class Element>
  void operator()(std::string_view name, const storage<Element>& x) const {
    writer.add(name, x.data(), x.size());
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void operator()(std::string_view name, Number x) const { writer.add_value(name, x); }
};

/// Visits the state of a trainer to read it, in arrays of the same shape.
struct state_reader {
  const model_reader& reader;

  template <class Scalar>
  void operator()(std::string_view name, dense_storage<Scalar>& x) const {
    const auto stored = reader.array<Scalar>(name, x.rows(), x.cols());
    std::copy_n(stored.data, x.rows() * x.cols(), x.mutable_view().data);
  }
  template <class Element>
  void operator()(std::string_view name, storage<Element>& x) const {
    std::copy_n(reader.array<Element>(name, x.size(), 1).data, x.size(), x.mutable_data());
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void operator()(std::string_view name, Number& x) const { x = reader.value<Number>(name); }
};

/// The training_state of a trainer, which must outlive it.
template <class Trainer>
class state_of final : public training_state {
  using task_type = std::remove_cvref_t<decltype(std::declval<Trainer&>().task())>;
  using scalar_type = typename task_type::scalar_type;

 public:
  explicit state_of(Trainer& training) noexcept : training_(training) {}

  void write_to(model_writer& writer) const override {
    writer.add_text("model", task_type::kind);
    writer.add_text("scalar", type_name<scalar_type>());
    writer.add_value("data", training_.data_checksum());
    writer.add_value("options", checksum_of_options(training_.task().options));
    model_writer state = writer.scope("state");
    training_.state(state_writer{state});
  }
  void read_from(const model_reader& reader) override {
    if (reader.text("model") != task_type::kind || reader.text("scalar") != type_name<scalar_type>() ||
        reader.value<std::uint64_t>("data") != training_.data_checksum() ||
        reader.value<std::uint64_t>("options") != checksum_of_options(training_.task().options))
      reader.refuse("holds a training of ", reader.text("model"),
                    " with other data or other options; remove the file to begin anew");
    training_.state(state_reader{reader.scope("state")});
  }

 private:
  Trainer& training_;
};

}  // namespace akin::inline AKIN_ABI::detail
