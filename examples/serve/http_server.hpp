/// @file
/// cpp-httplib's server with limits on a request, one write an answer, and a stop that wakes idle connections.
#pragma once

#include <cstddef>
#include <httplib.h>
#include <string>

struct connection_limits {
  std::size_t max_request = 80 * 1024;  ///< bytes of a request line, its headers and its body together
  int request_seconds = 10;             ///< from the first byte of a request to its last one
  int idle_seconds = 5;                 ///< between two requests of a connection
};

/// The library's own connections take lines, headers and chunked bodies of any length, send headers and body in two
/// packets, and look for the end of the server a hundred times a second each.
class http_server : public httplib::Server {
 public:
  explicit http_server(const connection_limits& limits);
  ~http_server() override;

  /// Opens a port of this machine, 0 for any free one, and gives its number. Throws std::runtime_error.
  int open(const std::string& host, int port);
  /// Answers that are under way are finished, idle connections closed.
  void stop_gracefully();

 private:
  bool process_and_close_socket(socket_t socket) override;

  template <class Stream>
  bool answer_one(Stream& stream);

  connection_limits limits_;
  int stop_event_;  // readable from the stop on
};
