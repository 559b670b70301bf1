// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace sotto::contest {
namespace {

volatile sig_atomic_t signals_seen = 0, status_wanted = 0;

void on_signal(int) {
  if (signals_seen) _exit(static_cast<int>(ErrorKind::kInterrupted));
  signals_seen = 1;
}

void on_status_request(int) { status_wanted = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: waiting calls return
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void outlive_terminal() {
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = on_status_request;
  sigemptyset(&action.sa_mask);
  sigaction(SIGUSR1, &action, nullptr);
}

bool take_status_request() {
  const bool wanted = status_wanted != 0;
  status_wanted = 0;
  return wanted;
}

bool interrupted() { return signals_seen != 0; }

Error interrupted_error() { return {ErrorKind::kInterrupted, "interrupted"}; }

}  // namespace sotto::contest
