// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/transcript.h"

#include "base/keccak.h"
#include "claim/statement/closed_form.h"
#include "zk/commit/opening.h"

namespace sotto::claim {

Bytes transcript_statement(const ClaimStatement& s) {
  Bytes out;
  append(out, keccak256("SOTTO-PROOF-V1"));
  append(out, s.judge_id);
  append(out, claim_digest(s));
  append(out, word_from_u64(s.score));
  append(out, s.song_commitment);
  return out;
}

ProofSizes proof_sizes(const Shape& shape, const Layout& l) {
  ProofSizes p{};
  p.phase1 = 64 * kPhase1Count + 32;
  p.phase2 = 64 * kPhase2Count;
  p.main_round = 32 * kDegree;
  p.evaluations = 32 * (kEvaluatedColumns + 1 + claim_count(shape));
  p.reduction_round = 32 * 2;
  p.finals = 32 * 4;
  p.total = p.phase1 + p.phase2 + l.log_n * (p.main_round + p.reduction_round) + p.evaluations + p.finals +
            zk::kOpeningBytes;
  return p;
}

}  // namespace sotto::claim
