// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/claim_policy.h"

#include <algorithm>
#include <cmath>

namespace sotto::contest {

// One attempt that fails, one that works on a busier machine, and a minute and a half for the chain.
uint64_t proof_reserve(double proof_seconds) {
  return static_cast<uint64_t>(std::ceil(3 * std::max(0.0, proof_seconds))) + 90;
}

ClaimDecision decide_claim(const ContestNow& c, double proof_seconds) {
  if (c.status != PrizeStatus::kOpen) return {true, UINT32_MAX, false};
  // After the deadline a first-to-target contest still pays until refunds are opened; a best-by-deadline contest does not.
  if (c.mode == PrizeMode::kFirstToTarget) return {false, c.target, true};
  if (c.now > c.deadline) return {true, UINT32_MAX, false};
  const uint32_t beat = c.best == 0 ? 0 : c.best + std::max(1u, c.min_increment);
  return {false, std::max(c.target, beat), c.deadline - c.now <= proof_reserve(proof_seconds)};
}

}  // namespace sotto::contest
