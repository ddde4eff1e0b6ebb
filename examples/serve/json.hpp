/// @file
/// What comes in and goes out as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shop.hpp"

/// A request that cannot be answered: its status of HTTP, and a sentence for its sender.
struct http_error : std::runtime_error {
  http_error(int code, const std::string& sentence) : std::runtime_error(sentence), status(code) {}
  int status;
};

/// The text of a value; bytes of a name that are no UTF-8 become U+FFFD.
std::string text_of(const nlohmann::json& value);
std::string error_text(std::string_view sentence);
nlohmann::json json_of(const std::vector<listed_item>& items, const char* number);
nlohmann::json json_of(const item_list& list);

struct event_request {
  std::string user, item;
  float value = 1;
};
struct basket_request {
  std::vector<std::string> items;
  int k = 10;
};

/// These throw http_error with status 400 and a sentence.
event_request read_event(const std::string& body);
basket_request read_basket(const std::string& body, int max_k);
/// A name as `what`: text that is not empty, of at most 256 bytes.
std::string checked_name(std::string name, std::string_view what);
/// k from the text of a parameter.
int read_k(std::string_view text, int max_k);
