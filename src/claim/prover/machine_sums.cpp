// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/machine_sums.h"

#include "base/check.h"
#include "base/parallel.h"
#include "zk/commit/msm.h"
#include "zk/commit/point_sums.h"

namespace sotto::claim {
namespace {

// The lookup that a column belongs to; kNone for columns that no lookup names.
constexpr unsigned kNone = ~0u;
constexpr unsigned lookup_of(unsigned column) {
  if (column >= kA0 && column <= kG3) return (column - kA0) % 4;
  if (column >= kW1l && column <= kW2h) return 4 + column - kW1l;
  if (column == kP) return 0;
  return column == kSa || column == kSb ? 3 : kNone;
}
static_assert(kB0 == kA0 + 4 && kG0 == kB0 + 4 && kG3 == kG0 + 3 && kW2h == kW1l + 3);

// What a column holds where the row looks up entry e.
uint32_t value_at(const Shape& s, unsigned column, uint32_t e) {
  if (column >= kW1l && column <= kW2h) return e;
  const uint32_t a = e & ((1u << s.limb_bits) - 1), b = e >> s.limb_bits;
  if (column == kP) return 1u << (b & (s.word_bits() - 1));
  if (column == kSa) return a >> (s.limb_bits - 1);
  if (column == kSb) return b >> (s.limb_bits - 1);
  return column < kB0 ? a : column < kG0 ? b : a & b;
}

// sum_e scalar_of(e) sums[e]. Entries that no row looks up are left out, and there are many: additions of infinity are
// not what the fast additions are for.
template <class Scalar, class Msm, class ScalarOf>
zk::G1 combination(std::span<const zk::G1Affine> sums, Msm&& msm, ScalarOf&& scalar_of) {
  std::vector<zk::G1Affine> points;
  std::vector<Scalar> scalars;
  points.reserve(sums.size()), scalars.reserve(sums.size());
  for (uint32_t e = 0; e < sums.size(); e++)
    if (!sums[e].is_infinity()) points.push_back(sums[e]), scalars.push_back(scalar_of(e));
  return msm(points, scalars);
}

}  // namespace

bool MachineSums::covers(unsigned column) {
  return lookup_of(column) != kNone || column == kH1 || column == kH2 || column == kHL;
}

MachineSums::MachineSums(const ProvingKey& key, const Witness& witness) : key_(&key) {
  const Shape& s = key.shape;
  const zk::G1 all = zk::sum_points(std::span(key.srs->g1).first(machine_row(s, 0, s.samples)));
  std::vector<zk::BucketSorter> sorters(thread_count());
  parallel_for(kSong, [&](size_t begin, size_t end, unsigned thread) {
    for (size_t i = begin; i < end; i++) {
      sums_[i] = lookup_sums(witness, static_cast<unsigned>(i), sorters[thread]);
      complete(sums_[i], all);
    }
  });
  const auto& vm = witness.vm;
  sums_[kSong] = sums_of(witness, sound::Op::kLookup, 1u << s.limb_bits, [&](uint32_t x) { return vm[kA0][x]; });
  sums_[kSine] = sums_of(witness, sound::Op::kSine, 1u << s.range_bits(),
                         [&](uint32_t x) { return vm[kA2][x] | vm[kA3][x] << s.limb_bits; });
  const std::span<const zk::G1Affine> middle[] = {sums_[1], sums_[2]},
                                      range[] = {sums_[4], sums_[5], sums_[6], sums_[7]};
  middle_ = zk::add_lists(middle);
  range_ = zk::add_lists(range);
}

// Entry 0 stays empty: in most songs it is the entry of most rows.
MachineSums::Sums MachineSums::lookup_sums(const Witness& w, unsigned lookup, zk::BucketSorter& sorter) const {
  const Shape& s = key_->shape;
  const auto bucket = [](uint32_t e) { return e == 0 ? zk::kNoBucket : e; };
  const auto point = [&s](size_t x) { return static_cast<uint32_t>(row_of_kept(s, x)); };
  const uint32_t entries = 1u << s.range_bits();
  if (lookup >= kRange) {
    const auto& limb = w.vm[kW1l + lookup - kRange];
    return sorter.sums(key_->srs->g1, limb.size(), entries, [&](size_t x) { return bucket(limb[x]); }, point);
  }
  const auto &a = w.vm[kA0 + lookup], &b = w.vm[kB0 + lookup];
  return sorter.sums(
      key_->srs->g1, a.size(), entries, [&](size_t x) { return bucket(a[x] | b[x] << s.limb_bits); }, point);
}

// By entry, of the slots with this operation; empty where there is none.
template <class Entry>
MachineSums::Sums MachineSums::sums_of(const Witness& w, sound::Op op, uint32_t entries, Entry&& entry) const {
  const Shape& s = key_->shape;
  std::vector<uint32_t> rows;  // of the witness
  for (unsigned k = 0; k < s.slots(); k++)
    if (!w.program[flag_row(s, static_cast<unsigned>(op), k) / 2].is_zero())
      for (uint32_t t = 0; t < s.samples; t++) rows.push_back(static_cast<uint32_t>(kept_at(s, k, t)));
  if (rows.empty()) return {};
  zk::BucketSorter sorter;
  return sorter.sums(
      key_->srs->g1, rows.size(), entries, [&](size_t i) { return entry(rows[i]); },
      [&](size_t i) { return static_cast<uint32_t>(row_of_kept(s, rows[i])); });
}

void MachineSums::complete(Sums& sums, const zk::G1& all) const {
  sums[0] = (all + -zk::sum_points(std::span(sums).subspan(1))).to_affine();
}

zk::G1 MachineSums::column_of(unsigned lookup, unsigned column) const {
  return combination<uint32_t>(sums_[lookup], zk::msm_u32,
                               [&](uint32_t e) { return value_at(key_->shape, column, e); });
}

zk::G1 MachineSums::inverses_of(const Sums& sums, unsigned block, const std::vector<Fr>& table_inverse) const {
  const uint64_t first = key_->layout.table_row(key_->shape, block);
  return combination<Fr>(sums, zk::msm, [&](uint32_t e) { return table_inverse[first + e]; });
}

zk::G1 MachineSums::commit(unsigned column, const std::vector<Fr>& table_inverse) const {
  SOTTO_CHECK(covers(column));
  if (column == kH1)
    return inverses_of(sums_[0], Layout::kBlockA, table_inverse) +
           inverses_of(middle_, Layout::kBlockB, table_inverse) + inverses_of(sums_[3], Layout::kBlockC, table_inverse);
  if (column == kH2) return inverses_of(range_, Layout::kBlockRange, table_inverse);
  if (column != kHL) return column_of(lookup_of(column), column);
  const zk::G1 song = combination<Fr>(sums_[kSong], zk::msm,
                                      [&](uint32_t e) { return table_inverse[song_table_row(key_->layout, e)]; });
  return song + inverses_of(sums_[kSine], Layout::kBlockSine, table_inverse);
}

}  // namespace sotto::claim
