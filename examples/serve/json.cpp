#include "json.hpp"

#include <array>
#include <charconv>
#include <cmath>

using nlohmann::json;

namespace {

constexpr std::size_t max_name = 256, max_basket = 1000;
constexpr double max_value = 1e6;

[[noreturn]] void refuse(const std::string& sentence) { throw http_error(400, sentence); }

/// An object, parsed without recursion: a body may be nested as deep as it is long.
json parsed_object(const std::string& body) {
  const auto too_deep = [](int depth, json::parse_event_t, json&) {
    if (depth > 4) refuse("the body must not be nested so deep");
    return true;
  };
  json value = json::parse(body, too_deep, false);
  if (value.is_discarded()) refuse("the body must be JSON in UTF-8");
  if (!value.is_object()) refuse("the body must be an object");
  return value;
}

std::string name_in(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) refuse(std::string(key) + " must be a string");
  return checked_name(found->get<std::string>(), key);
}

/// The double with the fewest digits that reads back as the score: short to write.
double shortest(float score) {
  std::array<char, 32> text = {};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), score).ptr;
  double result = 0;
  std::from_chars(text.data(), end, result);
  return result;
}

std::string sentence_of_k(int max_k) { return "k must be a whole number from 1 to " + std::to_string(max_k); }

}  // namespace

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string error_text(std::string_view sentence) { return text_of({{"error", sentence}}); }

json json_of(const std::vector<listed_item>& items, const char* number) {
  json result = json::array();
  for (const listed_item& item : items) {
    json row = {{"item", item.item}, {number, shortest(item.score)}};
    if (!item.text.empty()) row["text"] = item.text;
    if (!item.because.empty()) row["because"] = json_of(item.because, "contribution");
    result.push_back(std::move(row));
  }
  return result;
}

json json_of(const item_list& list) {
  constexpr const char* names[] = {"user", "history", "popular"};
  return {{"source", names[static_cast<int>(list.source)]}, {"items", json_of(list.items, "score")}};
}

event_request read_event(const std::string& body) {
  const json object = parsed_object(body);
  event_request event{name_in(object, "user"), name_in(object, "item")};
  if (const auto value = object.find("value"); value != object.end()) {
    if (!value->is_number() || !(std::abs(value->get<double>()) <= max_value))
      refuse("value must be a number from -1000000 to 1000000");
    event.value = value->get<float>();
  }
  return event;
}

basket_request read_basket(const std::string& body, int max_k) {
  const json object = parsed_object(body);
  const auto items = object.find("items");
  if (items == object.end() || !items->is_array() || items->size() > max_basket)
    refuse("items must be an array of at most " + std::to_string(max_basket) + " strings");
  basket_request basket;
  for (const json& item : *items) {
    if (!item.is_string()) refuse("each of items must be a string");
    basket.items.push_back(checked_name(item.get<std::string>(), "each of items"));
  }
  if (const auto k = object.find("k"); k != object.end()) {
    if (!k->is_number_integer()) refuse(sentence_of_k(max_k));
    basket.k = read_k(k->dump(), max_k);
  }
  return basket;
}

std::string checked_name(std::string name, std::string_view what) {
  if (name.empty() || name.size() > max_name || name.find('\0') != std::string::npos)
    refuse(std::string(what) + " must be a text of 1 to " + std::to_string(max_name) + " bytes, none of them zero");
  return name;
}

int read_k(std::string_view text, int max_k) {
  int k = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), k);
  if (problem != std::errc() || end != text.data() + text.size() || k < 1 || k > max_k) refuse(sentence_of_k(max_k));
  return k;
}
