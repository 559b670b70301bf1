// SPDX-License-Identifier: Apache-2.0
// Rounds of a sumcheck in the transcript. A round polynomial travels as all its coefficients but the linear one, which
// follows from s(0) + s(1) = claim.
#pragma once
#include "zk/transcript/transcript.h"

namespace sotto::zk {

// Sends a round polynomial, given by its coefficients, and draws its challenge.
Fr send_round(ProverTranscript& transcript, std::span<const Fr> coefficients);

// The value at x of the round polynomial whose coefficients are `sent`, with the linear one from the claim.
Fr next_claim(std::span<const Fr> sent, const Fr& claim, const Fr& x);

// Reads `rounds` round polynomials of `sent` scalars each; appends the challenges to `point` and leaves the final
// claim. False: the proof ends too early or holds what is no scalar.
bool run_rounds(VerifierTranscript& transcript, unsigned rounds, unsigned sent, Fr& claim, Point& point);

}  // namespace sotto::zk
