// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/server_version.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>

namespace sotto::contest {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kMaxInfo = 64 * 1024;
constexpr const char* kDefaultPort = "4222";

// A socket that is closed at the end.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

bool ready(int fd, short events, Clock::time_point until) {
  const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now()).count();
  pollfd p{fd, events, 0};
  return poll(&p, 1, static_cast<int>(std::max<long>(left, 0))) == 1;
}

bool connects(int fd, const addrinfo& address, Clock::time_point until) {
  if (fd < 0) return false;
  if (connect(fd, address.ai_addr, address.ai_addrlen) == 0) return true;
  int fault = 0;
  socklen_t size = sizeof fault;
  return errno == EINPROGRESS && ready(fd, POLLOUT, until) &&
         getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0;
}

// The first line that a server sends: INFO {…}
Result<std::string> read_greeting(const BusAddress& server, Clock::time_point until) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  const int fault = getaddrinfo(server.host.c_str(), server.port.c_str(), &wanted, &found);
  if (fault != 0) return environment_error("bus: cannot find host " + server.host + ": " + gai_strerror(fault));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* a = found; a; a = a->ai_next) {
    const Socket s(socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol));
    if (!connects(s.fd(), *a, until)) continue;
    std::string text;
    while (text.size() < kMaxInfo && ready(s.fd(), POLLIN, until)) {
      std::array<char, 4096> buffer;
      const ssize_t n = recv(s.fd(), buffer.data(), buffer.size(), 0);
      if (n <= 0) break;
      text.append(buffer.data(), static_cast<size_t>(n));
      if (const size_t end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
    }
    return environment_error("bus: " + server.host + ":" + server.port + " does not greet as a NATS server does");
  }
  return environment_error("bus: no server answers at " + server.host + ":" + server.port +
                           "; is nats-server running?");
}

bool executable(const std::string& path) { return !path.empty() && access(path.c_str(), X_OK) == 0; }

}  // namespace

bool ServerVersion::sound() const {
  const auto v = std::tie(major, minor, patch);
  if (!release || v < std::make_tuple(2u, 11u, 16u)) return false;
  return !(major == 2 && minor == 12 && patch < 7);
}

Result<ServerVersion> parse_server_version(std::string_view text) {
  ServerVersion v;
  v.text = std::string(text.substr(0, 40));
  const char *at = text.data(), *const end = text.data() + text.size();
  unsigned* const parts[] = {&v.major, &v.minor, &v.patch};
  for (unsigned* part : parts) {
    const auto [next, fault] = std::from_chars(at, end, *part);
    if (fault != std::errc() || (part != &v.patch && (next == end || *next != '.')))
      return input_error("bus: the server's version makes no sense: '" + v.text + "'");
    at = part == &v.patch ? next : next + 1;
  }
  v.release = at == end;
  return v;
}

Result<ServerVersion> installed_server_version(const std::string& path) {
  const std::string command = "'" + path + "' --version 2>/dev/null";
  if (path.find('\'') != std::string::npos) return environment_error("bus: odd path of nats-server: " + path);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "re"), pclose);
  std::array<char, 128> line{};
  if (!pipe || !fgets(line.data(), line.size(), pipe.get())) return environment_error("bus: cannot run " + path);
  std::string_view text(line.data());
  const size_t v = text.find(": v");
  if (v == std::string_view::npos) return environment_error("bus: " + path + " does not say its version");
  text = text.substr(v + 3);
  return parse_server_version(text.substr(0, text.find_first_of(" \r\n")));
}

Result<ServerVersion> running_server_version(const std::string& url, milliseconds wait) {
  SOTTO_TRY(const BusAddress server, parse_bus_url(url));
  SOTTO_TRY(const std::string greeting, read_greeting(server, Clock::now() + wait));
  const size_t brace = greeting.find('{');
  const auto info =
      brace == std::string::npos ? nlohmann::json() : nlohmann::json::parse(greeting.substr(brace), nullptr, false);
  const auto version = info.is_object() ? info.find("version") : info.end();
  if (!greeting.starts_with("INFO ") || version == info.end() || !version->is_string())
    return environment_error("bus: " + server.host + ":" + server.port + " does not greet as a NATS server does");
  return parse_server_version(version->get<std::string>());
}

Result<std::string> find_nats_server() {
  if (const char* named = std::getenv("SOTTO_NATS_SERVER"); named && *named) {
    if (executable(named)) return std::string(named);
    return environment_error(std::string("SOTTO_NATS_SERVER names no program: ") + named);
  }
  const char* path = std::getenv("PATH");
  std::string folders = std::string(path ? path : "") + ":/usr/sbin:/usr/local/sbin";  // Debian's lies in /usr/sbin
  for (size_t at = 0; at <= folders.size();) {
    const size_t end = std::min(folders.find(':', at), folders.size());
    const std::string candidate = folders.substr(at, end - at) + "/nats-server";
    if (end > at && executable(candidate)) return candidate;
    at = end + 1;
  }
  return environment_error("no nats-server on this machine; get a current one from its authors (docs/scale-out.md)");
}

Result<BusAddress> parse_bus_url(std::string_view url) {
  const auto wrong = [&](const std::string& why) {
    return usage_error("bus: " + why + "; it looks like nats://HOST:PORT or tls://HOST:PORT");
  };
  BusAddress e;
  e.tls = url.starts_with("tls://");
  if (!e.tls && !url.starts_with("nats://")) return wrong("the address has no known beginning");
  url.remove_prefix(url.find("://") + 3);
  if (url.find('@') != std::string_view::npos) return wrong("no password belongs in the address (--creds FILE has it)");
  const size_t bracket = url.find(']'), colon = url.rfind(':');
  const bool port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  e.host = std::string(url.substr(0, port ? colon : url.size()));
  e.port = port ? std::string(url.substr(colon + 1)) : kDefaultPort;
  if (e.host.size() > 2 && e.host.front() == '[' && e.host.back() == ']') e.host = e.host.substr(1, e.host.size() - 2);
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(e.port.data(), e.port.data() + e.port.size(), number);
  if (fault != std::errc() || end != e.port.data() + e.port.size() || number == 0 || number > 65535)
    return wrong("odd port");
  if (e.host.empty() || e.host.find_first_of("/?# ") != std::string::npos) return wrong("odd host");
  return e;
}

Status admit_server(const ServerVersion& version, bool rivals, bool one_operator, std::string* warning) {
  if (version.sound()) return ok_status();
  const std::string text = "nats-server " + version.text +
                           " has known holes between accounts (CVE-2025-30215, CVE-2026-33222 and "
                           "later notes); use 2.11.16, 2.12.7, 2.14.0 or newer";
  if (rivals && !one_operator)
    return environment_error("bus: " + text +
                             ". If all teams on this server belong to one party that you trust, write the "
                             "configuration with --one-operator");
  if (warning) *warning = text;
  return ok_status();
}

}  // namespace sotto::contest
