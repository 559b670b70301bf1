// SPDX-License-Identifier: Apache-2.0
#include "claim/witness/witness.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::claim {

using sound::Op;

std::vector<PaddedSlot> pad_program(const Shape& s, const sound::Program& p) {
  const unsigned k = s.slots();
  SOTTO_CHECK(p.code.size() < k && p.constants.size() < s.sources() - k);
  auto source = [&](const sound::Operand& o) -> unsigned {
    switch (o.kind) {
      case sound::Operand::Kind::kSlot: return o.index;
      case sound::Operand::Kind::kT: return k;
      case sound::Operand::Kind::kConstant: return s.first_constant() + o.index;
    }
    return k;
  };
  std::vector<PaddedSlot> slots(k);  // ADD of t and t where there is nothing to do
  for (PaddedSlot& slot : slots) slot = {static_cast<unsigned>(Op::kAdd), {k, k, k}};
  for (size_t i = 0; i < p.code.size(); i++)
    slots[i] = {static_cast<unsigned>(p.code[i].op), {source(p.code[i].a), source(p.code[i].b), source(p.code[i].c)}};
  slots[k - 1].source[0] = source(p.output);
  return slots;
}

VmAuxiliary vm_auxiliary(Op op, uint64_t a, uint64_t b, unsigned bits) {
  const uint64_t m = uint64_t{1} << bits, p = uint64_t{1} << (b & (bits - 1));
  const int64_t s = sound::to_signed(a, bits), t = sound::to_signed(b, bits);
  const uint64_t abs_s = static_cast<uint64_t>(s < 0 ? -s : s), abs_t = static_cast<uint64_t>(t < 0 ? -t : t);
  VmAuxiliary x;
  switch (op) {
    case Op::kAdd: x.cy = (a + b) >> bits; break;
    case Op::kSub: x.cy = a < b; break;
    case Op::kMul: x.w1 = (a * b) >> bits; break;
    case Op::kShl: x.w1 = static_cast<uint64_t>((static_cast<zk::uint128>(a) * p) >> bits); break;
    case Op::kShr:
    case Op::kUshr:
      x.w1 = op == Op::kShr ? static_cast<uint64_t>(s) & (p - 1) : a & (p - 1);
      x.w2 = p - 1 - x.w1;
      break;
    case Op::kDiv:
      if (t == 0) {
        x.z = 1, x.w1 = abs_s;
      } else {
        x.w1 = abs_s % abs_t, x.w2 = abs_t - 1 - x.w1;
        x.cy = abs_s / abs_t != 0 && (s < 0) != (t < 0);
      }
      break;
    case Op::kMod:
      if (t == 0) {
        x.z = 1, x.w2 = abs_s;
      } else {
        x.w1 = abs_s / abs_t, x.w2 = abs_t - 1 - abs_s % abs_t;
        x.cy = s < 0 && abs_s % abs_t != 0;
      }
      break;
    case Op::kLt:
    case Op::kGe: x.w1 = static_cast<uint64_t>(s - t) & (m - 1), x.cy = s < t; break;
    case Op::kEq:
    case Op::kNe:
      if (a == b) x.z = 1;
      else x.cy = a < b, x.w1 = (a < b ? b - a : a - b) - 1;
      break;
    case Op::kSelect:
      if (a == 0) x.z = 1;
      else x.w1 = a - 1;
      break;
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor:
    case Op::kLookup:
    case Op::kSine: break;
  }
  return x;
}

void fill_vm_row(const Shape& s, Witness& w, uint64_t row, Op op, uint32_t a, uint32_t b, uint32_t c, uint32_t out) {
  const unsigned lb = s.limb_bits, bits = s.word_bits();
  const uint32_t limb = (1u << lb) - 1, range = (1u << 2 * lb) - 1;
  const VmAuxiliary x = vm_auxiliary(op, a, b, bits);
  w.vm[kR][row] = out;
  for (unsigned i = 0; i < 4; i++) {
    w.vm[kA0 + i][row] = a >> lb * i & limb;
    w.vm[kB0 + i][row] = b >> lb * i & limb;
    w.vm[kG0 + i][row] = (a & b) >> lb * i & limb;
  }
  w.vm[kC][row] = c;
  w.vm[kP][row] = 1u << (b & (bits - 1));
  w.vm[kW1l][row] = x.w1 & range;
  w.vm[kW1h][row] = static_cast<uint32_t>(x.w1 >> 2 * lb);
  w.vm[kW2l][row] = x.w2 & range;
  w.vm[kW2h][row] = static_cast<uint32_t>(x.w2 >> 2 * lb);
  w.vm[kSa][row] = a >> (bits - 1) & 1;
  w.vm[kSb][row] = b >> (bits - 1) & 1;
  w.vm[kCy][row] = x.cy;
  w.vm[kZ][row] = x.z;
}

namespace {

void fill_program(const Shape& s, const Layout& l, const sound::Program& p, const std::vector<PaddedSlot>& slots, Witness& w) {
  w.program.assign(l.program_rows() / 2, Fr::zero());
  for (unsigned k = 0; k < slots.size(); k++) {
    w.program[flag_row(s, slots[k].op, k) / 2] = Fr::one();
    for (unsigned x = 0; x < 3; x++) w.program[selector_row(s, l, x, slots[k].source[x], k) / 2] = Fr::one();
  }
  for (size_t i = 0; i < p.constants.size(); i++)
    w.program[constant_row(l, s.first_constant() + static_cast<unsigned>(i)) / 2] = Fr(uint64_t{p.constants[i]});
  for (size_t i = 0; i < p.table.size(); i++) w.program[song_table_row(l, static_cast<unsigned>(i)) / 2] = Fr(uint64_t{p.table[i]});
}

constexpr uint64_t kSampleChunk = 512;  // all registers of so many samples stay in the cache

// Source j at samples [first, first + out.size()).
void read_source(const Shape& s, const sound::Program& p, const Witness& w, unsigned j, uint64_t first,
                 std::span<uint32_t> out) {
  if (j < s.slots())
    std::copy_n(w.vm[kR].begin() + static_cast<ptrdiff_t>(kept_at(s, j, first)), out.size(), out.begin());
  else if (j == s.slots())
    std::iota(out.begin(), out.end(), static_cast<uint32_t>(first));
  else
    std::ranges::fill(out, j - s.first_constant() < p.constants.size() ? p.constants[j - s.first_constant()] : 0);
}

// Slot by slot over a stretch of samples, so that one operation and few columns are at work at a time.
void run_machine(const Shape& s, const sound::Program& p, const std::vector<PaddedSlot>& slots, Witness& w) {
  for (auto& column : w.vm) column = huge_vector<uint32_t>(kept_rows(s));
  parallel_for((s.samples + kSampleChunk - 1) / kSampleChunk, [&](size_t begin, size_t end, unsigned) {
    std::array<std::array<uint32_t, kSampleChunk>, 3> operand;
    for (uint64_t first = begin * kSampleChunk; first < std::min<uint64_t>(s.samples, end * kSampleChunk);
         first += kSampleChunk) {
      const uint64_t count = std::min<uint64_t>(kSampleChunk, s.samples - first);
      for (unsigned slot = 0; slot < s.slots(); slot++) {
        const Op op = static_cast<Op>(slots[slot].op);
        for (unsigned x = 0; x < 3; x++)
          read_source(s, p, w, slots[slot].source[x], first, std::span(operand[x]).first(count));
        for (uint64_t i = 0; i < count; i++) {
          const uint32_t a = operand[0][i], b = operand[1][i], c = operand[2][i];
          const uint32_t out = sound::eval_op(op, a, b, c, p.table, s.word_bits(), s.limb_bits);
          fill_vm_row(s, w, kept_at(s, slot, first + i), op, a, b, c, out);
        }
      }
    }
  });
}

void fill_judge(const Shape& s, const Layout& l, const judge::Trace& t, Witness& w) {
  for (auto& column : w.judge) column.assign(l.judge_rows, Fr::zero());
  w.column(kD).assign(l.dft_rows.end(), Fr::zero());
  const unsigned channels = 1u << s.dft_bits, rb = s.range_bits();
  for (uint64_t i = 0; i < s.frames; i++)
    for (unsigned c = 0; c < channels; c++) w.column(kD)[l.dft_rows.base + (i << s.dft_bits | c)] = Fr::from_signed(t.dft[i * channels + c]);
  for (uint64_t i = 0; i < s.frames; i++)
    for (unsigned b = 0; b < s.bands; b++) {
      const uint64_t row = l.log_rows.base + (i << s.band_bits | b), at = i * s.bands + b;
      w.column(kD)[row] = Fr(t.energy[at]);
      w.column(kE)[row] = Fr(uint64_t{t.exponent[at]});
      w.column(kIpw)[row] = Fr(uint64_t{2}).pow(uint64_t{s.exponents() - t.exponent[at]});
      w.column(kIn)[row] = Fr(uint64_t{t.mantissa[at]});
      w.column(kOut)[row] = Fr(uint64_t{t.log_value[at]});
      for (unsigned q = 0; q < 4; q++) w.column(kQ0 + q)[row] = Fr(t.rest[at] >> rb * q & ((uint64_t{1} << rb) - 1));
    }
  for (size_t layer = 0; layer < s.conv.size(); layer++) {
    const ConvShape& c = s.conv[layer];
    for (uint64_t i = 0; i < c.out_frames; i++)
      for (unsigned k = 0; k < c.out_channels; k++) {
        const uint64_t row = l.conv[layer].rows.base + (i << c.out_channel_bits | k), at = i * c.out_channels + k;
        w.column(kIn)[row] = Fr(uint64_t{t.layers[layer].pre[at]});
        w.column(kOut)[row] = Fr(uint64_t{t.layers[layer].out[at]});
        w.column(kQ0)[row] = Fr(uint64_t{t.layers[layer].remainder[at]});
      }
  }
  w.column(kIn)[l.score_row] = Fr(uint64_t{t.head_pre});
  w.column(kOut)[l.score_row] = Fr(uint64_t{t.score});
  w.column(kQ0)[l.score_row] = Fr(t.head_remainder & ((uint64_t{1} << rb) - 1));
  w.column(kQ1)[l.score_row] = Fr(t.head_remainder >> rb);
  w.score = t.score;
}

// Value of a field element if it is below `limit`, else `limit`.
uint64_t small_value(const Fr& v, uint64_t limit) {
  const auto x = v.to_limbs();
  return (x[1] | x[2] | x[3]) == 0 && x[0] < limit ? x[0] : limit;
}

}  // namespace

void count_lookups(const Shape& s, const Layout& l, Witness& w) {
  const unsigned lb = s.limb_bits, rb = s.range_bits();
  const uint64_t range = uint64_t{1} << rb;
  std::vector<uint64_t> m(l.tables_end, 0);
  std::vector<unsigned> lookup_slots, sine_slots;
  for (unsigned k = 0; k < s.slots(); k++) {
    if (!w.program[flag_row(s, static_cast<unsigned>(Op::kLookup), k) / 2].is_zero()) lookup_slots.push_back(k);
    if (!w.program[flag_row(s, static_cast<unsigned>(Op::kSine), k) / 2].is_zero()) sine_slots.push_back(k);
  }
  auto add = [&](unsigned block, uint64_t index, uint64_t limit) {
    if (index < limit) m[l.tables_at + block * range + index]++;
  };
  for (unsigned k = 0; k < s.slots(); k++)
    for (uint64_t t = 0; t < s.samples; t++) {
      const uint64_t x = kept_at(s, k, t);
      for (unsigned i = 0; i < 4; i++) {
        const unsigned block = i == 0 ? Layout::kBlockA : i == 3 ? Layout::kBlockC : Layout::kBlockB;
        add(block, w.vm[kA0 + i][x] | w.vm[kB0 + i][x] << lb, range);
        add(Layout::kBlockRange, w.vm[kW1l + i][x], range);
      }
    }
  for (unsigned k : lookup_slots)
    for (uint64_t t = 0; t < s.samples; t++) m[song_table_row(l, w.vm[kA0][kept_at(s, k, t)])]++;
  for (unsigned k : sine_slots)
    for (uint64_t t = 0; t < s.samples; t++) {
      const uint64_t x = kept_at(s, k, t);
      add(Layout::kBlockSine, w.vm[kA2][x] | w.vm[kA3][x] << lb, range);
    }
  auto judge_row = [&](uint64_t row, unsigned table, uint64_t limit) {
    for (unsigned q = 0; q < 4; q++) add(Layout::kBlockRange, small_value(w.column(kQ0 + q)[row], range), range);
    add(table, small_value(w.column(kIn)[row], limit), limit);
  };
  for (uint64_t i = 0; i < s.frames; i++)
    for (unsigned b = 0; b < s.bands; b++) {
      const uint64_t row = l.log_rows.base + (i << s.band_bits | b);
      judge_row(row, Layout::kBlockLog, range / 2);
      const uint64_t e = small_value(w.column(kE)[row], s.exponents());
      if (e < s.exponents()) m[l.tables_at + Layout::kBlockLog * range + range / 2 + e]++;
    }
  for (size_t layer = 0; layer < s.conv.size(); layer++)
    for (uint64_t i = 0; i < s.conv[layer].out_frames; i++)
      for (unsigned c = 0; c < s.conv[layer].out_channels; c++)
        judge_row(l.conv[layer].rows.base + (i << s.conv[layer].out_channel_bits | c), Layout::kBlockAct, range);
  judge_row(l.score_row, Layout::kBlockScore, range);
  w.column(kM).assign(m.size(), Fr::zero());
  for (size_t i = 0; i < m.size(); i++)
    if (m[i]) w.column(kM)[i] = Fr(m[i]);
}

Witness make_witness(const Shape& s, const Layout& l, const judge::Network& net, const sound::Program& program) {
  Witness w;
  const std::vector<PaddedSlot> slots = pad_program(s, program);
  fill_program(s, l, program, slots, w);
  run_machine(s, program, slots, w);
  std::vector<uint8_t> samples(s.samples);
  for (uint64_t t = 0; t < s.samples; t++) samples[t] = static_cast<uint8_t>(w.vm[kA0][kept_at(s, s.slots() - 1, t)]);
  fill_judge(s, l, judge::trace(net, samples), w);
  count_lookups(s, l, w);
  return w;
}

}  // namespace sotto::claim
