// SPDX-License-Identifier: Apache-2.0
// Many trials on a few threads. What comes out does not depend on how many.
#pragma once
#include "contest/mind/benchmark/ledger.h"

namespace sotto::contest {

struct Campaign {
  std::vector<std::string> searches;
  uint64_t songs = 0;    // per trial
  uint64_t seeds = 0;    // trials with seeds 1, 2 ... per search
  unsigned threads = 1;
  std::function<bool()> stop;                  // asked often, by every thread
  std::function<Status(const Trial&)> finished;  // called by one thread at a time; the trial is in the ledger
};

// Adds the trials that `ledger` lacks, all searches of a seed before the next seed. kInterrupted when stopped;
// finished trials stay. Refuses a ledger whose trials this program would not repeat.
Status run_campaign(const Campaign& campaign, const Listener& judge, const sound::SizeClass& size, Ledger& ledger);

}  // namespace sotto::contest
