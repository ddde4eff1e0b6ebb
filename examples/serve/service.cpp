#include "service.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "door.hpp"

namespace {

void report(const std::string& sentence) {
  if (!sentence.empty()) std::fprintf(stderr, "serve: %s\n", sentence.c_str());
}

/// Waits for the end of the service; reads the model again as often as it is asked to.
void serve_signals(door& service, const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    try {
      service.reload();
      report("the model was read again");
      report(service.lacks());
    } catch (const std::exception& error) {
      report(std::string("the old model stays: ") + error.what());
    }
  }
}

}  // namespace

int run_service(const service_options& options) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  door service(options);
  const int port = service.start();
  report(service.lacks());
  std::printf("serving http://%s:%d/\n", options.host.c_str(), port);
  std::fflush(stdout);
  bool is_listening_well = true;
  std::thread listener([&] {
    is_listening_well = service.listen();
    if (!is_listening_well) ::kill(::getpid(), SIGTERM);  // ends the wait below
  });
  serve_signals(service, signals);
  service.stop();
  listener.join();
  return is_listening_well ? 0 : 1;
}
