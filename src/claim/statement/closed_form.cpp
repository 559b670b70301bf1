// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/closed_form.h"

#include <bit>

namespace sotto::claim {
namespace {

using zk::eq;
using zk::eq_index;
using zk::eq_truncated;
using zk::eq_zero;
using zk::indicator;
using zk::shift_eq;

// eq with the block's base in the variables above the block.
Fr block_at(const Block& b, PointSpan u) { return eq_index(u.subspan(b.bits), b.base >> b.bits); }

Fr power_of_two(unsigned e) { return Fr(uint64_t{2}).pow(uint64_t{e}); }

// A tensor block: channels in the low variables, frames above.
struct TensorPoint {
  PointSpan c, i;
  Fr base;
  TensorPoint(const Block& b, unsigned channel_bits, PointSpan u)
      : c(u.first(channel_bits)), i(u.subspan(channel_bits, b.bits - channel_bits)), base(block_at(b, u)) {}
};

// eq(., tau) on channel < channels, frame < frames of a block.
Fr tensor_region(const Block& b, unsigned channel_bits, uint64_t channels, uint64_t frames, PointSpan tau, PointSpan u) {
  const TensorPoint p(b, channel_bits, u), q(b, channel_bits, tau);
  return p.base * q.base * eq_truncated(p.c, q.c, channels) * eq_truncated(p.i, q.i, frames);
}
Fr tensor_indicator(const Block& b, unsigned channel_bits, uint64_t channels, uint64_t frames, PointSpan u) {
  const TensorPoint p(b, channel_bits, u);
  return p.base * indicator(p.c, channels) * indicator(p.i, frames);
}

// Index v of the program column: row 2v.
struct ProgramPoint {
  Fr even;
  PointSpan v;
  explicit ProgramPoint(PointSpan u) : even(Fr::one() - u[0]), v(u.subspan(1)) {}
  PointSpan k(const Shape& s) const { return v.first(s.slot_bits); }
  PointSpan j(const Shape& s) const { return v.subspan(s.slot_bits, s.source_bits); }
  // Variables above the block of J * K entries: block number.
  PointSpan block(const Shape& s) const { return v.subspan(s.slot_bits + s.source_bits); }
  Fr song_table(const Shape& s, const Layout& l) const { return eq_index(v.subspan(s.limb_bits), l.song_table_at >> s.limb_bits); }
};

Fr song_region(const Shape& s, const Layout& l, PointSpan u) { return ProgramPoint(u).even * ProgramPoint(u).song_table(s, l); }

unsigned flag_bits(const Shape& s) { return s.slot_bits + 5; }

void add_operand_weights(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, Weights& w) {
  const VmPoint p(s, u);
  const Fr et = eq_truncated(p.t, c.rt, s.samples), e = et * eq(p.k, c.rk);
  const Fr limb = power_of_two(s.limb_bits);
  Fr scale = c.alpha[kRelOperands] * e;
  w.linear[kC] += scale * c.chi[2];
  for (unsigned i = 0; i < 4; i++, scale *= limb) {
    w.linear[kA0 + i] += scale * c.chi[0];
    w.linear[kB0 + i] += scale * c.chi[1];
  }
  const PointSpan sk = PointSpan(c.s).first(s.slot_bits), sj = PointSpan(c.s).subspan(s.slot_bits);
  w.linear[kR] -= c.alpha[kRelV2] * et * eq(p.k, sk) * eq_zero(sj);

  const Fr folded = eq_zero(u.subspan(s.source_bits)), es = folded * eq(u.first(s.source_bits), c.s);
  w.v1v2 -= c.alpha[kRelOperands] * folded;
  w.linear[kV1] += c.alpha[kRelV1] * es;
  w.linear[kV2] += c.alpha[kRelV2] * es;

  const ProgramPoint q(u);
  const Fr ek = eq(q.k(s), c.rk), ej = eq(q.j(s), c.s);
  Fr program;
  for (unsigned x = 0; x < 3; x++)
    program += eq_index(q.block(s), 1 + x) * ek * (c.alpha[kRelSelectA + x] - c.alpha[kRelV1] * c.chi[x] * ej);
  program += c.alpha[kRelFlags] * ek * indicator(q.v.subspan(s.slot_bits, 5), sound::kOpCount) * eq_zero(q.v.subspan(flag_bits(s)));
  const PointSpan source = q.v.first(s.source_bits);  // constants_at is a multiple of J
  const Fr constants = eq_index(q.v.subspan(s.source_bits), l.constants_at >> s.source_bits) *
                       (eq(source, c.s) - eq_truncated(source, c.s, s.first_constant()));
  program -= c.alpha[kRelV2] * indicator(c.rt, s.samples) * constants;
  w.linear[kProg] += program * q.even;
}

void add_logup_weights(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, Weights& w) {
  const Fr alpha = c.alpha[kRelLogUp];
  const VmPoint p(s, u);
  const Fr vm = indicator(p.t, s.samples);
  for (unsigned h : {kH1, kH2, kHL}) w.linear[h] += alpha * vm;
  Fr judge = eq_index(u, l.score_row) + tensor_indicator(l.log_rows, s.band_bits, s.bands, s.frames, u);
  for (size_t i = 0; i < s.conv.size(); i++)
    judge += tensor_indicator(l.conv[i].rows, s.conv[i].out_channel_bits, s.conv[i].out_channels, s.conv[i].out_frames, u);
  w.linear[kHJ] += alpha * judge;
  w.linear[kHF] += alpha * judge;
  w.linear[kHT] -= alpha * (indicator(u, l.tables_end) - indicator(u, l.tables_at) + song_region(s, l, u));
}

// The two-block window of the spectrum and of every layer: sum_d S_d(u_hi) W_d, where W_d is the claimed evaluation.
Fr window(PointSpan block_index, PointSpan frame, uint64_t frames, const Fr* claims) {
  return shift_eq(block_index, frame, frames, 0) * claims[0] + shift_eq(block_index, frame, frames, 1) * claims[1];
}

void add_judge_weights(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, std::span<const Fr> claims, Weights& w) {
  const TensorPoint spectrum(l.dft_rows, s.dft_bits, u), logs(l.log_rows, s.band_bits, u);
  w.linear[kD] += c.alpha[kRelDft] * spectrum.base * eq_truncated(spectrum.i, c.dft_i, s.frames) * eq(spectrum.c, c.dft_c);
  const VmPoint vm(s, u);
  w.linear[kA0] -= c.alpha[kRelDft] * eq_index(vm.k, s.slots() - 1) *
                   window(vm.t.subspan(s.hop_bits), c.dft_i, s.frames, &claims[kClaimDft0]);
  w.linear[kD] += c.alpha[kRelMel] * logs.base * eq_truncated(logs.i, c.mel_i, s.frames) * eq_truncated(logs.c, c.mel_b, s.bands);
  w.d_squared -= c.alpha[kRelMel] * spectrum.base * eq_truncated(spectrum.i, c.mel_i, s.frames) * claims[kClaimMel];

  const Fr range = power_of_two(s.range_bits());
  Block input = l.log_rows;
  for (size_t i = 0; i < s.conv.size(); i++) {
    const ConvShape& layer = s.conv[i];
    const Fr alpha = c.alpha[kRelConv + i];
    const TensorPoint out(l.conv[i].rows, layer.out_channel_bits, u);
    const Fr e = alpha * out.base * eq_truncated(out.i, c.conv_i[i], layer.out_frames) * eq_truncated(out.c, c.conv_c[i], layer.out_channels);
    w.linear[kIn] += range * e;
    w.linear[kQ0] += e;
    const PointSpan block_index = u.subspan(layer.in_channel_bits + 1, layer.out_frame_bits);
    const Fr in = alpha * block_at(input, u) * window(block_index, c.conv_i[i], layer.out_frames, &claims[kClaimConv + 3 * i]);
    w.linear[kOut] -= in;
    if (i == 0) w.linear[kE] -= Fr(uint64_t{s.log_step}) * in;
    input = l.conv[i].rows;
  }

  const ConvShape& last = s.conv.back();
  const TensorPoint out(input, last.out_channel_bits, u);
  const Fr alpha = c.alpha[kRelHead], pooled = alpha * out.base * indicator(out.i, last.out_frames), row = eq_index(u, l.score_row);
  w.linear[kOut] -= pooled * claims[claims.size() - 2];
  w.out_squared -= pooled * claims[claims.size() - 1];
  w.linear[kIn] += alpha * range * range * row;
  w.linear[kQ0] += alpha * row;
  w.linear[kQ1] += alpha * range * row;
  w.linear[kOut] += c.alpha[kRelScore] * row;
}

}  // namespace

Regions regions_at(const Shape& s, const Layout& l, PointSpan tau, PointSpan u) {
  Regions r;
  const VmPoint p(s, u), q(s, tau);
  r.vm = eq_truncated(p.t, q.t, s.samples) * eq(p.k, q.k);
  r.log = tensor_region(l.log_rows, s.band_bits, s.bands, s.frames, tau, u);
  for (size_t i = 0; i < s.conv.size(); i++)
    r.conv += tensor_region(l.conv[i].rows, s.conv[i].out_channel_bits, s.conv[i].out_channels, s.conv[i].out_frames, tau, u);
  r.score = eq_index(u, l.score_row) * eq_index(tau, l.score_row);
  r.tables = eq_truncated(u, tau, l.tables_end) - eq_truncated(u, tau, l.tables_at);

  const ProgramPoint a(u), b(tau);
  const Fr even = a.even * b.even;
  r.song = even * a.song_table(s, l) * b.song_table(s, l) * eq(a.v.first(s.limb_bits), b.v.first(s.limb_bits));
  const unsigned fb = flag_bits(s);
  r.boolean = even * eq(a.v.first(fb), b.v.first(fb)) * eq_zero(a.v.subspan(fb)) * eq_zero(b.v.subspan(fb));
  Fr selectors;
  for (unsigned x = 1; x <= 3; x++) selectors += eq_index(a.block(s), x) * eq_index(b.block(s), x);
  selectors *= even;
  r.boolean += selectors * eq(a.k(s), b.k(s)) * eq(a.j(s), b.j(s));
  const unsigned kb = s.slot_bits;  // registers are the sources below K
  r.forward = selectors * zk::triangle(a.j(s).first(kb), b.j(s).first(kb), a.k(s), b.k(s)) * eq_zero(a.j(s).subspan(kb)) *
              eq_zero(b.j(s).subspan(kb));
  return r;
}

size_t claim_count(const Shape& s) { return kClaimConv + 3 * s.conv.size() + 2; }

std::vector<Point> claim_points(const Shape& s, const Layout& l, const Challenges& c, PointSpan u) {
  std::vector<Point> points;
  // low variables of the weight column, then the bits of the block's base
  auto add = [&](const Block& b, std::initializer_list<PointSpan> low, int d) {
    Point p;
    for (const PointSpan& part : low) p.insert(p.end(), part.begin(), part.end());
    if (d >= 0) p.push_back(Fr(uint64_t(d)));
    for (unsigned i = b.bits; i < l.log_n; i++) p.push_back(Fr(uint64_t{b.base >> i & 1}));
    points.push_back(std::move(p));
  };
  for (int d = 0; d < 2; d++) add(l.dft_weights, {c.dft_c, VmPoint(s, u).t.first(s.hop_bits)}, d);
  add(l.dft_bias, {c.dft_c}, -1);
  add(l.mel_weights, {c.mel_b, u.subspan(1, s.dft_bits - 1)}, -1);
  for (size_t i = 0; i < s.conv.size(); i++) {
    for (int d = 0; d < 2; d++) add(l.conv[i].weights, {c.conv_c[i], u.first(s.conv[i].in_channel_bits + 1)}, d);
    add(l.conv[i].bias, {c.conv_c[i]}, -1);
  }
  add(l.head_mean, {u.first(s.conv.back().out_channel_bits)}, -1);
  add(l.head_square, {u.first(s.conv.back().out_channel_bits)}, -1);
  return points;
}

Weights weights_at(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, std::span<const Fr> claims) {
  Weights w;
  add_operand_weights(s, l, c, u, w);
  add_logup_weights(s, l, c, u, w);
  add_judge_weights(s, l, c, u, claims, w);
  return w;
}

Fr relation_constant(const Shape& s, const Layout&, const Challenges& c, std::span<const Fr> claims, uint32_t score) {
  const unsigned r = s.range_bits();
  Fr k = c.alpha[kRelV2] * eq_index(c.s, s.slots()) * zk::weighted_indicator(c.rt, s.samples);  // V2 of source t
  for (unsigned rel : {kRelFlags, kRelSelectA, kRelSelectB, kRelSelectC}) k += c.alpha[rel];
  k += c.alpha[kRelDft] * indicator(c.dft_i, s.frames) * claims[kClaimDftBias];
  const Fr rounding = power_of_two(r - 1) + power_of_two(2 * r - 1);
  for (size_t i = 0; i < s.conv.size(); i++)
    k += c.alpha[kRelConv + i] * indicator(c.conv_i[i], s.conv[i].out_frames) *
         (claims[kClaimConv + 3 * i + 2] + indicator(c.conv_c[i], s.conv[i].out_channels) * rounding);
  k += c.alpha[kRelHead] * (Fr::from_signed(s.head_bias) + power_of_two(2 * r - 1) + power_of_two(3 * r - 1));
  return k + c.alpha[kRelScore] * Fr(uint64_t{score});
}

Fr table_at(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, const Fr& table_out) {
  const unsigned lb = s.limb_bits, rb = s.range_bits();
  Fr x, y, both, shift = Fr::one(), weight = Fr::one();
  for (unsigned i = 0; i < lb; i++, weight += weight) {
    x += weight * u[i];
    y += weight * u[lb + i];
    both += weight * u[i] * u[lb + i];
  }
  for (unsigned i = 0; i < static_cast<unsigned>(std::countr_zero(s.word_bits())); i++)  // 2^y = prod (1 + y_i (2^(2^i) - 1))
    shift *= Fr::one() + u[lb + i] * (power_of_two(1u << i) - Fr::one());
  const LookupChallenges<Fr> ch = c.lookup();
  const Fr* beta = ch.beta;
  const Fr limb = power_of_two(lb), index = x + limb * y;
  const Fr index_low = index - power_of_two(rb - 1) * u[rb - 1];
  const Fr operands = beta[0] * x + beta[1] * y + beta[2] * both;
  const uint64_t first = l.tables_at >> rb;
  auto at = [&](unsigned block) { return eq_index(u.subspan(rb), first + block); };
  auto id = [](TableId t) { return Fr(uint64_t{t}); };
  Fr v = at(Layout::kBlockA) * (id(kTableA) + operands + beta[3] * shift);
  v += at(Layout::kBlockB) * (id(kTableB) + operands);
  v += at(Layout::kBlockC) * (id(kTableC) + operands + beta[3] * u[lb - 1] + beta[4] * u[2 * lb - 1]);
  v += at(Layout::kBlockRange) * (id(kTableRange) + beta[0] * index);
  v += at(Layout::kBlockAct) * (id(kTableAct) + beta[0] * index);
  v += at(Layout::kBlockScore) * (id(kTableScore) + beta[0] * index);
  v += at(Layout::kBlockSine) * (id(kTableSine) + beta[0] * index);
  v += at(Layout::kBlockLog) * ((Fr::one() - u[rb - 1]) * id(kTableLog) + u[rb - 1] * id(kTableExponent) + beta[0] * index_low);
  return v + beta[1] * table_out;
}

Fr song_table_index_at(const Shape& s, const Layout& l, const Challenges& c, PointSpan u) {
  Fr index, weight = Fr::one();
  for (unsigned i = 0; i < s.limb_bits; i++, weight += weight) index += weight * u[1 + i];
  return song_region(s, l, u) * (Fr(uint64_t{kTableSong}) + c.beta * index);
}

Fr program_weight_at(const Shape& s, PointSpan u, PointSpan x, std::span<const Fr> c_op) {
  const ProgramPoint p(x);
  Fr ops;
  for (unsigned op = 0; op < sound::kOpCount; op++) ops += c_op[op] * eq_index(p.v.subspan(s.slot_bits, 5), op);
  return ops * p.even * eq(p.k(s), VmPoint(s, u).k) * eq_zero(p.v.subspan(flag_bits(s)));
}

}  // namespace sotto::claim
