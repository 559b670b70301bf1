// SPDX-License-Identifier: Apache-2.0
// When a proof is worth its work: a pure function of what the chain says. The terms come from the contract (PrizeClient).
//
// First to target: whoever reaches the target proves at once, every second counts. Best by deadline: a proof is made as late as
// is safe, for then the song is the best that the swarm will have, rivals see it last, and gas is paid once; claims within the
// soft close move the deadline, and then there is time for another.
#pragma once
#include <cstdint>

#include "contest/chain/prize.h"

namespace sotto::contest {

struct ContestNow {
  PrizeMode mode = PrizeMode::kFirstToTarget;
  PrizeStatus status = PrizeStatus::kOpen;
  uint32_t target = 0, best = 0, min_increment = 1;
  bool ours = false;                // the best on the chain is this player's
  uint64_t deadline = 0, now = 0;   // Unix seconds, by the chain's clock
};

struct ClaimDecision {
  bool closed = false;              // nothing can be won any more
  uint32_t least = 0;               // scores below are worth no proof
  bool prove_now = false;
};

// Seconds before the deadline at which the last proof begins, for proofs that take so long.
uint64_t proof_reserve(double proof_seconds);

ClaimDecision decide_claim(const ContestNow& contest, double proof_seconds);

}  // namespace sotto::contest
