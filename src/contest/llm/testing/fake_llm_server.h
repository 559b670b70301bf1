// SPDX-License-Identifier: Apache-2.0
// For tests only: a language-model server on the loopback interface, in this process, over real HTTP, that answers what the
// test scripts: in time or late, whole or cut off, or not at all. It serves many connections at once.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"

namespace sotto::contest {

class FakeLlmServer {
 public:
  struct Request {
    std::string method, path, head, body;
    nlohmann::json json;      // of the body
    int number = 0;           // among those with the same path, from 1
  };
  struct Reply {
    std::string bytes;        // everything that is sent; empty: the connection is dropped
    unsigned delay_ms = 0;
  };
  using Handler = std::function<Reply(const Request&)>;

  explicit FakeLlmServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof a;
    SOTTO_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&a), size) == 0 && ::listen(listener_, 128) == 0);
    SOTTO_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &size) == 0);
    port_ = ntohs(a.sin_port);
    accepter_ = std::thread([this] { accept_all(); });
  }
  ~FakeLlmServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    accepter_.join();
    for (std::thread& t : workers_) t.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Requests for a path that ends so.
  int count(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    int n = 0;
    for (const Request& r : seen_) n += r.path.ends_with(path);
    return n;
  }
  int chats() const { return count("/chat/completions"); }
  std::vector<Request> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  // The last question; the list of models is asked for at any time.
  Request last_question() const {
    Request out;
    for (const Request& r : seen())
      if (r.method == "POST") out = r;
    return out;
  }

  // ---- answers

  static Reply http(const std::string& body, int status = 200, const std::string& headers = "") {
    return {"HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Type: application/json\r\nConnection: close\r\n" + headers +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body, 0};
  }
  static Reply chat(const std::string& text, const std::string& finish = "stop", unsigned in = 1200, unsigned out = 278) {
    return http(nlohmann::json{{"choices", {{{"index", 0}, {"message", {{"role", "assistant"}, {"content", text}}}, {"finish_reason", finish}}}},
                               {"usage", {{"prompt_tokens", in}, {"completion_tokens", out}}}}.dump());
  }
  static Reply error(int status, const std::string& code, const std::string& message = "no", const std::string& parameter = "",
                     const std::string& headers = "", const std::string& type = "") {
    return http(nlohmann::json{{"error", {{"code", code}, {"type", type}, {"message", message}, {"param", parameter}}}}.dump(), status, headers);
  }
  static Reply models(const nlohmann::json& list) { return http(nlohmann::json{{"object", "list"}, {"data", list}}.dump()); }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      workers_.emplace_back([this, fd] {
        answer(fd);
        ::close(fd);
      });
    }
  }

  void answer(int fd) {
    Request request;
    if (!read_request(fd, request)) return;
    {
      const std::lock_guard lock(mutex_);
      for (const Request& r : seen_) request.number += r.path == request.path;
      request.number++;
      seen_.push_back(request);
    }
    const Reply reply = handler_(request);
    for (unsigned waited = 0; waited < reply.delay_ms && !stopping_; waited += 5) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (size_t sent = 0; sent < reply.bytes.size();) {
      const ssize_t n = ::send(fd, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;  // the client had enough
      sent += static_cast<size_t>(n);
    }
  }

  static bool read_request(int fd, Request& out) {
    std::string in;
    char buffer[4096];
    for (;;) {
      const size_t head = in.find("\r\n\r\n");
      if (head != std::string::npos) {
        const size_t field = in.find("Content-Length: ");
        const size_t length = field < head ? std::stoul(in.substr(field + 16)) : 0;
        if (in.size() >= head + 4 + length) {
          out.head = in.substr(0, head);
          out.body = in.substr(head + 4, length);
          break;
        }
      }
      const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) return false;
      in.append(buffer, static_cast<size_t>(n));
    }
    out.method = out.head.substr(0, out.head.find(' '));
    out.path = out.head.substr(out.method.size() + 1, out.head.find(' ', out.method.size() + 1) - out.method.size() - 1);
    out.json = nlohmann::json::parse(out.body, nullptr, false);
    return true;
  }

  Handler handler_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<Request> seen_;
  std::vector<std::thread> workers_;  // touched by the accepter, joined after it
  std::thread accepter_;
};

}  // namespace sotto::contest
