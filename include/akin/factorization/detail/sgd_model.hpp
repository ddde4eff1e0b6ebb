/// @file
/// What the models that are trained by gradient steps have in common: options, files, what changes after the fit.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/kept_interactions.hpp>
#include <akin/factorization/detail/model_life.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A Model of biased factors with Options. Options are listed by fields().
template <class Model, class Options, class Scalar, class Index>
class sgd_model : public updatable<Model, biased_factors<Scalar, Index>> {
 public:
  explicit sgd_model(const Options& options);

  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { static_cast<Model&>(*this).fit(execution::seq, user_items); }

  const Options& options() const noexcept { return options_; }

  void write_to(model_writer& writer) const;
  static Model read_from(const model_reader& reader);

 protected:
  using parameters = biased_parameters<Scalar>;
  static constexpr bool alternating = false;

  sgd_model(const Options& options, parameters learnt) : options_(options) { this->learnt_ = std::move(learnt); }

  static void check_values(const csr_view<Scalar, Index>&, std::string_view) {}
  Model grown(std::int64_t users, std::int64_t items) const;
  void put_users(const std::vector<Index>& ids, const dense_storage<Scalar>& rows) {
    this->learnt_.put_users(ids, rows);
  }
  void put_items(const host_policy&, const std::vector<Index>& ids, const dense_storage<Scalar>& rows) {
    this->learnt_.put_items(ids, rows);
  }

  Options options_;
};

template <class Model, class Options, class Scalar, class Index>
sgd_model<Model, Options, Scalar, Index>::sgd_model(const Options& options) : options_(checked(options, Model::kind)) {}

template <class Model, class Options, class Scalar, class Index>
void sgd_model<Model, Options, Scalar, Index>::write_to(model_writer& writer) const {
  writer.add_options(options_);
  this->learnt_.write_to(writer);
  if (options_.keep_interactions) write_csr(writer, "histories", this->histories_.view());
}

template <class Model, class Options, class Scalar, class Index>
Model sgd_model<Model, Options, Scalar, Index>::read_from(const model_reader& reader) {
  const auto options = reader.options<Options>();
  Model model(options);
  model.learnt_ = biased_parameters<Scalar>::read_from(reader, options.factors);
  model.histories_ = read_kept<Scalar, Index>(reader, model.users(), model.items());
  return model;
}

template <class Model, class Options, class Scalar, class Index>
Model sgd_model<Model, Options, Scalar, Index>::grown(std::int64_t users, std::int64_t items) const {
  Model result(options_);
  result.learnt_ = this->learnt_.grown(users, items);
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
