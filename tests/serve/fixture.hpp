/// @file
/// A small shop, and a service over it that a test asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <examples/serve/door.hpp>
#include <filesystem>
#include <string>
#include <tests/io/folder.hpp>
#include <thread>
#include <utility>

#include <akin/data/id_map.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/io/model_file.hpp>
#include <akin/neighbors/item_knn.hpp>

namespace akin_test {

inline akin::id_map names(const std::string& first, std::int64_t count) {
  akin::id_map ids;
  for (std::int64_t i = 0; i < count; ++i) ids.insert(first + std::to_string(i));
  return ids;
}

inline akin::sparse_matrix<float> clicks(std::uint64_t seed = 1) {
  return akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 600, .seed = seed});
}

/// Users u0 … u59 and items i0 … i39.
template <class Model>
shop_bundle small_bundle(Model model, const akin::sparse_matrix<float>& x) {
  return shop_bundle(akin::any_recommender<float>(std::move(model)), names("u", x.rows()), names("i", x.cols()), x);
}
inline shop_bundle small_bundle(std::uint64_t seed = 1) {
  akin::item_knn<float> model({.neighbors = 10});
  const auto x = clicks(seed);
  model.fit(akin::execution::seq, x);
  return small_bundle(std::move(model), x);
}
inline catalogue small_catalogue(std::uint64_t seed = 1) { return {small_bundle(seed), {}}; }

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
