// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/weights.h"

#include "base/parallel.h"
#include "claim/statement/closed_form.h"

namespace sotto::claim {
namespace {

using zk::eq_table;
using zk::eq_table_start;
using zk::eq_zero;

// W_d(lo, r_c) = sum_c eq(c, r_c) w[d][lo][c] from the weight column, for both d: index lo + size * d.
std::vector<Fr> fold_outputs(const std::vector<Fr>& weights, const Block& block, PointSpan r_c) {
  const std::vector<Fr> e = eq_table(r_c);
  std::vector<Fr> out((uint64_t{1} << block.bits) / e.size());
  parallel_for(out.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++)
      for (size_t c = 0; c < e.size(); c++)
        if (const Fr& w = weights[block.base + i * e.size() + c]; !w.is_zero()) out[i] += w * e[c];
  }, 16);
  return out;
}

// Transposed window: in[hi * inner + lo] += sum_d [hi = i + d] eq(i, r_i) folded[d * inner + lo], i < frames.
void add_window(std::vector<Fr>& in, uint64_t base, const std::vector<Fr>& folded, PointSpan r_i, uint64_t frames, const Fr& scale) {
  const std::vector<Fr> e = eq_table(r_i, scale);
  const uint64_t inner = folded.size() / 2;
  for (uint64_t i = 0; i < frames; i++)
    for (uint64_t d = 0; d < 2; d++)
      for (uint64_t lo = 0; lo < inner; lo++)
        if (!folded[d * inner + lo].is_zero()) in[base + (i + d) * inner + lo] += e[i] * folded[d * inner + lo];
}

// out[base + (i << bits | c)] += scale eq(i, r_i) eq(c, r_c) for c < channels, i < frames.
void add_tensor(std::vector<Fr>& out, uint64_t base, unsigned bits, uint64_t channels, uint64_t frames, PointSpan r_c, PointSpan r_i, const Fr& scale) {
  const std::vector<Fr> ec = eq_table(r_c), ei = eq_table(r_i, scale);
  for (uint64_t i = 0; i < frames; i++)
    for (uint64_t c = 0; c < channels; c++) out[base + (i << bits | c)] += ei[i] * ec[c];
}

void judge_regions(const ProvingKey& key, const Challenges& c, ShortWeights& w) {
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  const std::vector<Fr> e = eq_table_start(c.tau, l.judge_rows);
  for (auto* v : {&w.log, &w.conv, &w.score, &w.helpers}) v->assign(l.judge_rows, Fr::zero());
  auto mark = [&](std::vector<Fr>& region, uint64_t row) {
    region[row] = e[row];
    w.helpers[row] = c.alpha[kRelLogUp];
  };
  for (uint64_t i = 0; i < s.frames; i++)
    for (uint64_t b = 0; b < s.bands; b++) mark(w.log, l.log_rows.base + (i << s.band_bits | b));
  for (size_t layer = 0; layer < s.conv.size(); layer++)
    for (uint64_t i = 0; i < s.conv[layer].out_frames; i++)
      for (uint64_t k = 0; k < s.conv[layer].out_channels; k++) mark(w.conv, l.conv[layer].rows.base + (i << s.conv[layer].out_channel_bits | k));
  mark(w.score, l.score_row);
}

void table_regions(const ProvingKey& key, const Challenges& c, ShortWeights& w) {
  const Layout& l = key.layout;
  const std::vector<Fr> e = eq_table_start(c.tau, l.tables_end);
  for (auto* v : {&w.tables, &w.ht}) v->assign(l.tables_end, Fr::zero());
  w.song.assign(l.program_rows(), Fr::zero());
  for (uint64_t x = l.tables_at; x < l.tables_end; x++) w.tables[x] = e[x], w.ht[x] = -c.alpha[kRelLogUp];
  for (unsigned i = 0; i < 1u << key.shape.limb_bits; i++) {
    const uint64_t x = song_table_row(l, i);
    w.song[x] = e[x], w.ht[x] = -c.alpha[kRelLogUp];
  }
}

void program_weights(const ProvingKey& key, const Challenges& c, ShortWeights& w) {
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  const std::vector<Fr> e = eq_table_start(c.tau, l.program_rows()), ek = eq_table(c.rk), ej = eq_table(c.s);
  for (auto* v : {&w.boolean, &w.forward, &w.program}) v->assign(l.program_rows(), Fr::zero());
  const Fr theta = zk::indicator(c.rt, s.samples);
  for (unsigned k = 0; k < s.slots(); k++) {
    for (unsigned op = 0; op < 32; op++) {
      const uint64_t x = flag_row(s, op, k);
      w.boolean[x] = e[x];
      if (op < sound::kOpCount) w.program[x] = c.alpha[kRelFlags] * ek[k];
    }
    for (unsigned operand = 0; operand < 3; operand++)
      for (unsigned j = 0; j < s.sources(); j++) {
        const uint64_t x = selector_row(s, l, operand, j, k);
        w.boolean[x] = e[x];
        if (j >= k && j < s.slots()) w.forward[x] = e[x];
        w.program[x] = ek[k] * (c.alpha[kRelSelectA + operand] - c.alpha[kRelV1] * c.chi[operand] * ej[j]);
      }
  }
  for (unsigned j = s.first_constant(); j < s.sources(); j++) w.program[constant_row(l, j)] = -c.alpha[kRelV2] * theta * ej[j];
  w.v1 = w.v2 = ej;
  for (Fr& x : w.v1) x *= c.alpha[kRelV1];
  for (Fr& x : w.v2) x *= c.alpha[kRelV2];
  w.v1v2.assign(s.sources(), -c.alpha[kRelOperands]);
}

void judge_relations(const ProvingKey& key, const Challenges& c, ShortWeights& w) {
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  for (auto* v : {&w.d, &w.d_squared}) v->assign(l.dft_rows.end(), Fr::zero());
  for (auto* v : {&w.e, &w.in, &w.out, &w.q0, &w.q1, &w.out_squared}) v->assign(l.judge_rows, Fr::zero());
  const uint64_t channels = uint64_t{1} << s.dft_bits;
  add_tensor(w.d, l.dft_rows.base, s.dft_bits, channels, s.frames, c.dft_c, c.dft_i, c.alpha[kRelDft]);
  add_tensor(w.d, l.log_rows.base, s.band_bits, s.bands, s.frames, c.mel_b, c.mel_i, c.alpha[kRelMel]);
  const std::vector<Fr> mel = fold_outputs(key.weights, l.mel_weights, c.mel_b), ei = eq_table(c.mel_i, -c.alpha[kRelMel]);
  for (uint64_t i = 0; i < s.frames; i++)
    for (uint64_t k = 0; k < channels; k++) w.d_squared[l.dft_rows.base + (i << s.dft_bits | k)] = ei[i] * mel[k / 2];

  const Fr range = Fr(uint64_t{1} << s.range_bits());
  Block input = l.log_rows;
  for (size_t i = 0; i < s.conv.size(); i++) {
    const ConvShape& layer = s.conv[i];
    const uint64_t base = l.conv[i].rows.base;
    add_tensor(w.in, base, layer.out_channel_bits, layer.out_channels, layer.out_frames, c.conv_c[i], c.conv_i[i], c.alpha[kRelConv + i] * range);
    add_tensor(w.q0, base, layer.out_channel_bits, layer.out_channels, layer.out_frames, c.conv_c[i], c.conv_i[i], c.alpha[kRelConv + i]);
    const std::vector<Fr> folded = fold_outputs(key.weights, l.conv[i].weights, c.conv_c[i]);
    add_window(w.out, input.base, folded, c.conv_i[i], layer.out_frames, -c.alpha[kRelConv + i]);
    if (i == 0) add_window(w.e, input.base, folded, c.conv_i[i], layer.out_frames, -c.alpha[kRelConv] * Fr(uint64_t{s.log_step}));
    input = l.conv[i].rows;
  }
  const ConvShape& last = s.conv.back();
  const Fr alpha = c.alpha[kRelHead];
  for (uint64_t i = 0; i < last.out_frames; i++)
    for (uint64_t k = 0; k < last.out_channels; k++) {
      const uint64_t x = input.base + (i << last.out_channel_bits | k);
      w.out[x] -= alpha * key.weights[l.head_mean.base + k];
      w.out_squared[x] -= alpha * key.weights[l.head_square.base + k];
    }
  w.in[l.score_row] += alpha * range * range;
  w.q0[l.score_row] += alpha;
  w.q1[l.score_row] += alpha * range;
  w.out[l.score_row] += c.alpha[kRelScore];
}

}  // namespace

VmWeights vm_weights(const ProvingKey& key, const Challenges& c) {
  const Shape& s = key.shape;
  VmWeights w;
  const PointSpan source(c.s);
  w.eq_t = eq_table(VmPoint(s, c.tau).t);
  w.eq_k = eq_table(VmPoint(s, c.tau).k);
  w.operand_t = eq_table(c.rt);
  w.operand_k = eq_table(c.rk, c.alpha[kRelOperands]);
  w.register_k = eq_table(source.first(s.slot_bits), -c.alpha[kRelV2] * eq_zero(source.subspan(s.slot_bits)));
  for (auto* v : {&w.eq_t, &w.operand_t}) v->resize(s.samples);
  w.sample_t.assign(s.samples, Fr::zero());
  add_window(w.sample_t, 0, fold_outputs(key.weights, key.layout.dft_weights, c.dft_c), c.dft_i, s.frames, -c.alpha[kRelDft]);
  return w;
}

ShortWeights short_weights(const ProvingKey& key, const Challenges& c) {
  ShortWeights w;
  judge_regions(key, c, w);
  table_regions(key, c, w);
  program_weights(key, c, w);
  judge_relations(key, c, w);
  return w;
}

std::vector<Fr> table_fingerprints(const ProvingKey& key, const Challenges& c) {
  const Shape& s = key.shape;
  const Layout& l = key.layout;
  const LookupChallenges<Fr> ch = c.lookup();
  const Fr* beta = ch.beta;
  const uint64_t block = uint64_t{1} << s.range_bits(), limb = uint64_t{1} << s.limb_bits, top = limb / 2;
  std::vector<Fr> t(l.tables_at + (Layout::kBlockLog + 1) * block);
  auto id = [](TableId table) { return Fr(uint64_t{table}); };
  for (uint64_t index = 0; index < block; index++) {
    const uint64_t x = index & (limb - 1), y = index >> s.limb_bits;
    const Fr operands = beta[0] * Fr(x) + beta[1] * Fr(y) + beta[2] * Fr(x & y), at = beta[0] * Fr(index);
    auto row = [&](unsigned b) -> Fr& { return t[l.tables_at + b * block + index]; };
    auto out = [&](unsigned b) { return beta[1] * key.table_out[l.tables_at + b * block + index]; };
    row(Layout::kBlockA) = id(kTableA) + operands + beta[3] * Fr(uint64_t{1} << (y & (s.word_bits() - 1)));
    row(Layout::kBlockB) = id(kTableB) + operands;
    row(Layout::kBlockC) = id(kTableC) + operands + beta[3] * Fr(uint64_t{x >= top}) + beta[4] * Fr(uint64_t{y >= top});
    row(Layout::kBlockRange) = id(kTableRange) + at;
    row(Layout::kBlockAct) = id(kTableAct) + at + out(Layout::kBlockAct);
    row(Layout::kBlockScore) = id(kTableScore) + at + out(Layout::kBlockScore);
    row(Layout::kBlockSine) = id(kTableSine) + at + out(Layout::kBlockSine);
    if (index < block / 2) row(Layout::kBlockLog) = id(kTableLog) + at + out(Layout::kBlockLog);
  }
  const uint64_t exponents = l.tables_at + Layout::kBlockLog * block + block / 2;
  for (uint64_t e = 0; e < block / 2; e++) {
    t[exponents + e] = id(kTableExponent) + beta[0] * Fr(e);
    if (e < s.exponents()) t[exponents + e] += beta[1] * key.table_out[exponents + e];
  }
  return t;
}

}  // namespace sotto::claim
