// SPDX-License-Identifier: Apache-2.0
#include "cli/own_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

constexpr int kPollMs = 200;

Json envelope(const Result<Json>& done) {
  if (done.ok()) return {{"value", done.value()}};
  return {{"error", done.error().message}, {"kind", static_cast<int>(done.error().kind)}};
}

// The forked side: ends with its parent, and never returns into its parent's code.
[[noreturn]] void work_and_exit(const std::function<Result<Json>()>& work, int out, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent ended before the tie was made
  const std::string text = envelope(work()).dump(-1, ' ', false, Json::error_handler_t::replace);
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t n = write(out, text.data() + sent, text.size() - sent);
    if (n < 0 && errno != EINTR) _exit(1);
    if (n > 0) sent += static_cast<size_t>(n);
  }
  _exit(0);
}

// Everything that the child writes until it closes its end; an interrupt is passed on.
std::string read_all(int in, pid_t child) {
  std::string text;
  bool told = false;
  for (char buffer[4096];;) {
    pollfd ready{in, POLLIN, 0};
    const int count = poll(&ready, 1, kPollMs);
    if (contest::interrupted() && !told) told = kill(child, SIGTERM) == 0;
    if (count <= 0) continue;
    const ssize_t n = read(in, buffer, sizeof buffer);
    if (n == 0 || (n < 0 && errno != EINTR)) return text;
    if (n > 0) text.append(buffer, static_cast<size_t>(n));
  }
}

Result<Json> open_envelope(const std::string& text, int wait_status) {
  if (contest::interrupted()) return contest::interrupted_error();
  const Json json = Json::parse(text, nullptr, false);
  if (json.contains("value")) return json["value"];
  if (json.contains("error"))
    return Error{static_cast<ErrorKind>(json["kind"].get<int>()), json["error"].get<std::string>()};
  const std::string how = WIFSIGNALED(wait_status) ? std::string("killed: ") + strsignal(WTERMSIG(wait_status))
                                                   : "exit code " + std::to_string(WEXITSTATUS(wait_status));
  return environment_error("the process of the measurement ended without a result (" + how +
                           "); was there memory enough?");
}

}  // namespace

Result<Json> in_own_process(const std::function<Result<Json>()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return environment_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  std::fflush(nullptr);
  const pid_t parent = getpid(), child = fork();
  if (child == 0) {
    close(ends[0]);
    work_and_exit(work, ends[1], parent);
  }
  close(ends[1]);
  const std::string text = child > 0 ? read_all(ends[0], child) : "";
  close(ends[0]);
  if (child < 0) return environment_error(std::string("cannot start a process: ") + std::strerror(errno));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return open_envelope(text, status);
}

}  // namespace sotto::cli
