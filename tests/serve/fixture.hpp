/// @file
/// A service over a small shop, which a test asks.
#pragma once

#include <examples/serve/door.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <tests/io/folder.hpp>
#include <tests/serve/small_shop.hpp>
#include <thread>

#include <akin/io/model_file.hpp>

namespace akin_test {

/// A service on a free port, in a thread of its own.
class running_service {
 public:
  explicit running_service(service_options options = {}) {
    akin::save(small_bundle(), model());
    options.model = model();
    options.events = events();
    options.port = 0;
    if (options.connections > 16) options.connections = 16;
    service_ = std::make_unique<door>(options);
    port_ = service_->start();
    listener_ = std::thread([this] { service_->listen(); });
  }
  ~running_service() { stop(); }

  void stop() {
    service_->stop();
    if (listener_.joinable()) listener_.join();
  }
  httplib::Client client() const {
    httplib::Client asks("127.0.0.1", port_);
    asks.set_keep_alive(true);
    asks.set_tcp_nodelay(true);
    asks.set_read_timeout(20);
    return asks;
  }
  int port() const { return port_; }
  door& service() { return *service_; }
  std::filesystem::path model() const { return folder_ / "shop.model"; }
  std::filesystem::path events() const { return folder_ / "events.csv"; }

 private:
  folder folder_;
  std::unique_ptr<door> service_;
  int port_ = 0;
  std::thread listener_;
};

inline httplib::Result post(httplib::Client& asks, const char* path, const std::string& body) {
  return asks.Post(path, body, "application/json");
}

}  // namespace akin_test
