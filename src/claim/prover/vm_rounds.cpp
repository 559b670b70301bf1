// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/vm_rounds.h"

#include <algorithm>
#include <mutex>

#include "base/cpu_path.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "claim/statement/constraint_sums.h"
#include "zk/poly/vector.h"

namespace sotto::claim {
namespace {

Fr at(const std::vector<Fr>& v, uint64_t i) { return i < v.size() ? v[i] : Fr::zero(); }

// lo, lo + d, lo + 2 d, .. for a value of a bound table.
struct Line {
  Fr value, step;
  Line(const Fr& lo, const Fr& hi) : value(lo), step(hi - lo) {}
  void next() { value += step; }
};

}  // namespace

VmRounds::VmRounds(const ProverState& st, Path path)
    : st_(st), rows_(st.witness), w_(vm_weights(*st.key, st.challenges)), lookup_(st.challenges.lookup()), length_(st.shape().samples) {
  const Shape& s = st.shape();
  limb_ = Fr(uint64_t{1} << s.limb_bits);
  range_ = limb_ * limb_;
  constants_ = {Fr::one(), range_ * range_};
  logup_ = st.challenges.alpha[kRelLogUp];
  indicator_.assign(length_, Fr::one());
  flags_.resize(s.slots());
  for (unsigned k = 0; k < s.slots(); k++)
    for (unsigned op = 0; op < sound::kOpCount; op++)
      if (const Fr& f = st.program[flag_row(s, op, k)]; !f.is_zero()) flags_[k].push_back({op, f});
  last_slot_.assign(s.slots(), Fr::zero());
  last_slot_.back() = Fr::one();
  mask_sample_ = st.layout().mask_at >> s.slot_bits;
  for (unsigned i = 0; i < kMaskRows; i++) {
    Fr col[kVmColumnCount];
    for (unsigned c = 0; c < kVmColumnCount; c++) col[c] = st.mask[c][i];
    const Fr h[3] = {st.mask[kH1][i], st.mask[kH2][i], st.mask[kHL][i]};
    mask_[i] = forms_of(col, h);
  }
  if (path != Path::kSlow) lanes_.emplace(st, path == Path::kVector);
}

VmRounds::Path VmRounds::best_path(const ProverState& st) {
  if (!VmLaneRounds::usable(st)) return Path::kSlow;
  return use_ifma() ? Path::kVector : Path::kScalar;
}

VmRounds::Row VmRounds::forms_of(const Fr col[kVmColumnCount], const Fr h[3]) const {
  Row r;
  vm_column_forms(limb_, range_, lookup_, st_.challenges.chi, [col](unsigned c) { return col[c]; }, r.v);
  std::copy(h, h + 3, r.v + kFormHelper1);
  return r;
}

VmRounds::Row VmRounds::load(uint64_t slot, uint64_t t) const {
  const uint64_t x = kept_at(st_.shape(), slot, t);
  Fr col[kVmColumnCount];
  rows_.load(x, col);
  const Fr h[3] = {st_.h[0][x], st_.h[1][x], st_.h[2][x]};
  return forms_of(col, h);
}

VmRounds::Row VmRounds::row(uint64_t slot, uint64_t index) const {
  Row r;
  if (index < length_)
    for (unsigned f = 0; f < kVmFormCount; f++) r.v[f] = forms_[f][slot * stride_ + index];
  return r;
}

Fr VmRounds::constraints(const Row& r, const std::vector<Flag>& flags) const {
  const Fr* alpha = st_.challenges.alpha.data();
  const VmDenominators<Fr> q = denominators_of(r.v, lookup_.base, lookup_.beta, true);
  Fr sum = machine_sum_of(r.v, q, constants_.one, alpha);
  const Words<Fr> w = words_of(r.v);
  for (const Flag& f : flags) {
    const Fr c = operation_sum(static_cast<Op>(f.op), w, q, r.v[kFormHelperL], constants_, alpha);
    sum += f.value == Fr::one() ? c : f.value * c;
  }
  return sum;
}

void VmRounds::add_round(RoundValues& values) {
  if (lanes_) lanes_->add_round(w_, indicator_, values);
  else if (round_ < st_.shape().sample_bits) add_sample_round(values);
  else add_slot_round(values);
}

void VmRounds::add_sample_round(RoundValues& values) const {
  const uint64_t pairs = (length_ + 1) / 2, slots = st_.shape().slots();
  std::mutex mutex;
  parallel_for(slots * pairs, [&](size_t begin, size_t end, unsigned) {
    RoundValues local{};
    for (size_t i = begin; i < end; i++) {
      const uint64_t k = i / pairs, lo = i % pairs * 2;
      Row r = round_ == 0 ? load(k, lo) : row(k, lo), step;
      const Row high = round_ == 0 ? (lo + 1 < length_ ? load(k, lo + 1) : Row{}) : row(k, lo + 1);
      for (unsigned f = 0; f < kVmFormCount; f++) step.v[f] = high.v[f] - r.v[f];
      Line eq(w_.eq_t[lo], at(w_.eq_t, lo + 1)), operand(w_.operand_t[lo], at(w_.operand_t, lo + 1));
      Line ind(indicator_[lo], at(indicator_, lo + 1)), sample(w_.sample_t[lo], at(w_.sample_t, lo + 1));
      for (unsigned x = 0; x <= kDegree; x++) {
        Fr v = eq.value * w_.eq_k[k] * constraints(r, flags_[k]);
        v += operand.value * (w_.operand_k[k] * r.v[kFormOperandSum] + w_.register_k[k] * r.v[kFormResult]);
        v += logup_ * ind.value * (r.v[kFormHelper1] + r.v[kFormHelper2] + r.v[kFormHelperL]);
        if (k + 1 == slots) v += sample.value * r.v[kFormSample];
        local[x] += v;
        for (unsigned f = 0; f < kVmFormCount; f++) r.v[f] += step.v[f];
        for (Line* line : {&eq, &operand, &ind, &sample}) line->next();
      }
    }
    const std::lock_guard lock(mutex);
    for (unsigned x = 0; x <= kDegree; x++) values[x] += local[x];
  }, 16);
}

// All samples are bound: one entry per slot, and flags vary.
void VmRounds::add_slot_round(RoundValues& values) const {
  const uint64_t slots = forms_[0].size();
  for (uint64_t k = 0; k < slots; k += 2) {
    auto line = [&](const std::vector<Fr>& v) { return Line(v[k], at(v, k + 1)); };
    std::vector<Line> forms;
    for (const auto& f : forms_) forms.push_back(line(f));
    Line eq = line(w_.eq_k), operand = line(w_.operand_k), reg = line(w_.register_k), last = line(last_slot_);
    std::vector<Flag> flags;
    std::vector<Fr> step(sound::kOpCount);
    for (unsigned op = 0; op < sound::kOpCount; op++) {
      flags.push_back({op, flags_[k][op].value});
      step[op] = flags_[k + 1][op].value - flags_[k][op].value;
    }
    for (unsigned x = 0; x <= kDegree; x++) {
      Row r;
      for (unsigned f = 0; f < kVmFormCount; f++) r.v[f] = forms[f].value;
      values[x] += w_.eq_t[0] * eq.value * constraints(r, flags);
      values[x] += w_.operand_t[0] * (operand.value * r.v[kFormOperandSum] + reg.value * r.v[kFormResult]);
      values[x] += logup_ * indicator_[0] * (r.v[kFormHelper1] + r.v[kFormHelper2] + r.v[kFormHelperL]) + w_.sample_t[0] * last.value * r.v[kFormSample];
      for (Line& f : forms) f.next();
      for (Line* l : {&eq, &operand, &reg, &last}) l->next();
      for (unsigned op = 0; op < sound::kOpCount; op++) flags[op].value += step[op];
    }
  }
}

void VmRounds::bind(const Fr& x) {
  if (round_ < st_.shape().sample_bits) bind_samples(x);
  else bind_slots(x);
  round_++;
  if (round_ <= st_.shape().sample_bits) extend_to_mask_rows();
  if (round_ == st_.shape().sample_bits) keep_one_sample();
}

// From here on tables are by slot.
void VmRounds::keep_one_sample() {
  for (auto& f : forms_) {
    for (uint64_t k = 0; k < st_.shape().slots(); k++) f[k] = f[k * stride_];
    f.resize(st_.shape().slots());
  }
}

void VmRounds::bind_slots(const Fr& x) {
  for (auto& f : forms_) zk::bind_lowest(f, x);
  for (auto* v : {&w_.eq_k, &w_.operand_k, &w_.register_k, &last_slot_}) zk::bind_lowest(*v, x);
  std::vector<std::vector<Flag>> half(flags_.size() / 2);
  for (size_t k = 0; k < half.size(); k++)
    for (unsigned op = 0; op < sound::kOpCount; op++) {
      const Fr lo = flags_[2 * k][op].value;
      half[k].push_back({op, lo + x * (flags_[2 * k + 1][op].value - lo)});
    }
  flags_ = std::move(half);
}

// The first time into new tables, with room for the sample of the masks; from then on in place.
void VmRounds::bind_forms(const Fr& x) {
  const uint64_t slots = st_.shape().slots(), half = (length_ + 1) / 2;
  if (round_ > 0) {
    parallel_for(kVmFormCount * slots, [&](size_t begin, size_t end, unsigned) {
      for (size_t i = begin; i < end; i++)
        zk::bind_pairs_in_place(std::span(forms_[i / slots]).subspan(i % slots * stride_, length_), x);
    });
    return;
  }
  stride_ = std::max(half, mask_sample_ / 2 + 1);
  for (auto& f : forms_) f = huge_vector<Fr>(slots * stride_);
  parallel_for(
      slots * half,
      [&](size_t begin, size_t end, unsigned) {
        for (size_t i = begin; i < end; i++) {
          const uint64_t k = i / half, lo = i % half * 2;
          const Row a = load(k, lo), b = lo + 1 < length_ ? load(k, lo + 1) : Row{};
          for (unsigned f = 0; f < kVmFormCount; f++)
            forms_[f][k * stride_ + i % half] = a.v[f] + x * (b.v[f] - a.v[f]);
        }
      },
      16);
}

void VmRounds::bind_samples(const Fr& x) {
  if (lanes_) {
    lanes_->bind(x);
    if (lanes_->finished()) {
      length_ = lanes_->length();
      auto tables = lanes_->tables();
      for (unsigned f = 0; f < kVmFormCount; f++) forms_[f] = std::move(tables[f]);
      stride_ = length_;
      lanes_.reset();
      mask_merged_ = true;
    }
  } else {
    bind_forms(x);
    length_ = (length_ + 1) / 2;
  }
  const Fr factor = mask_sample_ & 1 ? x : Fr::one() - x;
  for (Row& mask : mask_)
    for (Fr& v : mask.v) v *= factor;
  mask_sample_ /= 2;
  for (auto* v : {&w_.eq_t, &w_.operand_t, &w_.sample_t, &indicator_}) {
    zk::bind_lowest(*v, x);
    if (!lanes_) v->resize(length_);
  }
  if (round_ + 1 < st_.shape().sample_bits) return;
  for (auto& slot : flags_) {  // from here on flags are tables
    std::vector<Flag> all;
    for (unsigned op = 0; op < sound::kOpCount; op++) all.push_back({op, Fr::zero()});
    for (const Flag& f : slot) all[f.op].value = f.value;
    slot = std::move(all);
  }
}

// The mask rows are a sample of slots 0 and 1. Once the samples in use reach it, it becomes one of them.
void VmRounds::extend_to_mask_rows() {
  if (mask_merged_ || lanes_ || length_ < mask_sample_) return;
  const uint64_t slots = st_.shape().slots(), length = std::max(length_, mask_sample_ + 1);
  for (unsigned f = 0; f < kVmFormCount; f++) {
    for (uint64_t k = 0; k < slots; k++) std::fill_n(&forms_[f][k * stride_ + length_], length - length_, Fr::zero());
    for (unsigned i = 0; i < kMaskRows; i++) forms_[f][i * stride_ + mask_sample_] += mask_[i].v[f];
  }
  for (auto* v : {&w_.eq_t, &w_.operand_t, &w_.sample_t, &indicator_}) v->resize(length);
  length_ = length;
  mask_merged_ = true;
}

}  // namespace sotto::claim
