// SPDX-License-Identifier: Apache-2.0
// A nats-server of its own for a test: on this machine, on a free port, in a temporary folder, gone at the end.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "base/temporary_folder.h"
#include "contest/bus/config.h"
#include "contest/bus/nats.h"
#include "contest/bus/server_version.h"
#include "contest/bus/testing/certificate.h"

namespace sotto::contest {

// Empty, or why tests with a real server cannot run here.
inline std::string no_nats_here() {
  if (const auto library = nats_library(); !library) return library.error().message;
  if (const auto server = find_nats_server(); !server) return server.error().message;
  return {};
}

#define SOTTO_SKIP_WITHOUT_NATS()                                                       \
  if (const std::string why = ::sotto::contest::no_nats_here(); !why.empty()) {         \
    std::printf("SOTTO-SKIPPED: %s\n", why.c_str());                                    \
    GTEST_SKIP() << why;                                                                \
  }

class TestNatsServer {
 public:
  // `edit` may change the generated configuration before the server reads it. With a certificate it speaks TLS, and the nodes'
  // credentials name that certificate as the one to trust.
  explicit TestNatsServer(std::vector<std::string> teams, const std::function<void(std::string&)>& edit = {},
                          const TestCertificate* tls = nullptr)
      : tls_(tls != nullptr) {
    port_ = free_port();
    BusConfig config;
    config.teams = std::move(teams);
    config.folder = folder_.path() + "/bus";
    config.listen = "127.0.0.1:" + port_;
    config.one_operator = true;  // Debian's server is older than the version that rivals need
    if (tls) config.tls_cert = config.tls_ca = tls->certificate, config.tls_key = tls->key;
    auto written = write_bus_config(config);
    if (!written) ADD_FAILURE() << written.error().message;
    if (edit) rewrite(edit);
    start();
  }
  TestNatsServer(const TestNatsServer&) = delete;
  ~TestNatsServer() { stop(); }

  std::string url(const std::string& host = "127.0.0.1") const { return (tls_ ? "tls://" : "nats://") + host + ":" + port_; }
  const std::string& folder() const { return folder_.path(); }
  NatsOptions options(const std::string& user) const {
    auto credentials = read_credentials(credentials_file(user));
    if (!credentials) ADD_FAILURE() << credentials.error().message;
    return {url(), credentials.ok() ? *credentials : Credentials{}};
  }
  std::string credentials_file(const std::string& user) const { return folder_.path() + "/bus/" + user + ".creds"; }
  std::unique_ptr<Bus> connect(const std::string& user, std::chrono::milliseconds ack_wait = std::chrono::seconds(30)) const {
    NatsOptions o = options(user);
    o.ack_wait = ack_wait;
    auto bus = connect_nats(o);
    if (!bus) ADD_FAILURE() << bus.error().message;
    return bus.ok() ? std::move(*bus) : nullptr;
  }

  void start() {
    const std::string program = *find_nats_server(), config = folder_.path() + "/bus/nats-server.conf", log = folder_.path() + "/log";
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      execl(program.c_str(), "nats-server", "-c", config.c_str(), "-l", log.c_str(), nullptr);
      _exit(127);
    }
    for (int i = 0; i < 200; ++i) {
      if (running_server_version(url(), std::chrono::milliseconds(200)).ok()) return;
      usleep(50'000);
    }
    ADD_FAILURE() << "nats-server does not start:\n" << this->log();
  }
  void stop() {
    if (pid_ > 0 && kill(pid_, SIGKILL) == 0) waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  std::string log() const { return read(folder_.path() + "/log"); }

 private:
  static std::string read(const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void rewrite(const std::function<void(std::string&)>& edit) {
    const std::string path = folder_.path() + "/bus/nats-server.conf";
    std::string text = read(path);
    edit(text);
    std::ofstream(path) << text;
  }
  static std::string free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      ADD_FAILURE() << "no free port";
    close(fd);
    return std::to_string(ntohs(address.sin_port));
  }

  TemporaryFolder folder_{"sotto-nats"};
  const bool tls_;
  std::string port_;
  pid_t pid_ = -1;
};

}  // namespace sotto::contest
