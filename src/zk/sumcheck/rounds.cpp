// SPDX-License-Identifier: Apache-2.0
#include "zk/sumcheck/rounds.h"

namespace sotto::zk {

Fr send_round(ProverTranscript& t, std::span<const Fr> coefficients) {
  t.send(coefficients[0]);
  t.send(coefficients.subspan(2));
  t.seal();
  return t.challenge();
}

Fr next_claim(std::span<const Fr> sent, const Fr& claim, const Fr& x) {
  Fr linear = claim - sent[0] - sent[0];
  for (size_t i = 1; i < sent.size(); i++) linear -= sent[i];
  Fr v;
  for (size_t i = sent.size(); i-- > 1;) v = v * x + sent[i];
  return (v * x + linear) * x + sent[0];
}

bool run_rounds(VerifierTranscript& t, unsigned rounds, unsigned sent, Fr& claim, Point& point) {
  for (unsigned i = 0; i < rounds; i++) {
    std::vector<Fr> c;
    if (!t.open_slice(32 * sent) || !t.next_scalars(sent, c)) return false;
    point.push_back(t.challenge());
    claim = next_claim(c, claim, point.back());
  }
  return true;
}

}  // namespace sotto::zk
