// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/resident.h"

#include <fstream>
#include <string>

namespace sotto::contest {

uint64_t resident_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    uint64_t kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

}  // namespace sotto::contest
