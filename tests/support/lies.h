// SPDX-License-Identifier: Apache-2.0
// What attackers need to lie consistently: run the machine on with a changed row, let the judge go on from a changed value.
#pragma once
#include <bit>

#include "sound/bytebeat/semantics.h"
#include "support/forger.h"

namespace sotto::forge {

// The machine's cells of one row as an honest prover fills them for these operands and this result.
inline void write_row(const claim::Shape& s, Tables& t, uint64_t row, claim::Op op, uint32_t a, uint32_t b, uint32_t c, uint32_t out) {
  claim::Witness scratch;
  for (auto& column : scratch.vm) column.assign(1, 0);
  fill_vm_row(s, scratch, 0, op, a, b, c, out);
  for (unsigned column = 0; column < claim::kVmColumnCount; column++) t[column][row] = Fr(uint64_t{scratch.vm[column][0]});
}

// Called for every slot of a sample before it is computed: may change the operands, or set the result.
using Tamper = std::function<void(unsigned slot, uint32_t& a, uint32_t& b, uint32_t& c, std::optional<uint32_t>& out)>;

inline void rerun_sample(const Start& start, Tables& tables, uint64_t t, const Tamper& tamper) {
  const claim::Shape& s = start.key->shape;
  const std::vector<claim::PaddedSlot> slots = pad_program(s, start.program);
  std::vector<uint32_t> source(s.sources(), 0);
  source[s.slots()] = static_cast<uint32_t>(t);
  for (size_t i = 0; i < start.program.constants.size(); i++) source[s.first_constant() + i] = start.program.constants[i];
  for (unsigned k = 0; k < s.slots(); k++) {
    uint32_t a = source[slots[k].source[0]], b = source[slots[k].source[1]], c = source[slots[k].source[2]];
    std::optional<uint32_t> out;
    if (tamper) tamper(k, a, b, c, out);
    const claim::Op op = static_cast<claim::Op>(slots[k].op);
    source[k] = out ? *out : sound::eval_op(op, a, b, c, start.program.table, s.word_bits(), s.limb_bits);
    write_row(s, tables, machine_row(s, k, t), op, a, b, c, source[k]);
  }
}
inline void rerun(const Start& start, Tables& tables, const Tamper& tamper) {
  for (uint64_t t = 0; t < start.key->shape.samples; t++) rerun_sample(start, tables, t, tamper);
}

// ---- The judge, restartable ----------------------------------------------------------------------------------------------

// Stages of a trace that are given; everything after them is computed again.
enum Given : unsigned { kGivenSpectrum = 1, kGivenEnergy, kGivenLogs, kGivenConv };  // kGivenConv + i: layers 0 .. i

inline uint32_t requantise(int64_t acc, unsigned shift, unsigned r, uint64_t& remainder) {
  const int64_t sum = acc + (int64_t{1} << (shift - 1)), quotient = sum >> shift;
  remainder = static_cast<uint64_t>(sum - (quotient << shift));
  return static_cast<uint32_t>(quotient + (int64_t{1} << (r - 1)));
}

inline void continue_trace(const judge::Network& net, judge::Trace& t, unsigned given) {
  const unsigned r = net.range_bits;
  if (given < kGivenEnergy)
    for (size_t i = 0; i < net.frames; i++)
      for (size_t b = 0; b < net.bands; b++) {
        int64_t m = 0;
        for (size_t bin = 0; bin < net.bins; bin++) {
          const int64_t re = t.dft[2 * (i * net.bins + bin)], im = t.dft[2 * (i * net.bins + bin) + 1];
          m += net.mel[bin * net.bands + b] * (re * re + im * im);
        }
        t.energy[i * net.bands + b] = static_cast<uint64_t>(m);
      }
  if (given < kGivenLogs)
    for (size_t j = 0; j < t.energy.size(); j++) {
      t.exponent[j] = static_cast<uint32_t>(std::bit_width(t.energy[j] + 1)) - 1;
      const unsigned __int128 scaled = static_cast<unsigned __int128>(t.energy[j] + 1) << (5 * r - 1 - t.exponent[j]);
      t.mantissa[j] = static_cast<uint32_t>(scaled >> (4 * r)) - (1u << (r - 1));
      t.rest[j] = static_cast<uint64_t>(scaled & ((static_cast<unsigned __int128>(1) << (4 * r)) - 1));
      t.log_value[j] = net.log_table[t.mantissa[j]];
    }
  std::vector<uint32_t> in(t.energy.size());
  for (size_t j = 0; j < in.size(); j++) in[j] = net.log_step * t.exponent[j] + t.log_value[j];
  for (unsigned layer = 0; layer < net.conv.size(); layer++) {
    const judge::ConvLayer& c = net.conv[layer];
    judge::Trace::Layer& out = t.layers[layer];
    if (layer > 0) in = t.layers[layer - 1].out;
    if (given >= kGivenConv + layer) continue;
    for (uint32_t i = 0; i < c.out_frames; i++)
      for (uint32_t o = 0; o < c.out_channels; o++) {
        int64_t acc = c.bias[o];
        for (uint32_t w = 0; w < 4; w++)
          for (uint32_t k = 0; k < c.in_channels; k++) acc += int64_t{c.weight(w / 2, w % 2, k, o)} * in[(2 * i + w) * c.in_channels + k];
        uint64_t remainder;
        const size_t j = i * c.out_channels + o;
        out.pre[j] = requantise(acc, r, r, remainder);
        out.remainder[j] = static_cast<uint32_t>(remainder);
        out.out[j] = net.act_table[out.pre[j] & ((1u << r) - 1)];
      }
  }
  const size_t channels = net.head_mean.size();
  int64_t acc = net.head_bias;
  for (size_t j = 0; j < t.layers.back().out.size(); j++) {
    const int64_t v = t.layers.back().out[j];
    acc += net.head_mean[j % channels] * v + net.head_square[j % channels] * v * v;
  }
  t.head_pre = requantise(acc, 2 * r, r, t.head_remainder);
  t.score = net.score_table[t.head_pre & ((1u << r) - 1)];
}

// Writes a trace into the judge's columns.
inline void write_trace(const Start& start, Tables& tables, const judge::Trace& t) {
  const claim::Shape& s = start.key->shape;
  const claim::Layout& l = start.key->layout;
  const unsigned r = s.range_bits();
  const uint64_t limb = uint64_t{1} << r;
  auto cell = [&](unsigned column, uint64_t row) -> Fr& { return tables[column][row]; };
  size_t j = 0;
  for (uint64_t x : dft_rows(s, l)) cell(claim::kD, x) = Fr::from_signed(t.dft[j++]);
  j = 0;
  for (uint64_t x : log_rows(s, l)) {
    cell(claim::kD, x) = Fr(t.energy[j]);
    cell(claim::kE, x) = Fr(uint64_t{t.exponent[j]});
    cell(claim::kIpw, x) = Fr(uint64_t{2}).pow(uint64_t{4 * r - t.exponent[j]});
    cell(claim::kIn, x) = Fr(uint64_t{t.mantissa[j]});
    cell(claim::kOut, x) = Fr(uint64_t{t.log_value[j]});
    for (unsigned q = 0; q < 4; q++) cell(claim::kQ0 + q, x) = Fr(t.rest[j] >> r * q & (limb - 1));
    j++;
  }
  for (size_t layer = 0; layer < s.conv.size(); layer++) {
    const claim::ConvShape& c = s.conv[layer];
    j = 0;
    for (uint64_t x : tensor_rows(l.conv[layer].rows, c.out_channel_bits, c.out_channels, c.out_frames)) {
      cell(claim::kIn, x) = Fr(uint64_t{t.layers[layer].pre[j]});
      cell(claim::kOut, x) = Fr(uint64_t{t.layers[layer].out[j]});
      cell(claim::kQ0, x) = Fr(uint64_t{t.layers[layer].remainder[j++]});
    }
  }
  cell(claim::kIn, l.score_row) = Fr(uint64_t{t.head_pre});
  cell(claim::kOut, l.score_row) = Fr(uint64_t{t.score});
  cell(claim::kQ0, l.score_row) = Fr(t.head_remainder & (limb - 1));
  cell(claim::kQ1, l.score_row) = Fr(t.head_remainder >> r);
}

inline std::vector<uint8_t> samples_of(const Start& start, const Tables& tables) {
  const claim::Shape& s = start.key->shape;
  std::vector<uint8_t> samples;
  for (uint64_t t = 0; t < s.samples; t++)
    samples.push_back(static_cast<uint8_t>(small(tables[claim::kA0][machine_row(s, s.slots() - 1, t)]).value_or(0)) & ((1u << s.limb_bits) - 1));
  return samples;
}

// The judge's honest columns for the samples in the tables; with an edit, a lie at one stage and honest work after it.
inline uint32_t rejudge(const Start& start, Tables& tables, unsigned given = 0, const std::function<void(judge::Trace&)>& edit = {}) {
  judge::Trace t = judge::trace(start.key->net, samples_of(start, tables));
  if (edit) {
    edit(t);
    continue_trace(start.key->net, t, given);
  }
  write_trace(start, tables, t);
  return t.score;
}

}  // namespace sotto::forge
