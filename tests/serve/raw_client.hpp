/// @file
/// Bytes sent to a port as they are.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace akin_test {

/// Sends the bytes, ends its side, and gives all that comes back; "" if the server closes at once.
inline std::string exchange(int port, std::string_view bytes) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval wait = {10, 0};
  ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  std::string answer;
  if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    ::shutdown(handle, SHUT_WR);
    std::array<char, 4096> part = {};
    for (ssize_t count = 0; (count = ::recv(handle, part.data(), part.size(), 0)) > 0;)
      answer.append(part.data(), static_cast<std::size_t>(count));
  }
  ::close(handle);
  return answer;
}

/// Of the first answer; 0 if there is none.
inline int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") && answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

inline int answers_in(const std::string& answers) {
  int count = 0;
  for (std::size_t at = 0; (at = answers.find("HTTP/1.1 ", at)) != std::string::npos; ++at) ++count;
  return count;
}

}  // namespace akin_test
