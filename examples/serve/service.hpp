/// @file
/// An HTTP service over a model file: recommendations, similar items, reasons and events. See docs/service.md.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

struct service_options {
  std::filesystem::path model = {};   ///< a bundle of any model of akin; read again at SIGHUP
  std::filesystem::path events = {};  ///< the log of events; made if there is none, replayed at the start
  std::filesystem::path items = {};   ///< descriptions of items, a table; empty: none
  std::string item_column = "stock_code";
  std::string text_column = "description";

  std::string host = "127.0.0.1";  ///< there is no authentication: put a proxy in front of other addresses
  int port = 8080;                 ///< 0: any free one, which is printed
  int connections = 128;           ///< at once, each with a thread; others wait for one of them to end

  int max_k = 1000;                  ///< the longest list
  std::size_t max_body = 64 * 1024;  ///< bytes of a body
  double requests_per_second = 0;    ///< of each client address, on average; 0: no limit
  double burst = 100;                ///< requests at once within that rate
  int cached_answers = 100'000;      ///< at most, in memory; 0: each answer is computed
  bool measuring = false;            ///< adds /constant, an answer of fixed bytes to measure against
};

/// Serves until SIGINT or SIGTERM, then finishes the answers that are under way and returns 0. SIGHUP reads the model
/// file again; a damaged one is reported and the old model stays. Prints the address to stdout, problems to stderr.
/// Blocks these signals in the calling thread, so call it before any thread is started. Throws std::runtime_error or
/// std::invalid_argument with a sentence if it cannot start.
int run_service(const service_options& options);
