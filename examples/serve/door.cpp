#include "door.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include <akin/data/read_interactions.hpp>
#include <akin/serving/all_models.hpp>

#include "page.hpp"

using nlohmann::json;

namespace {

/// Without "application/json" alone the library would compress each answer, which takes longer than to make it.
constexpr const char* json_type = "application/json; charset=utf-8";
constexpr std::size_t room_for_headers = 16 * 1024;

catalogue read_catalogue(const service_options& options) {
  auto bundle = akin::load_bundle<akin::any_recommender<float>>(options.model);
  std::vector<std::string> texts;
  if (!options.items.empty())
    texts = akin::read_item_texts(options.items, {.item = options.item_column, .text = options.text_column},
                                  bundle.item_ids());
  return {std::move(bundle), std::move(texts)};
}

const service_options& checked(const service_options& options) {
  const auto require = [](bool ok, const char* rule) {
    if (!ok) throw std::invalid_argument(std::string("serve: ") + rule);
  };
  require(!options.events.empty(), "events must name a file");
  require(options.port >= 0 && options.port <= 65535, "port must be from 0 to 65535");
  require(options.connections >= 1 && options.connections <= 10'000, "connections must be from 1 to 10000");
  require(options.max_k >= 1, "max_k must be positive");
  require(options.max_body >= 1024, "max_body must be at least 1024");
  require(options.requests_per_second >= 0, "requests_per_second must not be negative");
  require(options.burst >= 1, "burst must be at least 1");
  require(options.cached_answers >= 0, "cached_answers must not be negative");
  return options;
}

std::string param(const httplib::Request& asked, const char* name) {
  if (!asked.has_param(name)) throw http_error(400, std::string(name) + " must be given");
  return asked.get_param_value(name);
}

/// The problem of a request that the library refuses itself.
std::string_view sentence_of(int status) {
  switch (status) {
    case 413:
      return "the body must be shorter";
    case 414:
      return "the address must be shorter";
    case 404:
      return "there is no such page";
    default:
      return status < 500 ? "the request must be one of HTTP" : "the service cannot answer that";
  }
}

/// Answers with an error of the status that the exception means.
std::string error_of(const std::exception& error, int& status) {
  if (const auto* known = dynamic_cast<const http_error*>(&error))
    status = known->status;
  else if (dynamic_cast<const std::out_of_range*>(&error) != nullptr)
    status = 404;
  else if (dynamic_cast<const std::invalid_argument*>(&error) != nullptr)
    status = 400;
  else
    status = dynamic_cast<const log_error*>(&error) != nullptr ? 503 : 500;
  if (status >= 500) std::fprintf(stderr, "serve: %s\n", error.what());
  return error_text(error.what());
}

int read_reasons(std::string_view text) {
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') return text[0] - '0';
  throw http_error(400, "reasons must be a whole number from 0 to 9");
}

const std::string get_method = "GET";

}  // namespace

door::door(const service_options& options)
    : options_(checked(options)),
      shop_(read_catalogue(options)),
      log_(options.events),
      cache_(static_cast<std::size_t>(options.cached_answers)),
      limit_(options.requests_per_second, options.burst),
      server_({.max_request = options.max_body + room_for_headers}) {
  shop_.add_events(log_.past());
  add_routes();
  std::vector<std::string> names;
  for (const route& r : routes_) names.push_back(r.path);
  names.emplace_back("other");
  metrics_ = std::make_unique<metrics>(std::move(names));
  serve_routes();
}

int door::start() { return server_.open(options_.host, options_.port); }

void door::reload() { shop_.publish(read_catalogue(options_)); }

std::string door::lacks() const {
  const auto now = shop_.read();
  const auto& model = now->bundle.model();
  const std::string name(model.kind());
  if (!model.scores_histories())
    return name + " does not answer histories: events count from the next training on, new users get popular items";
  return model.explains() ? "" : name + " does not explain: there are no reasons";
}

void door::add_routes() {
  const auto items = [](std::vector<listed_item> found, const char* number) {
    return text_of({{"items", json_of(found, number)}});
  };
  const auto query = [](const request& asked) { return asked.get_param_value("query"); };
  routes_ = {
      {"GET", "/recommend", [this](const request& asked, auto&) { return recommend(asked); }},
      {"GET", "/explain", [this](const request& asked, auto&) { return explain(asked); }},
      {"GET", "/similar",
       [=, this](const request& asked, auto&) {
         return items(shop_.similar_items(param(asked, "item"), k_of(asked)), "score");
       }},
      {"GET", "/history",
       [=, this](const request& asked, auto&) {
         return items(shop_.history(param(asked, "user"), k_of(asked)), "value");
       }},
      {"GET", "/items",
       [=, this](const request& asked, auto&) { return items(shop_.find_items(query(asked), k_of(asked)), "users"); }},
      {"GET", "/users",
       [=, this](const request& asked, auto&) {
         return text_of({{"users", shop_.find_users(query(asked), k_of(asked))}});
       }},
      {"POST", "/basket", [this](auto&, const std::string& body) { return basket(body); }},
      {"POST", "/event", [this](auto&, const std::string& body) { return event(body); }},
      {"GET", "/health", [this](auto&, auto&) { return health(); }},
      {"GET", "/metrics", [this](auto&, auto&) { return all_metrics(); }, "text/plain; version=0.0.4"},
      {"GET", "/", [](auto&, auto&) { return std::string(page_html); }, "text/html; charset=utf-8"}};
  if (options_.measuring)
    routes_.push_back({"GET", "/constant", [](const request& asked, auto&) { return constant(asked); }});
}

void door::serve_routes() {
  server_.new_task_queue = [this] { return new httplib::ThreadPool(static_cast<std::size_t>(options_.connections)); };
  server_.set_keep_alive_max_count(1'000'000);
  server_.set_payload_max_length(options_.max_body);
  server_.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                               {"Cache-Control", "no-store"},
                               {"Content-Security-Policy",
                                "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src "
                                "'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"}});
  server_.set_pre_routing_handler([this](const request& asked, response& res) { return dispatch(asked, res); });
  for (std::size_t r = 0; r < routes_.size(); ++r)
    if (routes_[r].method == "POST")
      server_.Post(routes_[r].path, [this, r](const request& asked, response& res, const httplib::ContentReader& read) {
        respond(r, res, [&] { return routes_[r].answer(asked, read_body(asked, res, read)); });
      });
  server_.set_error_handler([this](const request&, response& res) {
    if (!res.body.empty()) return;
    metrics_->count(routes_.size(), res.status, 0);
    res.set_content(error_text(sentence_of(res.status)), json_type);
  });
}

/// Answers all but what is posted to a route, whose body the library reads later.
httplib::Server::HandlerResponse door::dispatch(const request& asked, response& res) {
  using enum httplib::Server::HandlerResponse;
  const std::string& method = asked.method == "HEAD" ? get_method : asked.method;
  const route* other = nullptr;
  for (std::size_t r = 0; r < routes_.size(); ++r) {
    if (routes_[r].path != asked.path) continue;
    if (!limit_.allows(asked.remote_addr)) return refuse(r, asked, res, 429, "too many requests: wait a second");
    if (routes_[r].method == method && method == "POST") return Unhandled;
    if (routes_[r].method == method) {
      respond(r, res, [&] { return routes_[r].answer(asked, {}); });
      return Handled;
    }
    other = &routes_[r];
  }
  if (other == nullptr) return refuse(routes_.size(), asked, res, 404, "there is no " + asked.path);
  res.set_header("Allow", other->method);
  return refuse(routes_.size(), asked, res, 405, asked.path + " must be asked with " + other->method);
}

httplib::Server::HandlerResponse door::refuse(std::size_t r, const request& asked, response& res, int status,
                                              const std::string& sentence) {
  if (asked.method == "POST") res.set_header("Connection", "close");  // its body is not read
  respond(r, res, [&]() -> std::string { throw http_error(status, sentence); });
  return httplib::Server::HandlerResponse::Handled;
}

/// Fills the answer with what make() gives or throws, and counts it.
template <class Make>
void door::respond(std::size_t r, response& res, const Make& make) {
  const auto start = std::chrono::steady_clock::now();
  std::string type = json_type;
  res.status = 200;
  try {
    res.body = make();
    if (r < routes_.size() && !routes_[r].type.empty()) type = routes_[r].type;
  } catch (const std::exception& error) {
    res.body = error_of(error, res.status);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::array<char, 40> timing = {};
  std::snprintf(timing.data(), timing.size(), "app;dur=%.4f", seconds * 1000);  // milliseconds
  res.set_header("Server-Timing", timing.data());
  res.set_header("Content-Type", type);
  metrics_->count(r, res.status, seconds);
}

std::string door::read_body(const request& asked, response& res, const httplib::ContentReader& read) const {
  res.set_header("Connection", "close");  // unless the body is read to its end
  // Which a page of another site cannot send to a service on this machine.
  if (!asked.get_header_value("Content-Type").starts_with("application/json"))
    throw http_error(400, "Content-Type must be application/json");
  std::string body;
  bool is_long = false;
  const bool is_whole = read([&](const char* bytes, std::size_t size) {
    is_long = body.size() + size > options_.max_body;
    if (!is_long) body.append(bytes, size);
    return !is_long;
  });
  if (is_long || res.status == 413)
    throw http_error(413, "the body must have at most " + std::to_string(options_.max_body) + " bytes");
  if (!is_whole) throw http_error(400, "the body must be whole");
  res.headers.erase("Connection");
  return body;
}

int door::k_of(const request& asked) const {
  return asked.has_param("k") ? read_k(asked.get_param_value("k"), options_.max_k) : std::min(10, options_.max_k);
}

std::string door::recommend(const request& asked) {
  const std::string user = checked_name(param(asked, "user"), "user");
  const int k = k_of(asked);
  const int reasons = asked.has_param("reasons") ? read_reasons(asked.get_param_value("reasons")) : 0;
  const std::string key = std::to_string(k) + ' ' + std::to_string(reasons) + ' ' + user;
  const stamp now = shop_.stamp_of(user);
  if (const auto kept = cache_.find(key, now)) return *kept;
  json list = json_of(shop_.recommend(user, k, reasons));
  list["user"] = user;
  if (now.events > 0 && !learns_events()) list["note"] = "the model uses events from its next training on";
  const auto made = std::make_shared<const std::string>(text_of(list));
  cache_.store(key, now, made);
  return *made;
}

std::string door::explain(const request& asked) const {
  const auto reasons = shop_.explain(checked_name(param(asked, "user"), "user"), param(asked, "item"), k_of(asked));
  return text_of({{"because", json_of(reasons, "contribution")}});
}

std::string door::basket(const std::string& body) const {
  const basket_request asked = read_basket(body, options_.max_k);
  return text_of(json_of(shop_.recommend_for(asked.items, asked.k)));
}

std::string door::event(const std::string& body) {
  const event_request event = read_event(body);
  log_.append(event.user, event.item, static_cast<double>(event.value));
  shop_.add_event(event.user, event.item, event.value);
  const bool is_known = shop_.read()->bundle.contains_item(event.item);
  return text_of({{"stored", true}, {"used", is_known && learns_events()}});
}

bool door::learns_events() const { return shop_.read()->bundle.model().scores_histories(); }

std::string door::health() const {
  const auto now = shop_.read();
  const auto& model = now->bundle.model();
  return text_of({{"status", "ok"},
                  {"model", model.kind()},
                  {"version", now.version()},
                  {"users", model.users()},
                  {"items", model.items()},
                  {"events", shop_.events()},
                  {"answers_histories", model.scores_histories()},
                  {"explains", model.explains()},
                  {"compares_items", model.compares_items()}});
}

std::string door::all_metrics() const {
  const auto events = static_cast<std::uint64_t>(shop_.events());
  return metrics_->text() + metrics::line("events_total", "counter", events) +
         metrics::line("model_version", "gauge", shop_.version()) +
         metrics::line("cache_hits_total", "counter", cache_.hits()) +
         metrics::line("cache_misses_total", "counter", cache_.misses());
}

/// As many bytes as asked for, to measure what an answer costs that is no work.
std::string door::constant(const request& asked) {
  return std::string(static_cast<std::size_t>(read_k(param(asked, "bytes"), 1'000'000)), 'x');
}
