// SPDX-License-Identifier: Apache-2.0
// What a process does before it touches a song: it gives up, for good, whatever an agent does not need. docs/secrecy.md says
// what this protects from whom.
//
// Order in an agent process: keep_to_itself() first of all; then, with the assignment in hand, Store::prepare(folder), and the
// judge read; then confine_agent(); then Store::open and everything that handles songs or answers of a language model. The
// process must have one thread until confine_agent() has returned.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::contest {

// Ends with its parent, however that ends; leaves no core dump and lets no other process look inside; gains no privileges;
// makes files that only its user can read; leaves the keyboard's interrupt to the parent.
Status keep_to_itself();

// For the parent, which holds the master key and perhaps a key for a language model: no core dump, and no look inside for other
// processes of the same user. Debuggers, too, need root afterwards.
Status close_memory();

enum class Isolation {
  kBestEffort,  // what this kernel offers; what it does not is in the report
  kRequireAll,  // everything, or an error
};

struct Confinement {
  std::string folder;                 // the agent's own: it may read and write the files in it, and make or remove none
  std::vector<std::string> readable;  // public files and folders that it may read: judge, setups. Missing ones are skipped
  int channel = -1;                   // the only socket it may send and receive on
  Isolation isolation = Isolation::kBestEffort;
  uint64_t max_file_bytes = uint64_t{4} << 30;
  uint64_t max_memory_bytes = 0;      // writable private memory; 0: as much as the machine has
  unsigned max_open_files = 64;
};

// What the kernel offers to hold an agent.
struct IsolationOffer {
  int landlock_abi = 0;               // 0: none
  bool seccomp = false;
  // What an agent could do although it must not, each with what the kernel would need. Empty: nothing known.
  std::vector<std::string> missing;
};

// One line for people: "Landlock 7, seccomp", and what is missing.
std::string describe(const IsolationOffer& offer);

// Asks the kernel; changes nothing. The parent prints this once, before it starts agents.
IsolationOffer isolation_offer();

struct ConfinementReport {
  int landlock_abi = 0;
  bool seccomp = false;
  std::vector<std::string> missing;   // as in IsolationOffer, of what was done
};

// Locks this process for good, all threads that it will start included. Calls keep_to_itself().
Result<ConfinementReport> confine_agent(const Confinement& confinement);

// Peak resident memory of this process since its start, in KiB.
uint64_t peak_memory_kib();

}  // namespace sotto::contest
