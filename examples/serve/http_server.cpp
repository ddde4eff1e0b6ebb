#include "http_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using std::chrono::steady_clock;

/// A socket that reads what one request may have, and writes an answer at once.
class bounded_stream final : public httplib::Stream {
 public:
  bounded_stream(int socket, int stop_event, const connection_limits& limits)
      : socket_(socket),
        stop_event_(stop_event),
        limits_(limits),
        remote_(address_of(::getpeername)),
        local_(address_of(::getsockname)) {}

  /// Waits for the next request; false if none comes, or the server stops.
  bool wait_for_request() {
    left_ = limits_.max_request;
    end_ = steady_clock::now() + std::chrono::seconds(limits_.idle_seconds);
    const bool comes = begin_ != size_ || fill(true);
    end_ = steady_clock::now() + std::chrono::seconds(limits_.request_seconds);
    return comes;
  }

  bool flush() {
    for (std::size_t sent = 0; sent < out_.size() && !is_broken_;) {
      const ssize_t count = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
      if (count > 0) sent += static_cast<std::size_t>(count);
      if (count < 0 && errno != EINTR) is_broken_ = true;
    }
    out_.clear();
    return !is_broken_;
  }

  /// How many bytes of the request are not read so far, at most.
  std::size_t left() const { return left_; }

  /// Ends the connection so that the client can read the answer first: what it still sends is received for a moment.
  void close() {
    ::shutdown(socket_, SHUT_WR);
    end_ = steady_clock::now() + std::chrono::seconds(1);
    for (int rounds = 0; rounds < 1000 && fill(true); ++rounds) continue;
    ::close(socket_);
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return !is_broken_; }

  ssize_t read(char* to, std::size_t size) override {
    if (size == 0) return 0;
    if (left_ == 0 || (begin_ == size_ && !fill(false))) return -1;
    const std::size_t count = std::min({size, size_ - begin_, left_});
    std::copy_n(in_.data() + begin_, count, to);
    begin_ += count;
    left_ -= count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* from, std::size_t size) override {
    out_.append(from, size);
    if (out_.size() > max_waiting && !flush()) return -1;
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip = remote_.ip, port = remote_.port; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip = local_.ip, port = local_.port; }
  ::socket_t socket() const override { return socket_; }

 private:
  static constexpr std::size_t max_waiting = 256 * 1024;

  struct address {
    std::string ip;
    int port = 0;
  };

  template <class NameOf>
  address address_of(const NameOf& name_of) const {
    sockaddr_storage name = {};
    socklen_t size = sizeof name;
    std::array<char, NI_MAXHOST> ip = {};
    std::array<char, NI_MAXSERV> port = {};
    if (name_of(socket_, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
        ::getnameinfo(reinterpret_cast<sockaddr*>(&name), size, ip.data(), ip.size(), port.data(), port.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
      return {};
    return {ip.data(), std::atoi(port.data())};
  }

  /// Receives something, until end_; while nothing of a request has come the stop of the server ends it too.
  bool fill(bool is_idle) {
    if (!flush()) return false;  // a client that waits for "100 Continue"
    for (;;) {
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(end_ - steady_clock::now()).count();
      std::array<pollfd, 2> events = {pollfd{socket_, POLLIN, 0}, pollfd{stop_event_, POLLIN, 0}};
      const int ready = wait <= 0 ? 0 : ::poll(events.data(), is_idle ? 2 : 1, static_cast<int>(wait));
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0 || events[0].revents == 0) return false;
      const ssize_t count = ::recv(socket_, in_.data(), in_.size(), 0);
      if (count < 0 && errno == EINTR) continue;
      begin_ = 0;
      size_ = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
      return count > 0;
    }
  }

  int socket_, stop_event_;
  connection_limits limits_;
  address remote_, local_;
  std::array<char, 4096> in_ = {};
  std::size_t begin_ = 0, size_ = 0, left_ = 0;
  steady_clock::time_point end_ = {};
  std::string out_;
  bool is_broken_ = false;
};

/// The length of the body, if it is certain.
std::optional<std::size_t> length_of_body(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding") || request.get_header_value_count("Content-Length") > 1)
    return std::nullopt;
  const std::string text = request.get_header_value("Content-Length");
  std::size_t length = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (!text.empty() && (problem != std::errc() || end != text.data() + text.size())) return std::nullopt;
  return length;
}

}  // namespace

/// Whether the connection may go on. It may not if part of the body was not read, which would be taken for a request.
template <class Stream>
bool http_server::answer_one(Stream& stream) {
  bool is_closed = false, is_ok = false;
  std::size_t left = 0;
  std::optional<std::size_t> length;
  const auto prepare = [&](httplib::Request& request) {
    request.ranges.clear();  // many small ranges of an answer are longer than the answer
    left = stream.left();
    length = length_of_body(request);
    if (length && (*length == 0 || request.method == "POST")) return;
    request.headers.erase("Connection");  // the answer says that the connection ends
    request.headers.emplace("Connection", "close");
  };
  try {
    is_ok = process_request(stream, svr_sock_ == INVALID_SOCKET, is_closed, prepare);
  } catch (const std::exception&) {  // of the library, about bytes that it cannot read
  }
  return stream.flush() && is_ok && !is_closed && length && left - stream.left() == *length;
}

http_server::http_server(const connection_limits& limits)
    : limits_(limits), stop_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (stop_event_ < 0) throw std::runtime_error("http_server: an event cannot be made");
}

http_server::~http_server() { ::close(stop_event_); }

int http_server::open(const std::string& host, int port) {
  // Without SO_REUSEPORT, by which two services would share the port.
  set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  set_tcp_nodelay(true);
  const int opened = port == 0 ? bind_to_any_port(host) : bind_to_port(host, port) ? port : -1;
  if (opened < 0)
    throw std::runtime_error("the port " + std::to_string(port) + " of " + host + " must be free, and of this machine");
  ::listen(svr_sock_, SOMAXCONN);  // the library lets five connections wait
  return opened;
}

void http_server::stop_gracefully() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_event_, &one, sizeof one);
  // Not stop(), which does nothing before the server listens.
  const socket_t socket = svr_sock_.exchange(INVALID_SOCKET);
  if (socket == INVALID_SOCKET) return;
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
}

bool http_server::process_and_close_socket(socket_t socket) {
  // A client that does not read its answer must not hold its thread.
  const timeval seconds = {limits_.request_seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &seconds, sizeof seconds);
  bounded_stream stream(socket, stop_event_, limits_);
  while (stream.wait_for_request() && answer_one(stream)) continue;
  stream.close();
  return true;
}
