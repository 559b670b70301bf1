// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in two stages: the first asks for a clean stop, the second ends the process at once (its children end with it).
#pragma once
#include "base/result.h"

namespace sotto::contest {

void catch_interrupts();  // SIGINT and SIGTERM
// For runs of hours, besides: SIGHUP (the terminal has gone) changes nothing, neither does a closed pipe; SIGUSR1 asks for
// the state of things.
void outlive_terminal();
bool interrupted();
Error interrupted_error();
// Whether SIGUSR1 has come since the last call.
bool take_status_request();

}  // namespace sotto::contest
