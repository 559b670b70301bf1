// SPDX-License-Identifier: Apache-2.0
// One sumcheck for everything (docs/protocol.md): rounds of degree 6, masked by Libra's sum of univariates (eprint 2019/317, section 4.1).
#include "claim/prover/short_rounds.h"
#include "claim/prover/vm_rounds.h"

namespace sotto::claim {

namespace {

// rho 2^(n-1-i) [ sum_{j<i} g_j(u_j) + g_i(X) + 1/2 sum_{j>i} (g_j(0) + g_j(1)) ], with g_j of the variable that round
// j binds.
class MaskRounds {
 public:
  explicit MaskRounds(const ProverState& st) : st_(st), n_(st.layout().log_n) {
    for (unsigned i = 0; i < n_; i++) rest_ += both_ends(i);
    scale_ = st.challenges.rho * Fr(uint64_t{2}).pow(uint64_t{n_ - 1});
    half_ = Fr(uint64_t{2}).inverse();
  }
  void add_round(std::array<Fr, kDegree + 1>& coefficients) {
    rest_ -= both_ends(variable());
    for (unsigned e = 0; e <= kDegree; e++) coefficients[e] += scale_ * st_.mask_coefficient(variable(), e);
    coefficients[0] += scale_ * (done_ + half_ * rest_);
  }
  void bind(const Fr& x) {
    Fr v;
    for (unsigned e = kDegree + 1; e-- > 0;) v = v * x + st_.mask_coefficient(variable(), e);
    done_ += v;
    scale_ *= half_;
    round_++;
  }

 private:
  unsigned variable() const { return round_variable(st_.shape(), round_); }
  Fr both_ends(unsigned i) const {
    Fr v = st_.mask_coefficient(i, 0);
    for (unsigned e = 0; e <= kDegree; e++) v += st_.mask_coefficient(i, e);
    return v;
  }
  const ProverState& st_;
  unsigned n_, round_ = 0;
  Fr scale_, half_, done_, rest_;
};

}  // namespace

Point main_sumcheck(ProverState& st, zk::ProverTranscript& transcript, const std::function<bool(double)>& progress) {
  VmRounds machine(st);
  ShortRounds rest(st);
  MaskRounds mask(st);
  const unsigned n = st.layout().log_n;
  Point drawn;
  double work = 0;
  for (unsigned i = 0; i < n; i++) {
    RoundValues values{};
    machine.add_round(values);
    rest.add_round(values);
    auto c = round_coefficients(values);
    mask.add_round(c);
    transcript.send(c[0]);
    transcript.send(std::span<const Fr>(c).subspan(2));  // the linear coefficient follows from the claim
    transcript.seal();
    drawn.push_back(transcript.challenge());
    machine.bind(drawn.back());
    rest.bind(drawn.back());
    mask.bind(drawn.back());
    work += (1 - work) / 2;
    if (progress && !progress(work)) return {};
  }
  return point_of_rounds(st.shape(), drawn);
}

}  // namespace sotto::claim
