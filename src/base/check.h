// SPDX-License-Identifier: Apache-2.0
// SOTTO_CHECK(cond): always on; a false condition is a bug in Sotto and ends the process. Never print secrets here.
#pragma once

namespace sotto {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define SOTTO_CHECK(cond) ((cond) ? (void)0 : ::sotto::check_failed(#cond, __FILE__, __LINE__))
