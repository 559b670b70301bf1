// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace sotto {
void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "sotto: internal error: %s does not hold (%s:%d). This is a bug in Sotto.\n", condition, file, line);
  std::abort();
}
}  // namespace sotto
