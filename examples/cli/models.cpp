#include "models.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>

#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/serving/all_models.hpp>

#include "option_text.hpp"

namespace cli {
namespace {

/// The model with the options that were asked for.
template <class Model>
Model made(const model_request& request) {
  using options_type = std::remove_cvref_t<decltype(std::declval<const Model&>().options())>;
  const auto options = options_from<options_type>(Model::kind, request.options);
  try {
    return Model(options);
  } catch (const std::invalid_argument& error) {
    throw usage_error(error.what());
  }
}

template <class Model>
void check(const model_request& request) {
  static_cast<void>(made<Model>(request));
}

template <class Model>
trained_model train(const akin::execution::parallel_policy& policy, const model_request& request,
                    const akin::sparse_matrix<float>& user_items, const training_observer& observer,
                    const std::vector<std::string>&) {
  Model model = made<Model>(request);
  if constexpr (requires { model.fit(policy, user_items, observer); })
    model.fit(policy, user_items, observer);
  else
    model.fit(policy, user_items);
  json options = json_of_options(model.options());
  return {akin::any_recommender<float>(std::move(model)), std::move(options)};
}

/// The words of the items' texts are their features.
template <>
trained_model train<akin::content_model<float>>(const akin::execution::parallel_policy& policy,
                                                const model_request& request,
                                                const akin::sparse_matrix<float>& user_items, const training_observer&,
                                                const std::vector<std::string>& item_texts) {
  if (item_texts.empty()) throw usage_error("content_model needs --item-texts");
  const akin::sparse_matrix<float> features = akin::tfidf_vectorizer().fit_transform(policy, item_texts).cast<float>();
  auto model = made<akin::content_model<float>>(request);
  model.fit(policy, features, user_items);
  json options = json_of_options(model.options());
  return {akin::any_recommender<float>(std::move(model)), std::move(options)};
}

struct maker {
  std::string_view kind;
  void (*check)(const model_request&);
  trained_model (*train)(const akin::execution::parallel_policy&, const model_request&,
                         const akin::sparse_matrix<float>&, const training_observer&, const std::vector<std::string>&);
};

template <class... Models>
constexpr std::array<maker, sizeof...(Models)> makers_of() {
  return {maker{Models::kind, &check<Models>, &train<Models>}...};
}

/// Models that learn from interactions, and from texts of items.
constexpr auto makers = makers_of<akin::popularity<float>, akin::bias<float>, akin::item_knn<float>,
                                  akin::user_knn<float>, akin::ease<float>, akin::slim<float>, akin::rp3beta<float>,
                                  akin::content_model<float>, akin::graph_filter<float>, akin::implicit_als<float>,
                                  akin::biased_mf<float>, akin::svdpp<float>, akin::bpr<float>, akin::warp<float>,
                                  akin::logistic_mf<float>, akin::explicit_als<float>, akin::nmf<float>>();

const maker& maker_of(const std::string& kind) {
  const auto found = std::ranges::find(makers, kind, &maker::kind);
  if (found == makers.end())
    throw usage_error("there is no model " + kind + " to train; the models are " + listed(model_kinds()));
  return *found;
}

void add_option(model_request& request, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw usage_error("an option of a model must be NAME=VALUE, got \"" + text + "\"");
  request.options.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

}  // namespace

std::vector<std::string> model_kinds() {
  std::vector<std::string> kinds;
  for (const maker& each : makers) kinds.emplace_back(each.kind);
  return kinds;
}

model_request requested_model(const std::string& text, const std::vector<std::string>& more) {
  const std::size_t colon = text.find(':');
  model_request request{text, text.substr(0, colon), {}};
  for (std::size_t begin = colon; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin + 1), text.size());
    add_option(request, text.substr(begin + 1, end - begin - 1));
    begin = end;
  }
  for (const std::string& option : more) add_option(request, option);
  maker_of(request.kind).check(request);
  return request;
}

trained_model train_model(const akin::execution::parallel_policy& policy, const model_request& request,
                          const akin::sparse_matrix<float>& user_items, const training_observer& observer,
                          const std::vector<std::string>& item_texts) {
  return maker_of(request.kind).train(policy, request, user_items, observer, item_texts);
}

}  // namespace cli
