// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/vm_lane_rounds.h"

#include <algorithm>
#include <mutex>

#include "base/huge_pages.h"
#include "base/parallel.h"

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
  const Fr at[3] = {total(q[0]) * scale, total(q[1]) * scale, total(q[2]) * scale};
  const RoundValues all = extended(at);
  for (unsigned x = 0; x <= kDegree; x++) values[x] += all[x];
}

}  // namespace

bool VmLaneRounds::usable(const ProverState& st) {
  const Shape& s = st.shape();
  if (s.sample_bits < 7 || s.samples <= kFewRows || !st.witness.overrides.empty()) return false;
  for (unsigned k = 0; k < s.slots(); k++) {
    if (single_operation(st, k) == sound::kOpCount) return false;
    for (uint64_t t = s.samples; t < kept_samples(s); t++) {
      const uint64_t x = kept_at(s, k, t);
      for (const auto& column : st.witness.vm)
        if (column[x] != 0) return false;
      for (const auto& h : st.h)
        if (!h[x].is_zero()) return false;
    }
  }
  return true;
}

VmLaneRounds::VmLaneRounds(const ProverState& st, bool vectors)
    : st_(st), length_(st.shape().samples), kernel_((vectors ? make_vector_kernel : make_scalar_kernel)(st.shape(), st.challenges)),
      honest_(st.sums.has_value()) {
  make_groups();
}

// Not for the slots that hold masks, nor for the last one, whose samples the judge reads, and only where equal sources
// make equal rows.
void VmLaneRounds::make_groups() {
  const Shape& s = st_.shape();
  const Layout& l = st_.layout();
  auto same_sources = [&](unsigned a, unsigned b) {
    for (unsigned x = 0; x < 3; x++)
      for (unsigned j = 0; j < s.sources(); j++)
        if (st_.program[selector_row(s, l, x, j, a)] != st_.program[selector_row(s, l, x, j, b)]) return false;
    return true;
  };
  for (unsigned k = 0; k < s.slots(); k++) {
    const Op op = static_cast<Op>(single_operation(st_, k));
    auto equal = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) {
      return honest_ && k + 1 < s.slots() && g.slots[0] >= kMaskRows && g.op == op && same_sources(g.slots[0], k);
    });
    if (equal == groups_.end())
      groups_.push_back({op, {k}});
    else
      equal->slots.push_back(k);
  }
}

VmLaneRows VmLaneRounds::rows(size_t group) const {
  VmLaneRows r;
  if (!tables_.empty()) {
    for (unsigned f = 0; f < kVmFormCount; f++) r.tables[f] = tables_[f].data() + group * stride_;
    return r;
  }
  const uint64_t first = kept_at(st_.shape(), groups_[group].slots[0], 0);
  for (unsigned c = 0; c < kVmColumnCount; c++) r.columns[c] = st_.witness.vm[c].data() + first;
  for (unsigned h = 0; h < 3; h++) r.helpers[h] = st_.h[h].data() + first;
  return r;
}

// Samples still distinguished are even in number: every pair is two samples of the song, or none.
bool VmLaneRounds::factored() const {
  const uint64_t samples = st_.shape().samples;
  return honest_ && samples % (uint64_t{2} << u_.size()) == 0 && !eq_line()[1].is_zero();
}

// eq(X, tau) of this round's variable at 0 and 1.
std::array<Fr, 2> VmLaneRounds::eq_line() const {
  const Fr& tau = VmPoint(st_.shape(), st_.challenges.tau).t[u_.size()];
  return {Fr::one() - tau, tau};
}

// t[5] is the coefficient c of X^5 yet; differences of that order are 5! c.
void VmLaneRounds::complete(Factor& t) const {
  if (!u_.empty()) {  // else T(0) = T(1) = 0
    const auto l = eq_line();
    t[1] = (claim_ - l[0] * t[0]) * l[1].inverse();
  }
  static_assert(kFactorDegree == 5);
  t[5] = Fr(120) * t[5] + Fr(5) * (t[4] - t[1]) + Fr(10) * (t[2] - t[3]) + t[0];
}

void VmLaneRounds::add_factor(const Factor& t, RoundValues& values) const {
  const auto l = eq_line();
  const RoundValues all = extended(t);
  Fr line = l[0];
  for (unsigned x = 0; x <= kDegree; x++, line += l[1] - l[0]) values[x] += line * all[x];
}

void VmLaneRounds::add_round(const VmWeights& w, const std::vector<Fr>& indicator, RoundValues& values) {
  auto padded_with_zeros = [&](std::vector<Fr> v) {
    v.resize(padded());
    return v;
  };
  const std::vector<Fr> operand = padded_with_zeros(w.operand_t), ones = padded_with_zeros(indicator),
                        sample = padded_with_zeros(w.sample_t);
  std::vector<Fr> eq = padded_with_zeros(w.eq_t);
  VmLaneWeights weights{eq.data(), operand.data(), ones.data(), nullptr};
  const bool by_factor = factored();
  if (by_factor) {
    weights.eq_by_pair = true;
    weights.points = u_.empty() ? 0b011100 : 0b011101;
    for (size_t i = 0; i < eq.size() / 2; i++) eq[i] = eq[2 * i] + eq[2 * i + 1];
  }
  const Fr& logup = st_.challenges.alpha[kRelLogUp];
  std::array<Fr, kDegree + 1> constraints{};
  std::mutex mutex;
  parallel_for(groups_.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      const Group& group = groups_[i];
      const bool last = i + 1 == groups_.size();
      VmLaneWeights of_slot = weights;
      if (last) of_slot.sample = sample.data();
      VmLaneSums sums;
      kernel_->slot_round(rows(i), of_slot, group.op, padded() / 16, sums);
      auto of_slots = [&](const std::vector<Fr>& weight) {
        Fr sum;
        for (unsigned k : group.slots) sum += weight[k];
        return sum;
      };
      const std::lock_guard lock(mutex);
      const Fr eq_k = of_slots(w.eq_k);
      for (unsigned x = 0; x <= kDegree; x++)
        if (weights.points >> x & 1 || (by_factor && x == kFactorDegree)) constraints[x] += total(sums.constraints[x]) * eq_k;
      add_quadratic(sums.quadratic[VmLaneSums::kOperands], of_slots(w.operand_k), values);
      add_quadratic(sums.quadratic[VmLaneSums::kResults], of_slots(w.register_k), values);
      add_quadratic(sums.quadratic[VmLaneSums::kHelpers], logup * Fr(uint64_t{group.slots.size()}), values);
      if (last) add_quadratic(sums.quadratic[VmLaneSums::kSamples], Fr::one(), values);
    }
  });
  honest_ = by_factor;  // the claim is followed only as long as all rounds have been taken this way
  if (by_factor) {
    std::copy_n(constraints.begin(), factor_.size(), factor_.begin());
    complete(factor_);
    add_factor(factor_, values);
  } else {
    for (unsigned x = 0; x <= kDegree; x++) values[x] += constraints[x];
  }
}

// The mask's sample is a multiple of 2^kMaxBound (Layout::mask_at), so until here no weight has met it.
void VmLaneRounds::add_mask_rows() {
  const Shape& s = st_.shape();
  const Fr limb(uint64_t{1} << s.limb_bits), range = limb * limb;
  const uint64_t sample = st_.layout().mask_at >> s.slot_bits >> u_.size();
  const Fr scale = kernel_->table_scale() * zk::eq_zero(u_);
  for (unsigned i = 0; i < kMaskRows; i++) {
    Fr forms[kVmFormCount];
    vm_column_forms(
        limb, range, st_.challenges.lookup(), st_.challenges.chi, [&](unsigned c) { return st_.mask[c][i]; }, forms);
    for (unsigned h = 0; h < 3; h++) forms[kFormHelper1 + h] = st_.mask[kH1 + h][i];
    for (unsigned f = 0; f < kVmFormCount; f++) tables_[f][i * stride_ + sample] = scale * forms[f];  // groups 0 and 1
  }
}

void VmLaneRounds::write_tables() {
  const uint64_t written = padded() / 8;
  length_ = std::max(length_, (st_.layout().mask_at >> st_.shape().slot_bits >> u_.size()) + 1);
  stride_ = padded();
  std::vector<std::vector<Fr>> out;
  for (unsigned f = 0; f < kVmFormCount; f++) out.push_back(huge_vector<Fr>(groups_.size() * stride_));
  parallel_for(groups_.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t k = begin; k < end; k++) {
      Fr* to[kVmFormCount];
      for (unsigned f = 0; f < kVmFormCount; f++) to[f] = out[f].data() + k * stride_;
      kernel_->write_forms(rows(k), written, to);
    }
  });
  tables_ = std::move(out);
  add_mask_rows();
}

// Linear, so the tables' form does not matter. In place; what is left behind the bound rows in a group of pairs is
// cleared.
void VmLaneRounds::bind_tables(const Fr& x, uint64_t from) {
  parallel_for(tables_.size() * groups_.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      Fr* rows = tables_[i / groups_.size()].data() + i % groups_.size() * stride_;
      kernel_->bind_table(rows, x, from / 16);
      std::fill(rows + from / 2, rows + std::max(from / 2, padded()), Fr::zero());
    }
  });
}

void VmLaneRounds::bind(const Fr& x) {
  if (honest_) {
    RoundValues values{};
    add_factor(factor_, values);
    claim_ = zk::horner(zk::coefficients_of(values), x);
  }
  u_.push_back(x);
  const uint64_t from = padded();
  length_ = (length_ + 1) / 2;
  if (!tables_.empty()) return bind_tables(x, from);
  kernel_->bind(u_);
  if (u_.size() == kMaxBound || finished()) write_tables();
}

std::vector<std::vector<Fr>> VmLaneRounds::tables() {
  const Fr scale = kernel_->table_scale().inverse();
  std::vector<std::vector<Fr>> out;
  for (const auto& table : tables_) {
    auto& t = out.emplace_back(st_.shape().slots() * length_);
    for (size_t g = 0; g < groups_.size(); g++)
      for (unsigned k : groups_[g].slots)
        for (uint64_t i = 0; i < length_; i++) t[k * length_ + i] = table[g * stride_ + i] * scale;
  }
  tables_.clear();
  return out;
}

}  // namespace sotto::claim
