// SPDX-License-Identifier: Apache-2.0
// A whole contest on one machine: agents evolve songs, the judge scores them, one agent reaches the target, proves it, and the
// contract pays it. Every part is the real one.
#pragma once
#include <optional>
#include <string>

#include "contest/arena/baseline.h"
#include "contest/arena/stage.h"
#include "contest/arena/view.h"
#include "contest/swarm/swarm.h"

namespace sotto::contest {

struct DemoOptions {
  std::string judge;               // *.judge file
  std::string folder;              // state of the run, kept; empty: a temporary one, removed at the end
  uint64_t seed = 1;
  uint32_t agents = 8;
  uint32_t slots = 32;             // size class
  uint32_t tries = 4;              // songs judged per agent and slot
  uint32_t slot_ms = 500;
  uint32_t random_programs = 1000; // the yardstick
  std::optional<uint32_t> target;  // in public ticks; none: demo_target()
  std::string executable = "/proc/self/exe";
};

struct DemoReport {
  uint64_t songs = 0;
  uint32_t agents = 0, winner = 0;
  uint32_t score = 0, target = 0, score_unit = 100;
  double prove_seconds = 0;
  uint64_t prove_peak_mib = 0;
  uint64_t proof_bytes = 0;
  Payout payout;
};

// A score that chance does not reach in 1,000 programs and evolution reaches in about a minute.
uint32_t demo_target(const Baseline& chance, uint32_t max_score);

Result<DemoReport> run_demo(const DemoOptions& options, View& view);

}  // namespace sotto::contest
