// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in two stages: the first asks for a clean stop, the second ends the process at once (its children end with it).
#pragma once
#include "base/result.h"

namespace sotto::contest {

void catch_interrupts();  // SIGINT and SIGTERM
bool interrupted();
Error interrupted_error();

}  // namespace sotto::contest
