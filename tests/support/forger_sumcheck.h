// SPDX-License-Identifier: Apache-2.0
// The main sumcheck of the attacker: the statement's polynomial on full tables, one pair of rows at a time. Inside, rows are in the
// order of the rounds: round i binds the lowest variable that is left.
#pragma once
#include "claim/prover/round_values.h"
#include "claim/prover/weights.h"
#include "support/forger_tables.h"

namespace sotto::forge {

class Sumcheck {
 public:
  Sumcheck(const ProvingKey& key, const Tables& tables, const Challenges& c)
      : s_(key.shape), l_(key.layout), c_(c), lookup_(c.lookup()), columns_(tables) {
    limb_ = Fr(uint64_t{1} << s_.limb_bits);
    range_ = limb_ * limb_;
    add_machine_weights(claim::vm_weights(key, c));
    claim::ShortWeights w = claim::short_weights(key, c);
    std::vector<Fr>* lists[] = {&w.log, &w.conv, &w.score, &w.tables, &w.song, &w.boolean, &w.forward, &w.d, &w.d_squared, &w.e, &w.in,
                                &w.out, &w.q0, &w.q1, &w.out_squared, &w.helpers, &w.ht, &w.program, &w.v1, &w.v2, &w.v1v2};
    for (unsigned i = 0; i < std::size(lists); i++) weights_[wLog + i] = std::move(*lists[i]);
    weights_[wFingerprint] = claim::table_fingerprints(key, c);
    weights_[wSongIndex].assign(l_.rows(), Fr::zero());
    for (unsigned i = 0; i < 1u << s_.limb_bits; i++)
      weights_[wSongIndex][claim::song_table_row(l_, i)] = Fr(uint64_t{claim::kTableSong}) + c.beta * Fr(uint64_t{i});
    for (Table& t : weights_) t.resize(l_.rows()), in_order_of_rounds(t);
    for (Table& t : columns_) in_order_of_rounds(t);
    for (unsigned op = 0; op < sound::kOpCount; op++)
      for (unsigned k = 0; k < s_.slots(); k++) flags_[op].push_back(tables[claim::kProg][claim::flag_row(s_, op, k)]);
    for (unsigned i = 0; i < l_.log_n; i++)
      for (unsigned e = 0; e <= claim::kDegree; e++) {
        const unsigned variable = round_variable(s_, i);
        mask_.push_back(tables[claim::kZ1][claim::mask_row(variable, e, 0)] + tables[claim::kZ1][claim::mask_row(variable, e, 1)]);
      }
  }

  // attack: may change a round's coefficients; sent: told what was sent and the challenge.
  template <class Attack, class Sent>
  Point run(zk::ProverTranscript& t, Attack&& attack, Sent&& sent) {
    Point u;
    Fr mask_done;
    for (unsigned i = 0; i < l_.log_n; i++) {
      std::array<Fr, claim::kDegree + 1> coefficients = zk::coefficients_of(round_values(i));
      add_mask(i, mask_done, coefficients);
      attack(i, coefficients);
      t.send(coefficients[0]);
      t.send(std::span<const Fr>(coefficients).subspan(2));
      t.seal();
      u.push_back(t.challenge());
      sent(coefficients, u.back());
      bind(i, u.back());
      mask_done += mask_value(i, u.back());
    }
    return point_of_rounds(s_, u);
  }

  // Every column but Z1 at u, after run().
  std::vector<Fr> evaluations() const {
    std::vector<Fr> e;
    for (unsigned c = 0; c < kColumnCount; c++)
      if (c != claim::kZ1) e.push_back(columns_[c][0]);
    return e;
  }

 private:
  enum Weight : unsigned {
    wVm, wOperand, wRegister, wLogUp, wSample,
    wLog, wConv, wScore, wTables, wSong, wBoolean, wForward, wD, wDSquared, wE, wIn, wOut, wQ0, wQ1, wOutSquared, wHelpers, wHT, wProgram, wV1, wV2, wV1V2,
    wFingerprint, wSongIndex, wCount
  };
  // One row, or a point between two.
  struct Row {
    Fr col[kColumnCount], w[wCount], flag[sound::kOpCount];
  };

  void in_order_of_rounds(Table& t) const {
    Table out(t.size());
    for (uint64_t at = 0; at < out.size(); at++) out[at] = t[machine_row(s_, at >> s_.sample_bits, at & ((uint64_t{1} << s_.sample_bits) - 1))];
    t = std::move(out);
  }
  void add_machine_weights(const claim::VmWeights& v) {
    for (unsigned i = wVm; i <= wSample; i++) weights_[i].assign(l_.rows(), Fr::zero());
    for (uint64_t k = 0; k < s_.slots(); k++)
      for (uint64_t t = 0; t < s_.samples; t++) {
        const uint64_t x = machine_row(s_, k, t);
        weights_[wVm][x] = v.eq_t[t] * v.eq_k[k];
        weights_[wOperand][x] = v.operand_t[t] * v.operand_k[k];
        weights_[wRegister][x] = v.operand_t[t] * v.register_k[k];
        weights_[wLogUp][x] = c_.alpha[claim::kRelLogUp];
        if (k + 1 == s_.slots()) weights_[wSample][x] = v.sample_t[t];
      }
  }

  Fr machine(const Row& r) const {
    using namespace claim;
    auto col = [&](unsigned c) -> const Fr& { return r.col[c]; };
    const Words<Fr> w = words(limb_, range_, col);
    const Constants<Fr> k{Fr::one(), range_ * range_};
    const Fr* alpha = c_.alpha.data();
    const VmDenominators<Fr> q = vm_denominators(lookup_, limb_, col);
    Fr sum;
    for (unsigned op = 0; op < sound::kOpCount; op++) {
      if (r.flag[op].is_zero()) continue;
      Fr v = op_sum(static_cast<Op>(op), w, k, alpha);
      if (op == static_cast<unsigned>(Op::kLookup)) v += alpha[kTermLookup] * (col(kHL) * q.song - k.one - col(kHL));
      if (op == static_cast<unsigned>(Op::kSine)) v += alpha[kTermLookup] * (col(kHL) * q.sine - k.one - col(kHL));
      sum += r.flag[op] * v;
    }
    sum += alpha[kTermH1] * helper4(col(kH1), q.a, q.b1, q.b2, q.c) + alpha[kTermH2] * helper4(col(kH2), q.w[0], q.w[1], q.w[2], q.w[3]);
    sum += alpha[kTermLookup] * col(kHL) + alpha[kTermCarry] * col(kCy) * (col(kCy) - k.one) + alpha[kTermZero] * col(kZ) * (col(kZ) - k.one);
    sum *= r.w[wVm];
    sum += r.w[wOperand] * (c_.chi[0] * w.a + c_.chi[1] * w.b + c_.chi[2] * w.c) + r.w[wRegister] * w.out;
    return sum + r.w[wLogUp] * (col(kH1) + col(kH2) + col(kHL)) + r.w[wSample] * col(kA0);
  }

  Fr judge(const Row& r) const {
    using namespace claim;
    auto col = [&](unsigned c) -> const Fr& { return r.col[c]; };
    const Fr one = Fr::one(), half = Fr(uint64_t{1} << (s_.range_bits() - 1)), *alpha = c_.alpha.data();
    const JudgeDenominators<Fr> q = judge_denominators(lookup_, col);
    Fr v = r.w[wLog] * (alpha[kTermLog] * log_constraint(one, half, range_, col) + alpha[kTermLogTables] * helper2(col(kHF), q.log, q.exponent));
    v += (r.w[wLog] + r.w[wConv] + r.w[wScore]) * alpha[kTermRange] * helper4(col(kHJ), q.range[0], q.range[1], q.range[2], q.range[3]);
    v += r.w[wConv] * alpha[kTermAct] * helper1(col(kHF), q.act, one) + r.w[wScore] * alpha[kTermScoreTable] * helper1(col(kHF), q.score, one);
    v += r.w[wE] * col(kE) + r.w[wIn] * col(kIn) + (r.w[wOut] + r.w[wOutSquared] * col(kOut)) * col(kOut) + r.w[wQ0] * col(kQ0) + r.w[wQ1] * col(kQ1);
    return v + r.w[wHelpers] * (col(kHJ) + col(kHF)) + (r.w[wD] + r.w[wDSquared] * col(kD)) * col(kD);
  }

  Fr tables_and_song(const Row& r) const {
    using namespace claim;
    const Fr *alpha = c_.alpha.data(), &ht = r.col[kHT], &m = r.col[kM], &p = r.col[kProg];
    Fr v = r.w[wTables] * alpha[kTermTables] * (ht * (c_.gamma + r.w[wFingerprint]) - m) + r.w[wHT] * ht;
    v += r.w[wSong] * alpha[kTermSongTable] * (ht * (c_.gamma + r.w[wSongIndex] + c_.beta * c_.beta * p) - m);
    v += r.w[wBoolean] * alpha[kTermBoolean] * p * (p - Fr::one()) + (r.w[wForward] * alpha[kTermForward] + r.w[wProgram]) * p;
    return v + r.w[wV1] * r.col[kV1] + r.w[wV2] * r.col[kV2] + r.w[wV1V2] * r.col[kV1] * r.col[kV2];
  }

  Row load(unsigned round, uint64_t x) const {
    Row r;
    for (unsigned c = 0; c < kColumnCount; c++) r.col[c] = columns_[c][x];
    for (unsigned w = 0; w < wCount; w++) r.w[w] = weights_[w][x];
    const uint64_t k = round < s_.sample_bits ? x >> (s_.sample_bits - round) : x;
    for (unsigned op = 0; op < sound::kOpCount; op++) r.flag[op] = flags_[op][k];
    return r;
  }

  claim::RoundValues round_values(unsigned round) const {
    claim::RoundValues values{};
    const uint64_t rows = columns_[0].size();
    auto any = [&](uint64_t x, unsigned first, unsigned last) {
      for (unsigned w = first; w <= last; w++)
        if (!weights_[w][x].is_zero() || !weights_[w][x + 1].is_zero()) return true;
      return false;
    };
    for (uint64_t x = 0; x < rows; x += 2) {
      const bool vm = any(x, wVm, wSample), ears = any(x, wLog, wScore) || any(x, wD, wHelpers), song = any(x, wTables, wForward) || any(x, wHT, wV1V2);
      if (!vm && !ears && !song) continue;
      Row r = load(round, x), step = load(round, x + 1);
      for (unsigned i = 0; i < kColumnCount; i++) step.col[i] -= r.col[i];
      for (unsigned i = 0; i < wCount; i++) step.w[i] -= r.w[i];
      for (unsigned i = 0; i < sound::kOpCount; i++) step.flag[i] -= r.flag[i];
      for (unsigned at = 0; at <= claim::kDegree; at++) {
        if (vm) values[at] += machine(r);
        if (ears) values[at] += judge(r);
        if (song) values[at] += tables_and_song(r);
        for (unsigned i = 0; i < kColumnCount; i++) r.col[i] += step.col[i];
        for (unsigned i = 0; i < wCount; i++) r.w[i] += step.w[i];
        for (unsigned i = 0; i < sound::kOpCount; i++) r.flag[i] += step.flag[i];
      }
    }
    return values;
  }

  void bind(unsigned round, const Fr& x) {
    for (Table& t : columns_) zk::bind_lowest(t, x);
    for (Table& t : weights_) zk::bind_lowest(t, x);
    if (round >= s_.sample_bits)
      for (Table& t : flags_) zk::bind_lowest(t, x);
  }

  Fr mask_value(unsigned i, const Fr& x) const { return zk::horner(std::span(mask_).subspan(i * (claim::kDegree + 1), claim::kDegree + 1), x); }
  // sum over the variables after `round` of sum_j g_j: 2^(n-1-i) (done + g_i(X) + 1/2 sum_{j>i} (g_j(0) + g_j(1))).
  void add_mask(unsigned round, const Fr& done, std::array<Fr, claim::kDegree + 1>& coefficients) const {
    const Fr half = Fr(uint64_t{2}).inverse(), scale = c_.rho * Fr(uint64_t{2}).pow(uint64_t{l_.log_n - 1 - round});
    Fr rest;
    for (unsigned j = round + 1; j < l_.log_n; j++) rest += mask_value(j, Fr::zero()) + mask_value(j, Fr::one());
    coefficients[0] += scale * (done + half * rest);
    for (unsigned e = 0; e <= claim::kDegree; e++) coefficients[e] += scale * mask_[round * (claim::kDegree + 1) + e];
  }

  const claim::Shape& s_;
  const claim::Layout& l_;
  const Challenges& c_;
  claim::LookupChallenges<Fr> lookup_;
  Fr limb_, range_;
  Tables columns_;
  std::array<Table, wCount> weights_;
  std::array<Table, sound::kOpCount> flags_;
  std::vector<Fr> mask_;
};

}  // namespace sotto::forge
