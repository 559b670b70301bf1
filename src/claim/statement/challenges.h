// SPDX-License-Identifier: Apache-2.0
// The verifier's random choices, in the order in which they are drawn. One fresh point per axis (protocol review S8).
#pragma once
#include "claim/statement/relations.h"
#include "zk/poly/multilinear.h"

namespace sotto::claim {

using zk::Fr;
using zk::Point;
using zk::PointSpan;

struct Challenges {
  // after the phase-1 commitments
  Fr gamma, beta;
  Point rk, rt;         // slot, sample
  Fr chi[3];            // operands a, b, c
  Point dft_i, dft_c;   // frame, channel
  Point mel_i, mel_b;   // frame, band
  std::vector<Point> conv_i, conv_c;
  // after the phase-2 commitments
  Point s;              // source
  Point alpha;          // powers, term_count of them
  Point tau;            // row
  Fr rho;

  LookupChallenges<Fr> lookup() const {
    LookupChallenges<Fr> l;
    l.gamma = gamma;
    Fr power = beta;
    for (Fr& b : l.beta) b = power, power *= beta;
    for (unsigned id = 0; id < kTableIdEnd; id++) l.base[id] = gamma + Fr(uint64_t{id});
    return l;
  }
};

template <class Transcript>
void draw_phase1(Transcript& t, const Shape& s, Challenges& c) {
  c.gamma = t.challenge();
  c.beta = t.challenge();
  c.rk = t.challenges(s.slot_bits);
  c.rt = t.challenges(s.sample_bits);
  for (Fr& x : c.chi) x = t.challenge();
  c.dft_i = t.challenges(s.frame_bits);
  c.dft_c = t.challenges(s.dft_bits);
  c.mel_i = t.challenges(s.frame_bits);
  c.mel_b = t.challenges(s.band_bits);
  for (const ConvShape& layer : s.conv) {
    c.conv_i.push_back(t.challenges(layer.out_frame_bits));
    c.conv_c.push_back(t.challenges(layer.out_channel_bits));
  }
}

template <class Transcript>
void draw_phase2(Transcript& t, const Shape& s, const Layout& l, Challenges& c) {
  c.s = t.challenges(s.source_bits);
  const Fr alpha = t.challenge();
  c.alpha.assign(term_count(s), Fr::one());
  for (size_t i = 1; i < c.alpha.size(); i++) c.alpha[i] = c.alpha[i - 1] * alpha;
  c.tau = t.challenges(l.log_n);
  c.rho = t.challenge();
}

}  // namespace sotto::claim
