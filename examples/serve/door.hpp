/// @file
/// The routes of the service: what HTTP asks, and what the shop answers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "answer_cache.hpp"
#include "event_log.hpp"
#include "http_server.hpp"
#include "json.hpp"
#include "metrics.hpp"
#include "rate_limit.hpp"
#include "service.hpp"
#include "shop.hpp"

/// One service in a process. start() opens the port, listen() answers until another thread calls stop(), and returns
/// false if it lost the port. Throws std::exception with a sentence if it cannot start.
class door {
 public:
  explicit door(const service_options& options);

  /// Opens the port, and gives its number.
  int start();
  bool listen() { return server_.listen_after_bind(); }
  void stop() { server_.stop_gracefully(); }
  /// Reads the model file again. Throws std::exception, and the old model stays.
  void reload();
  /// What the model of the moment cannot do, for the log of the service; empty: nothing.
  std::string lacks() const;

 private:
  using request = httplib::Request;
  using response = httplib::Response;
  /// Gives the body of the answer.
  using handler = std::function<std::string(const request&, const std::string& body)>;
  struct route {
    std::string method, path;
    handler answer;
    std::string type = {};  ///< of the answer; empty: JSON
  };

  void add_routes();
  void serve_routes();
  httplib::Server::HandlerResponse dispatch(const request& asked, response& res);
  httplib::Server::HandlerResponse refuse(std::size_t r, const request& asked, response& res, int status,
                                          const std::string& sentence);
  template <class Make>
  void respond(std::size_t r, response& res, const Make& make);
  std::string read_body(const request& asked, response& res, const httplib::ContentReader& read) const;
  bool learns_events() const;
  int k_of(const request& asked) const;

  std::string recommend(const request& asked);
  std::string explain(const request& asked) const;
  std::string basket(const std::string& body) const;
  std::string event(const std::string& body);
  std::string health() const;
  std::string all_metrics() const;
  static std::string constant(const request& asked);

  service_options options_;
  shop shop_;
  event_log log_;
  answer_cache<stamp> cache_;
  rate_limit limit_;
  std::vector<route> routes_;
  std::unique_ptr<metrics> metrics_;
  http_server server_;
};
