// SPDX-License-Identifier: Apache-2.0
// The part of the verifier that knows the relations, shared with the prover (which needs c_op for the reduction).
#pragma once
#include <functional>

#include "claim/statement/closed_form.h"
#include "claim/verifier/verify.h"

namespace sotto::claim {

// The last identity of the main sumcheck: claim = known + <Prog, w_P> + rho <Z1, w_g>, where w_P has the coefficients c_op.
// The flags stay hidden because the identity is not opened term by term but becomes a claim of the reduction sumcheck.
struct DeferredCheck {
  Fr known;
  Fr c_op[sound::kOpCount];
};
// e: evaluations of all columns but kZ1 at u (statement/transcript.h), claims: of the weight column (closed_form.h).
DeferredCheck evaluate_relations(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, std::span<const Fr> e,
                                 const Fr& table_out, std::span<const Fr> claims);

// For tests that show what every term is for, and what every challenge depends on: verify() with none of it.
struct VerifierHooks {
  std::vector<Fr> frozen = {};                       // these challenges instead of the transcript's
  std::function<void(Challenges&)> challenges = {};  // edits them once they are drawn
  std::vector<Fr>* drawn = nullptr;                  // every challenge of the transcript, in order
};
Status verify_with(const VerifyingKey& key, const ClaimStatement& statement, ByteSpan proof, const VerifierHooks& hooks);

}  // namespace sotto::claim
