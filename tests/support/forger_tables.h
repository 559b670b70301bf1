// SPDX-License-Identifier: Apache-2.0
// The attacker's columns as full tables, the rows that the statement constrains, honest counting and honest helpers. All of it
// is written from the protocol's text, independently of the production prover.
#pragma once
#include <array>
#include <functional>
#include <optional>

#include "base/keccak.h"
#include "claim/prover/proving_key.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "claim/verifier/checks.h"
#include "zk/commit/msm.h"
#include "zk/commit/opening.h"

namespace sotto::forge {

using claim::Challenges;
using claim::ClaimStatement;
using claim::Fr;
using claim::kColumnCount;
using claim::Point;
using claim::ProvingKey;
using Table = std::vector<Fr>;
using Tables = std::array<Table, kColumnCount>;

inline unsigned slot_of(const claim::Shape& s, uint64_t machine_row) { return static_cast<unsigned>(machine_row & (s.slots() - 1)); }

// The rows of every region, by enumeration.
inline std::vector<uint64_t> machine_rows(const claim::Shape& s) {
  std::vector<uint64_t> rows;
  for (uint64_t k = 0; k < s.slots(); k++)
    for (uint64_t t = 0; t < s.samples; t++) rows.push_back(machine_row(s, k, t));
  return rows;
}
inline std::vector<uint64_t> tensor_rows(const claim::Block& b, unsigned bits, uint64_t channels, uint64_t frames) {
  std::vector<uint64_t> rows;
  for (uint64_t i = 0; i < frames; i++)
    for (uint64_t c = 0; c < channels; c++) rows.push_back(b.base + (i << bits | c));
  return rows;
}
inline std::vector<uint64_t> log_rows(const claim::Shape& s, const claim::Layout& l) { return tensor_rows(l.log_rows, s.band_bits, s.bands, s.frames); }
inline std::vector<uint64_t> dft_rows(const claim::Shape& s, const claim::Layout& l) { return tensor_rows(l.dft_rows, s.dft_bits, 1u << s.dft_bits, s.frames); }
inline std::vector<uint64_t> conv_rows(const claim::Shape& s, const claim::Layout& l) {
  std::vector<uint64_t> rows;
  for (size_t i = 0; i < s.conv.size(); i++)
    for (uint64_t x : tensor_rows(l.conv[i].rows, s.conv[i].out_channel_bits, s.conv[i].out_channels, s.conv[i].out_frames)) rows.push_back(x);
  return rows;
}
inline std::vector<uint64_t> table_rows(const claim::Layout& l) {
  std::vector<uint64_t> rows;
  for (uint64_t x = l.tables_at; x < l.tables_end; x++) rows.push_back(x);
  return rows;
}
inline std::vector<uint64_t> song_rows(const claim::Shape& s, const claim::Layout& l) {
  std::vector<uint64_t> rows;
  for (unsigned i = 0; i < 1u << s.limb_bits; i++) rows.push_back(claim::song_table_row(l, i));
  return rows;
}

// The integer in a cell when it is below 2^32.
inline std::optional<uint64_t> small(const Fr& v) {
  const auto x = v.to_limbs();
  if (x[1] | x[2] | x[3] || x[0] >> 32) return std::nullopt;
  return x[0];
}

// The flag of an operation in a machine row's slot.
inline const Fr& flag_at(const claim::Shape& s, const Tables& t, claim::Op op, uint64_t machine_row) {
  return t[claim::kProg][claim::flag_row(s, static_cast<unsigned>(op), slot_of(s, machine_row))];
}

// Multiplicities of every lookup whose key is in its table; values outside are counted nowhere.
inline void count_lookups(const claim::Shape& s, const claim::Layout& l, Tables& t) {
  using claim::Layout;
  const uint64_t range = uint64_t{1} << s.range_bits(), limb = uint64_t{1} << s.limb_bits;
  std::vector<uint64_t> m(l.rows(), 0);
  auto add = [&](unsigned block, const Fr& key, uint64_t limit, uint64_t offset = 0) {
    const auto v = small(key);
    if (v && *v < limit) m[l.tables_at + block * range + offset + *v]++;
  };
  const unsigned blocks[4] = {Layout::kBlockA, Layout::kBlockB, Layout::kBlockB, Layout::kBlockC};
  for (uint64_t x : machine_rows(s)) {
    for (unsigned i = 0; i < 4; i++) {
      const auto a = small(t[claim::kA0 + i][x]), b = small(t[claim::kB0 + i][x]);
      if (a && b && *a < limb && *b < limb) m[l.tables_at + blocks[i] * range + (*a | *b << s.limb_bits)]++;
      add(Layout::kBlockRange, t[claim::kW1l + i][x], range);
    }
    const auto index = small(t[claim::kA0][x]);
    if (!flag_at(s, t, claim::Op::kLookup, x).is_zero() && index && *index < limb)
      m[claim::song_table_row(l, static_cast<unsigned>(*index))]++;
    if (!flag_at(s, t, claim::Op::kSine, x).is_zero())
      add(Layout::kBlockSine, t[claim::kA2][x] + Fr(limb) * t[claim::kA3][x], range);
  }
  auto judge = [&](const std::vector<uint64_t>& rows, unsigned block, uint64_t limit) {
    for (uint64_t x : rows) {
      for (unsigned q = 0; q < 4; q++) add(Layout::kBlockRange, t[claim::kQ0 + q][x], range);
      add(block, t[claim::kIn][x], limit);
    }
  };
  judge(log_rows(s, l), Layout::kBlockLog, range / 2);
  for (uint64_t x : log_rows(s, l)) add(Layout::kBlockLog, t[claim::kE][x], s.exponents(), range / 2);
  judge(conv_rows(s, l), Layout::kBlockAct, range);
  judge({l.score_row}, Layout::kBlockScore, range);
  for (const std::vector<uint64_t>& rows : {table_rows(l), song_rows(s, l)})
    for (uint64_t x : rows) t[claim::kM][x] = Fr(m[x]);
}

// Fingerprint of a public table row, without gamma.
inline Fr table_fingerprint(const ProvingKey& key, const Challenges& c, uint64_t row) {
  Point bits;
  for (unsigned i = 0; i < key.layout.log_n; i++) bits.push_back(Fr(uint64_t{row >> i & 1}));
  return table_at(key.shape, key.layout, c, bits, key.table_out[row]);
}

// Helpers h = sum of inverses of the cells' own denominators, hT = m / denominator, V1 and V2 from selectors and results.
inline void make_helpers(const ProvingKey& key, const Challenges& c, Tables& t) {
  const claim::Shape& s = key.shape;
  const claim::Layout& l = key.layout;
  const claim::LookupChallenges<Fr> lookup = c.lookup();
  auto cells = [&](uint64_t x) { return [&t, x](unsigned column) -> const Fr& { return t[column][x]; }; };
  auto inverse = [](std::vector<Fr>& q) { SOTTO_CHECK(zk::batch_inverse<Fr>(q)); };
  const std::vector<uint64_t> machine = machine_rows(s);
  const Fr limb(uint64_t{1} << s.limb_bits);
  std::vector<Fr> q;
  for (uint64_t x : machine) {
    const auto d = vm_denominators(lookup, limb, cells(x));
    q.insert(q.end(), {d.a, d.b1, d.b2, d.c, d.w[0], d.w[1], d.w[2], d.w[3], d.song, d.sine});
  }
  inverse(q);
  for (size_t i = 0; i < machine.size(); i++) {
    const uint64_t x = machine[i];
    const Fr* v = &q[10 * i];
    t[claim::kH1][x] = v[0] + v[1] + v[2] + v[3];
    t[claim::kH2][x] = v[4] + v[5] + v[6] + v[7];
    t[claim::kHL][x] = flag_at(s, t, claim::Op::kLookup, x) * v[8] + flag_at(s, t, claim::Op::kSine, x) * v[9];
  }
  auto judge = [&](const std::vector<uint64_t>& rows, auto&& pick) {
    for (uint64_t x : rows) {
      const auto d = judge_denominators(lookup, cells(x));
      t[claim::kHJ][x] = d.range[0].inverse() + d.range[1].inverse() + d.range[2].inverse() + d.range[3].inverse();
      t[claim::kHF][x] = pick(d);
    }
  };
  judge(log_rows(s, l), [](const auto& d) { return d.log.inverse() + d.exponent.inverse(); });
  judge(conv_rows(s, l), [](const auto& d) { return d.act.inverse(); });
  judge({l.score_row}, [](const auto& d) { return d.score.inverse(); });
  q.clear();
  for (uint64_t x : table_rows(l)) q.push_back(c.gamma + table_fingerprint(key, c, x));
  for (unsigned i = 0; i < 1u << s.limb_bits; i++)
    q.push_back(lookup.base[claim::kTableSong] + c.beta * Fr(uint64_t{i}) + c.beta.square() * t[claim::kProg][claim::song_table_row(l, i)]);
  inverse(q);
  size_t at = 0;
  for (const std::vector<uint64_t>& rows : {table_rows(l), song_rows(s, l)})
    for (uint64_t x : rows) t[claim::kHT][x] = t[claim::kM][x] * q[at++];

  const Table ek = zk::eq_table(c.rk), et = zk::eq_table(c.rt);
  for (unsigned j = 0; j < s.sources(); j++) {
    Fr &v1 = t[claim::kV1][j], &v2 = t[claim::kV2][j];
    v1 = v2 = Fr::zero();
    for (unsigned operand = 0; operand < 3; operand++)
      for (unsigned k = 0; k < s.slots(); k++) v1 += c.chi[operand] * ek[k] * t[claim::kProg][claim::selector_row(s, l, operand, j, k)];
    for (uint64_t i = 0; i < s.samples; i++) {
      if (j < s.slots()) v2 += et[i] * t[claim::kR][machine_row(s, j, i)];
      else if (j == s.slots()) v2 += et[i] * Fr(i);
      else v2 += et[i] * t[claim::kProg][claim::constant_row(l, j)];
    }
  }
}

}  // namespace sotto::forge
