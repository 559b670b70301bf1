// SPDX-License-Identifier: Apache-2.0
// Masks, phase-2 columns, commitments, evaluations and the random combination of all columns.
#include "base/check.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "claim/prover/prover_state.h"
#include "claim/prover/vm_rows.h"
#include "claim/prover/weights.h"
#include "zk/commit/msm.h"
#include "zk/poly/vector.h"

namespace sotto::claim {

std::vector<Fr>& ProverState::short_column(unsigned column) {
  switch (column) {
    case kProg: return program;
    case kHJ: return hj;
    case kHF: return hf;
    case kHT: return ht;
    case kV1: return v1;
    case kV2: return v2;
    default: SOTTO_CHECK(column >= kD && column <= kM); return witness.column(column);
  }
}

void draw_masks(ProverState& st, MaskSource& masks) {
  const Layout& l = st.layout();
  for (unsigned c = 0; c < kColumnCount; c++)
    if (c != kProg && c != kZ0 && c != kZ1)
      for (Fr& x : st.mask[c]) x = masks.next();
  st.program.assign(l.program_rows(), Fr::zero());
  for (size_t v = 0; v < st.witness.program.size(); v++) st.program[2 * v] = st.witness.program[v];
  for (uint64_t row : program_mask_rows(st.shape(), l)) st.program[row] = masks.next();
  st.z0.resize(kZ0Entries);
  for (Fr& x : st.z0) x = masks.next();
  st.z1 = zk::LibraMask::draw(l.log_n, kDegree, [&] { return masks.next(); });
  st.mask_sum = st.sumcheck_mask().sum();
}

// ---- Phase 2 ---------------------------------------------------------------------------------------------------------

namespace {

Fr flag(const ProverState& st, Op op, uint64_t slot) {
  return st.witness.program[flag_row(st.shape(), static_cast<unsigned>(op), static_cast<unsigned>(slot)) / 2];
}
// Whether hL is anything but 0.
bool looks_up(const ProverState& st, uint64_t slot) {
  return !flag(st, Op::kLookup, slot).is_zero() || !flag(st, Op::kSine, slot).is_zero();
}

// h1 = sum of the inverses of the operand denominators, h2 of the range limbs, hL = flag / denominator of the song
// or of the sine. Rows [first, first + count) of a slot; a denominator is zero with probability 2^-220.
void make_helper_rows(ProverState& st, const VmRows& rows, const LookupChallenges<Fr>& lookup, uint64_t slot, uint64_t first, uint64_t count) {
  constexpr unsigned kLookups = 10;
  std::vector<Fr> q(kLookups * count);
  const Fr limb(uint64_t{1} << st.shape().limb_bits);
  const uint64_t row = kept_at(st.shape(), slot, first);
  for (uint64_t j = 0; j < count; j++) {
    Fr col[kVmColumnCount];
    rows.load(row + j, col);
    const VmDenominators<Fr> d = vm_denominators(lookup, limb, [&](unsigned c) { return col[c]; });
    const Fr all[kLookups] = {d.a, d.b1, d.b2, d.c, d.w[0], d.w[1], d.w[2], d.w[3], d.song, d.sine};
    std::copy(all, all + kLookups, q.begin() + kLookups * j);
  }
  SOTTO_CHECK(zk::batch_inverse<Fr>(q));
  const Fr song = flag(st, Op::kLookup, slot), sine = flag(st, Op::kSine, slot);
  for (uint64_t j = 0; j < count; j++) {
    const Fr* v = &q[kLookups * j];
    st.h[0][row + j] = v[0] + v[1] + v[2] + v[3];
    st.h[1][row + j] = v[4] + v[5] + v[6] + v[7];
    st.h[2][row + j] = song * v[8] + sine * v[9];
  }
}

// The same for an honest witness: denominators are entries of the lookup tables, whose inverses are known.
void look_up_helper_rows(ProverState& st, uint64_t slot, uint64_t first, uint64_t count) {
  const Shape& s = st.shape();
  const Layout& l = st.layout();
  const auto& vm = st.witness.vm;
  auto table = [&](unsigned block) { return st.table_inverse.data() + l.table_row(s, block); };
  const Fr *a = table(Layout::kBlockA), *b = table(Layout::kBlockB), *c = table(Layout::kBlockC),
           *range = table(Layout::kBlockRange), *sine = table(Layout::kBlockSine);
  const bool looks_up_song = !flag(st, Op::kLookup, slot).is_zero(),
             looks_up_sine = !flag(st, Op::kSine, slot).is_zero();
  for (uint64_t x = kept_at(s, slot, first), end = x + count; x < end; x++) {
    auto entry = [&](unsigned i) { return vm[kA0 + i][x] | vm[kB0 + i][x] << s.limb_bits; };
    st.h[0][x] = a[entry(0)] + b[entry(1)] + b[entry(2)] + c[entry(3)];
    st.h[1][x] = range[vm[kW1l][x]] + range[vm[kW1h][x]] + range[vm[kW2l][x]] + range[vm[kW2h][x]];
    if (looks_up_song) st.h[2][x] = st.table_inverse[song_table_row(l, vm[kA0][x])];
    if (looks_up_sine) st.h[2][x] = sine[vm[kA2][x] | vm[kA3][x] << s.limb_bits];
  }
}

void make_vm_helpers(ProverState& st) {
  const Shape& s = st.shape();
  const LookupChallenges<Fr> lookup = st.challenges.lookup();
  const VmRows rows(st.witness);
  for (auto& h : st.h) h = huge_vector<Fr>(kept_rows(s));
  constexpr uint64_t kChunk = 4096;
  const uint64_t chunks = (s.samples + kChunk - 1) / kChunk;
  parallel_for(s.slots() * chunks, [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      const uint64_t k = i / chunks, first = i % chunks * kChunk, count = std::min(kChunk, s.samples - first);
      if (st.sums)
        look_up_helper_rows(st, k, first, count);
      else
        make_helper_rows(st, rows, lookup, k, first, count);
    }
  });
}

// hJ = sum of the inverses of the range denominators, hF of those of the row's tables.
void make_judge_helpers(ProverState& st) {
  const Shape& s = st.shape();
  const Layout& l = st.layout();
  const LookupChallenges<Fr> lookup = st.challenges.lookup();
  st.hj.assign(l.judge_rows, Fr::zero());
  st.hf.assign(l.judge_rows, Fr::zero());
  // Neighbouring rows share an inversion. tables(d): array of the denominators of hF.
  auto run = [&](uint64_t first, uint64_t count, auto&& tables) {
    std::vector<Fr> q;
    for (uint64_t x = first; x < first + count; x++) {
      const JudgeDenominators<Fr> d = judge_denominators(lookup, [&](unsigned c) { return st.witness.column(c)[x]; });
      q.insert(q.end(), std::begin(d.range), std::end(d.range));
      for (const Fr& t : tables(d)) q.push_back(t);
    }
    SOTTO_CHECK(zk::batch_inverse<Fr>(q));
    const Fr* v = q.data();
    for (uint64_t x = first; x < first + count; x++) {
      for (unsigned i = 0; i < 4; i++) st.hj[x] += *v++;
      for (size_t i = 4; i < q.size() / count; i++) st.hf[x] += *v++;
    }
  };
  auto each = [&](const Block& b, unsigned bits, uint64_t channels, uint64_t frames, auto&& tables) {
    parallel_for(frames, [&](size_t begin, size_t end, unsigned) {
      for (uint64_t i = begin; i < end; i++) run(b.base + (i << bits), channels, tables);
    });
  };
  each(l.log_rows, s.band_bits, s.bands, s.frames, [](const auto& d) { return std::array{d.log, d.exponent}; });
  for (size_t i = 0; i < s.conv.size(); i++)
    each(l.conv[i].rows, s.conv[i].out_channel_bits, s.conv[i].out_channels, s.conv[i].out_frames, [](const auto& d) { return std::array{d.act}; });
  run(l.score_row, 1, [](const auto& d) { return std::array{d.score}; });
}

// On rows below the tables that are not the song's: 1.
void invert_tables(ProverState& st) {
  const Layout& l = st.layout();
  const LookupChallenges<Fr> lookup = st.challenges.lookup();
  std::vector<Fr>& q = st.table_inverse;
  q = st.table_fingerprint = table_fingerprints(*st.key, st.challenges);
  q.resize(l.tables_end);
  for (Fr& v : q) v += lookup.gamma;
  for (uint64_t x = 0; x < l.tables_at; x++) q[x] = Fr::one();
  for (unsigned i = 0; i < 1u << st.shape().limb_bits; i++) {
    const uint64_t x = song_table_row(l, i);
    q[x] = lookup.base[kTableSong] + lookup.beta[0] * Fr(uint64_t{i}) + lookup.beta[1] * st.program[x];
  }
  SOTTO_CHECK(zk::batch_inverse<Fr>(q));
}

// hT = m / q
void make_table_helper(ProverState& st) {
  const std::vector<Fr>& m = st.witness.column(kM);
  st.ht = st.table_inverse;
  for (uint64_t x = 0; x < st.ht.size(); x++) st.ht[x] *= x < m.size() ? m[x] : Fr::zero();
}

// V1[j] = sum_X chi_X sum_k eq(k, r_k) S_X[k][j],   V2[j] = sum_t eqT(t, r_t) source(j, t).
void make_folded_vectors(ProverState& st) {
  const Shape& s = st.shape();
  const Layout& l = st.layout();
  const Challenges& c = st.challenges;
  const std::vector<Fr> ek = zk::eq_table(c.rk), et = zk::eq_table(c.rt);
  const VmRows rows(st.witness);
  st.v1.assign(s.sources(), Fr::zero());
  st.v2.assign(s.sources(), Fr::zero());
  for (unsigned j = 0; j < s.sources(); j++)
    for (unsigned x = 0; x < 3; x++)
      for (unsigned k = 0; k < s.slots(); k++) st.v1[j] += c.chi[x] * ek[k] * st.program[selector_row(s, l, x, j, k)];
  parallel_for(s.slots(), [&](size_t begin, size_t end, unsigned) {
    for (uint64_t j = begin; j < end; j++)
      for (uint64_t t = 0; t < s.samples; t++) st.v2[j] += et[t] * rows.value(st.witness.vm[kR][kept_at(s, j, t)]);
  });
  for (const Witness::Override& o : st.witness.overrides) {
    const uint64_t t = o.row % kept_samples(s);
    if (o.column == kR && t < s.samples)
      st.v2[o.row / kept_samples(s)] += et[t] * (o.value - rows.value(st.witness.vm[kR][o.row]));
  }
  const Fr theta = zk::indicator(c.rt, s.samples);
  st.v2[s.slots()] = zk::weighted_indicator(c.rt, s.samples);
  for (unsigned j = s.first_constant(); j < s.sources(); j++) st.v2[j] = theta * st.program[constant_row(l, j)];
}

}  // namespace

void make_phase2(ProverState& st) {
  invert_tables(st);
  make_vm_helpers(st);
  make_judge_helpers(st);
  make_table_helper(st);
  make_folded_vectors(st);
}

// ---- Commitments and evaluations ---------------------------------------------------------------------------------------

namespace {

bool is_vm_helper(unsigned c) { return c == kH1 || c == kH2 || c == kHL; }
bool is_short(unsigned c) { return c >= kVmColumnCount && !is_vm_helper(c) && c != kZ0 && c != kZ1; }

constexpr uint64_t kSampleChunk = 256;  // rows of so many samples fit a second-level cache

// What the machine keeps by slot, by row.
template <class T>
std::vector<T> by_row(const ProverState& st, const std::vector<T>& kept) {
  const Shape& s = st.shape();
  const uint64_t samples = kept_samples(s);
  std::vector<T> out = huge_vector<T>(machine_row(s, 0, samples));
  parallel_for((samples + kSampleChunk - 1) / kSampleChunk, [&](size_t begin, size_t end, unsigned) {
    for (uint64_t first = begin * kSampleChunk; first < std::min(samples, end * kSampleChunk); first += kSampleChunk)
      for (uint64_t k = 0; k < s.slots(); k++)
        for (uint64_t t = first; t < std::min(samples, first + kSampleChunk); t++)
          out[machine_row(s, k, t)] = kept[kept_at(s, k, t)];
  });
  return out;
}

// Calls visit(row, value) for the entries of a column that are not part of its dense data: masks, overrides, sparse masks.
template <class Visit>
void visit_sparse(const ProverState& st, unsigned column, Visit&& visit) {
  if (column == kZ0) {
    const std::vector<uint64_t> rows = z0_rows(st.layout());
    for (size_t i = 0; i < rows.size(); i++) visit(rows[i], st.z0[i]);
  } else if (column != kZ1 && column != kProg) {
    for (unsigned i = 0; i < kMaskRows; i++) visit(st.layout().mask_at + i, st.mask[column][i]);
  }
  if (column < kVmColumnCount)
    for (const Witness::Override& o : st.witness.overrides)
      if (o.column == column)
        visit(row_of_kept(st.shape(), o.row), o.value - Fr(uint64_t{st.witness.vm[column][o.row]}));
}

}  // namespace

zk::G1Affine commit_column(const ProverState& st, unsigned column) {
  const auto& points = st.key->srs->g1;
  zk::G1 sum;
  if (st.sums && MachineSums::covers(column))
    sum = st.sums->commit(column, st.table_inverse);
  else if (column < kVmColumnCount)
    sum = zk::msm_u32(points, by_row(st, st.witness.vm[column]));
  else if (is_vm_helper(column))
    sum = zk::msm(points, by_row(st, st.h[column - kH1]));
  else if (column == kZ1) sum = zk::msm(points, st.z1);
  else if (column != kZ0) sum = zk::msm(points, st.short_column(column));
  visit_sparse(st, column, [&](uint64_t row, const Fr& v) { sum = sum + zk::G1(points[row]) * v; });
  return sum.to_affine();
}

std::vector<Fr> evaluate_columns(const ProverState& st, PointSpan u) {
  const Shape& s = st.shape();
  std::vector<Fr> et = zk::eq_table(VmPoint(s, u).t);
  const std::vector<Fr> ek = zk::eq_table(VmPoint(s, u).k);
  std::vector<Fr> e(kColumnCount);
  et.resize(kept_samples(s));
  uint64_t short_rows = 0;
  for (unsigned c = 0; c < kColumnCount; c++)
    if (is_short(c)) short_rows = std::max<uint64_t>(short_rows, st.short_column(c).size());
  const std::vector<Fr> eq = zk::eq_table_start(u, short_rows);
  // sum_k eq(k, u) part(k) with part(k) = sum_t eq(t, u) column(k, t)
  auto machine = [&](auto&& part) {
    std::vector<Fr> by_slot(s.slots());
    parallel_for(s.slots(), [&](size_t begin, size_t end, unsigned) {
      for (uint64_t k = begin; k < end; k++) by_slot[k] = part(kept_at(s, k, 0));
    });
    return zk::dot(by_slot, ek);
  };
  for (unsigned c = 0; c < kColumnCount; c++) {
    if (c == kZ1) continue;
    if (c < kVmColumnCount)
      e[c] = machine([&](uint64_t row) { return zk::dot_u32(et, std::span(st.witness.vm[c]).subspan(row, et.size())); });
    else if (is_vm_helper(c))
      e[c] = machine([&](uint64_t row) { return zk::dot(et, std::span(st.h[c - kH1]).subspan(row, et.size())); });
    else if (is_short(c))
      e[c] = zk::dot(eq, st.short_column(c));
    visit_sparse(st, c, [&](uint64_t row, const Fr& v) { e[c] += zk::evaluate_at(row, v, u); });
  }
  e.erase(e.begin() + kZ1);
  return e;
}

// Machine columns at the rows of kept samples [first, first + count): combined where the prover keeps them, then put in
// rows.
void combine_machine(const ProverState& st, std::span<const Fr> power, uint64_t first, uint64_t count,
                     std::span<Fr> scratch, std::vector<Fr>& out) {
  const Shape& s = st.shape();
  for (uint64_t k = 0; k < s.slots(); k++) {
    const uint64_t at = kept_at(s, k, first);
    const std::span<Fr> part = scratch.subspan(k * count, count);
    std::array<const uint32_t*, kVmColumnCount> columns;
    for (unsigned c = 0; c < kVmColumnCount; c++) columns[c] = st.witness.vm[c].data() + at;
    zk::combine_u32(power.first(kVmColumnCount), columns, part);
    for (unsigned h = 0; h < 3; h++)
      if (h < 2 || !st.sums || looks_up(st, k))
        zk::add_scaled(part, power[kH1 + h], std::span(st.h[h]).subspan(at, count));
  }
  for (uint64_t k = 0; k < s.slots(); k++)
    for (uint64_t t = 0; t < count; t++) out[machine_row(s, k, first + t)] = scratch[k * count + t];
}

std::vector<Fr> combine_columns(const ProverState& st, const Fr& lambda) {
  const Shape& s = st.shape();
  const uint64_t samples = kept_samples(s);
  std::vector<Fr> power(kColumnCount),
      out = huge_vector<Fr>(std::max(machine_row(s, 0, samples), st.layout().used_rows));
  Fr p = Fr::one();
  for (unsigned c = 0; c < kColumnCount; c++)
    if (c != kZ1) power[c] = p, p *= lambda;
  parallel_for((samples + kSampleChunk - 1) / kSampleChunk, [&](size_t begin, size_t end, unsigned) {
    std::vector<Fr> scratch(s.slots() * kSampleChunk);
    for (uint64_t first = begin * kSampleChunk; first < std::min(samples, end * kSampleChunk); first += kSampleChunk)
      combine_machine(st, power, first, std::min(kSampleChunk, samples - first), scratch, out);
  });
  for (unsigned c = kVmColumnCount; c < kColumnCount; c++)
    if (is_short(c)) zk::add_scaled(out, power[c], st.short_column(c));
  for (unsigned c = 0; c < kColumnCount; c++)
    if (c != kZ1) visit_sparse(st, c, [&](uint64_t row, const Fr& v) { out[row] += power[c] * v; });
  zk::add_scaled(out, p, st.key->table_out);
  return out;
}

}  // namespace sotto::claim
