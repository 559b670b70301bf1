// SPDX-License-Identifier: Apache-2.0
// One sumcheck for everything (docs/protocol.md): rounds of degree 6, masked by Libra's sum of univariates (eprint 2019/317, section 4.1).
#include "claim/prover/short_rounds.h"
#include "claim/prover/vm_rounds.h"
#include "zk/sumcheck/rounds.h"

namespace sotto::claim {

Point main_sumcheck(ProverState& st, zk::ProverTranscript& transcript, const std::function<bool(double)>& progress) {
  VmRounds machine(st);
  ShortRounds rest(st);
  const Shape& s = st.shape();
  zk::LibraRounds mask(st.sumcheck_mask(), st.challenges.rho, [&](unsigned round) { return round_variable(s, round); });
  const unsigned n = st.layout().log_n;
  Point drawn;
  double work = 0;
  for (unsigned i = 0; i < n; i++) {
    RoundValues values{};
    machine.add_round(values);
    rest.add_round(values);
    auto c = zk::coefficients_of(values);
    mask.add_round(c);
    drawn.push_back(zk::send_round(transcript, c));
    machine.bind(drawn.back());
    rest.bind(drawn.back());
    mask.bind(drawn.back());
    work += (1 - work) / 2;
    if (progress && !progress(work)) return {};
  }
  return point_of_rounds(s, drawn);
}

}  // namespace sotto::claim
