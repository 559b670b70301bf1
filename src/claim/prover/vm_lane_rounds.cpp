// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/vm_lane_rounds.h"

#include <algorithm>
#include <mutex>

#include "base/cpu_path.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "zk/poly/kernels/vector_ifma.h"

namespace sotto::claim {
namespace {

// The slot's only operation, or kOpCount.
unsigned single_operation(const ProverState& st, unsigned slot) {
  unsigned found = sound::kOpCount;
  for (unsigned op = 0; op < sound::kOpCount; op++) {
    const Fr& flag = st.program[flag_row(st.shape(), op, slot)];
    if (flag.is_zero()) continue;
    if (flag != Fr::one() || found != sound::kOpCount) return sound::kOpCount;
    found = op;
  }
  return found;
}

// Values at 0 .. kDegree of a polynomial of degree 2 from those at 0, 1, 2, times `scale`, added to `values`.
void add_quadratic(const LaneWords (&q)[3], const Fr& scale, RoundValues& values) {
  const Fr v0 = total(q[0]) * scale, v1 = total(q[1]) * scale, v2 = total(q[2]) * scale, second = v2 - v1 - v1 + v0;
  Fr v = v0, first = v1 - v0;
  for (Fr& out : values) {
    out += v;
    v += first;
    first += second;
  }
}

}  // namespace

bool VmLaneRounds::usable(const ProverState& st) {
  const Shape& s = st.shape();
  if (!use_ifma() || s.sample_bits < 7 || s.samples <= kFewRows || !st.witness.overrides.empty()) return false;
  const uint64_t end = std::min<uint64_t>(uint64_t{1} << s.sample_bits, (s.samples + 127) / 128 * 128);
  for (unsigned k = 0; k < s.slots(); k++) {
    if (single_operation(st, k) == sound::kOpCount) return false;
    for (uint64_t t = s.samples; t < end; t++) {
      const uint64_t x = uint64_t{k} << s.sample_bits | t;
      for (const auto& column : st.witness.vm)
        if (column[x] != 0) return false;
      for (const auto& h : st.h)
        if (!h[x].is_zero()) return false;
    }
  }
  return true;
}

VmLaneRounds::VmLaneRounds(const ProverState& st) : st_(st), length_(st.shape().samples), forms_(st.shape(), st.challenges) {
  const Shape& s = st.shape();
  const Fr limb(uint64_t{1} << s.limb_bits), range = limb * limb;
  const LookupChallenges<Fr> lookup = st.challenges.lookup();
  constants_.one = lane_scalar(Fr::one());
  constants_.m = lane_scalar(range * range);
  for (unsigned i = 0; i < 10; i++) constants_.base[i] = lane_scalar(lookup.base[i]);
  for (unsigned i = 0; i <= kTermZero; i++) constants_.alpha[i] = lane_scalar(st.challenges.alpha[i]);
  for (unsigned k = 0; k < s.slots(); k++) op_.push_back(single_operation(st, k));
}

VmLaneRows VmLaneRounds::rows(uint64_t slot) const {
  VmLaneRows r;
  if (!tables_.empty()) {
    for (unsigned f = 0; f < kVmFormCount; f++) r.tables[f] = tables_[f].data() + slot * stride();
    return r;
  }
  const uint64_t first = slot << st_.shape().sample_bits;
  r.forms = &forms_.terms();
  for (unsigned c = 0; c < kVmColumnCount; c++) r.columns[c] = st_.witness.vm[c].data() + first;
  for (unsigned h = 0; h < 3; h++) r.helpers[h] = st_.h[h].data() + first;
  return r;
}

void VmLaneRounds::add_round(const VmWeights& w, const std::vector<Fr>& indicator, RoundValues& values) const {
  auto padded = [&](std::vector<Fr> v) {
    v.resize(stride());
    return v;
  };
  const std::vector<Fr> eq = padded(w.eq_t), operand = padded(w.operand_t), ones = padded(indicator), sample = padded(w.sample_t);
  const Fr& logup = st_.challenges.alpha[kRelLogUp];
  std::mutex mutex;
  parallel_for(op_.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t k = begin; k < end; k++) {
      const bool last = k + 1 == op_.size();
      VmLaneSums sums;
      vm_slot_round_ifma(rows(k), {eq.data(), operand.data(), ones.data(), last ? sample.data() : nullptr}, constants_,
                         static_cast<Op>(op_[k]), stride() / 16, sums);
      const std::lock_guard lock(mutex);
      for (unsigned x = 0; x <= kDegree; x++) values[x] += total(sums.constraints[x]) * w.eq_k[k];
      add_quadratic(sums.quadratic[VmLaneSums::kOperands], w.operand_k[k], values);
      add_quadratic(sums.quadratic[VmLaneSums::kResults], w.register_k[k], values);
      add_quadratic(sums.quadratic[VmLaneSums::kHelpers], logup, values);
      if (last) add_quadratic(sums.quadratic[VmLaneSums::kSamples], Fr::one(), values);
    }
  });
}

// The mask's sample is a multiple of 2^kMaxBound (Layout::mask_at), so until here no weight has met it.
void VmLaneRounds::add_mask_rows() {
  const Shape& s = st_.shape();
  const Fr limb(uint64_t{1} << s.limb_bits), range = limb * limb;
  const uint64_t sample = st_.layout().mask_at >> s.slot_bits >> u_.size();
  const Fr scale = Fr(uint64_t{16}) * zk::eq_zero(u_);  // to v 2^260
  for (unsigned i = 0; i < kMaskRows; i++) {
    Fr forms[kVmFormCount];
    vm_column_forms(limb, range, st_.challenges.lookup(), st_.challenges.chi, [&](unsigned c) { return st_.mask[c][i]; }, forms);
    for (unsigned h = 0; h < 3; h++) forms[kFormHelper1 + h] = st_.mask[kH1 + h][i];
    for (unsigned f = 0; f < kVmFormCount; f++) tables_[f][i * stride() + sample] = scale * forms[f];
  }
}

void VmLaneRounds::write_tables() {
  const uint64_t written = stride() / 8;
  length_ = std::max(length_, (st_.layout().mask_at >> st_.shape().slot_bits >> u_.size()) + 1);
  std::vector<std::vector<Fr>> out;
  for (unsigned f = 0; f < kVmFormCount; f++) out.push_back(huge_vector<Fr>(op_.size() * stride()));
  parallel_for(op_.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t k = begin; k < end; k++) {
      Fr* to[kVmFormCount];
      for (unsigned f = 0; f < kVmFormCount; f++) to[f] = out[f].data() + k * stride();
      vm_write_forms_ifma(rows(k), written, to);
    }
  });
  tables_ = std::move(out);
  add_mask_rows();
}

void VmLaneRounds::bind(const Fr& x) {
  u_.push_back(x);
  if (tables_.empty()) {
    length_ = (length_ + 1) / 2;
    forms_.bind(u_);
    if (u_.size() == kMaxBound || finished()) write_tables();
    return;
  }
  const uint64_t from = stride();
  length_ = (length_ + 1) / 2;
  // Linear, so the tables' form does not matter. Rows past from / 2 stay zero: stride is rounded up.
  for (auto& table : tables_) {
    std::vector<Fr> out = huge_vector<Fr>(op_.size() * stride());
    parallel_for(op_.size(), [&](size_t begin, size_t end, unsigned) {
      for (size_t k = begin; k < end; k++) zk::bind_lowest_ifma(table.data() + k * from, x, from / 16, out.data() + k * stride());
    });
    table = std::move(out);
  }
}

std::vector<std::vector<Fr>> VmLaneRounds::tables() {
  const Fr scale = Fr(uint64_t{16}).inverse();  // v 2^260 to v 2^256
  std::vector<std::vector<Fr>> out;
  for (const auto& table : tables_) {
    auto& t = out.emplace_back(op_.size() * length_);
    for (size_t k = 0; k < op_.size(); k++)
      for (uint64_t i = 0; i < length_; i++) t[k * length_ + i] = table[k * stride() + i] * scale;
  }
  tables_.clear();
  return out;
}

}  // namespace sotto::claim
