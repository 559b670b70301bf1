// SPDX-License-Identifier: Apache-2.0
// One sumcheck for everything (docs/protocol.md): rounds of degree 6, masked by Libra's sum of univariates (eprint 2019/317, section 4.1).
#include "claim/prover/short_rounds.h"
#include "claim/prover/vm_rounds.h"

namespace sotto::claim {

// Differences of order d are constant.
RoundValues extended(std::span<const Fr> values) {
  RoundValues out, difference{};  // of every order, at the point
  std::copy(values.begin(), values.end(), difference.begin());
  const size_t degree = values.size() - 1;
  for (size_t order = 1; order <= degree; order++)
    for (size_t i = degree; i >= order; i--) difference[i] -= difference[i - 1];
  for (Fr& v : out) {
    v = difference[0];
    for (size_t i = 0; i < degree; i++) difference[i] += difference[i + 1];
  }
  return out;
}

std::array<Fr, kDegree + 1> round_coefficients(const RoundValues& values) {
  // Divided differences on 0, 1, ..: b_i with p(X) = sum_i b_i X (X - 1) .. (X - i + 1).
  std::array<Fr, kDegree + 1> b = values;
  for (unsigned level = 1; level <= kDegree; level++) {
    static const auto inverses = [] {
      std::array<Fr, kDegree + 1> inv;
      for (unsigned i = 1; i <= kDegree; i++) inv[i] = Fr(uint64_t{i}).inverse();
      return inv;
    }();
    for (unsigned i = kDegree; i >= level; i--) b[i] = (b[i] - b[i - 1]) * inverses[level];
  }
  // Horner in the basis: p = b_0 + X (b_1 + (X - 1) (b_2 + ..)).
  std::array<Fr, kDegree + 1> c{};
  c[0] = b[kDegree];
  for (unsigned i = kDegree; i-- > 0;) {
    for (unsigned j = kDegree; j > 0; j--) c[j] = c[j - 1] - Fr(uint64_t{i}) * c[j];
    c[0] = b[i] - Fr(uint64_t{i}) * c[0];
  }
  return c;
}

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
