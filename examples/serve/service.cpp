#include "service.hpp"

#include <csignal>
#include <cstdio>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include <akin/akin.hpp>

int run_service(const service_options& options) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto shop = akin::load_bundle<akin::any_recommender<float>>(options.model);
  httplib::Server server;
  server.Get("/health", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(nlohmann::json{{"model", shop.model().kind()}}.dump(), "application/json");
  });
  if (!server.bind_to_port(options.host, options.port)) throw std::runtime_error("run_service: the port must be free");
  std::thread listener([&] { server.listen_after_bind(); });
  std::printf("http://%s:%d/\n", options.host.c_str(), options.port);
  std::fflush(stdout);
  int signal = SIGHUP;
  while (signal == SIGHUP) sigwait(&signals, &signal);
  server.stop();
  listener.join();
  return 0;
}
