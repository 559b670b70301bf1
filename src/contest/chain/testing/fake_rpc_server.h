// SPDX-License-Identifier: Apache-2.0
// For tests only: an HTTP server on the loopback interface, in this process, that answers what the test wants it to.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "base/check.h"

namespace sotto::contest {

class FakeRpcServer {
 public:
  // Gets the request (an object with id, method, params), gives the whole HTTP answer; "" closes without one.
  using Handler = std::function<std::string(const nlohmann::json& request)>;

  explicit FakeRpcServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof a;
    SOTTO_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&a), size) == 0 && ::listen(listener_, 16) == 0);
    SOTTO_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &size) == 0);
    port_ = ntohs(a.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeRpcServer() {
    ::shutdown(listener_, SHUT_RDWR);  // accept() returns
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int requests() const { return requests_; }

  static std::string http(const std::string& body, const std::string& status = "200 OK",
                          const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nConnection: close\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string result(const nlohmann::json& request, const nlohmann::json& value) {
    return http(nlohmann::json{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", value}}.dump());
  }
  static std::string fault(const nlohmann::json& request, const nlohmann::json& error) {
    return http(nlohmann::json{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"error", error}}.dump());
  }

 private:
  void serve() {
    for (;;) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      answer(fd);
      ::close(fd);
    }
  }

  void answer(int fd) {
    nlohmann::json request = nlohmann::json::parse(read_body(fd), nullptr, false);
    if (request.is_discarded()) return;
    requests_++;
    std::string out = handler_(request);
    for (size_t sent = 0; sent < out.size();) {
      ssize_t n = ::send(fd, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;  // the client had enough
      sent += static_cast<size_t>(n);
    }
  }

  static std::string read_body(int fd) {
    std::string in;
    char buffer[4096];
    for (;;) {
      size_t head = in.find("\r\n\r\n");
      if (head != std::string::npos) {
        size_t field = in.find("Content-Length: ");
        if (field == std::string::npos) return "";
        size_t length = std::stoul(in.substr(field + 16));
        if (in.size() >= head + 4 + length) return in.substr(head + 4, length);
      }
      ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) return "";
      in.append(buffer, static_cast<size_t>(n));
    }
  }

  Handler handler_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

}  // namespace sotto::contest
