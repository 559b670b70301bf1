// SPDX-License-Identifier: Apache-2.0
// One pair after the other, for machines without AVX-512 IFMA. Forms are sums of few products of a field element and an
// integer below 2^32, reduced once; the words of a row are such integers, too.
#include "base/check.h"
#include "claim/prover/row_sum.h"
#include "claim/prover/vm_kernel.h"
#include "zk/poly/vector.h"

namespace sotto::claim {
namespace {

// What forms are made of: the machine's columns, and the words of a row.
enum Source : unsigned { kWordA = kVmColumnCount, kWordB, kWordG, kWordW1, kWordW2, kSourceCount };
struct WordColumns {
  Source word;
  unsigned first, count;  // columns, from the lowest limb up
};
constexpr WordColumns kWords[] = {
    {kWordA, kA0, 4}, {kWordB, kB0, 4}, {kWordG, kG0, 4}, {kWordW1, kW1l, 2}, {kWordW2, kW2l, 2}};

struct Term {
  unsigned source;  // s + kSourceCount * b: source s of row b of the bound row
  Fr coefficient;   // times 2^64
};

// value, value + step, ..
struct Line {
  Fr value, step;
  Line() = default;
  Line(const Fr& lo, const Fr& hi) : value(lo), step(hi - lo) {}
  void next() { value += step; }
};
Line weight(const Fr* from, size_t pair) { return {from[2 * pair], from[2 * pair + 1]}; }

void set_lane(LaneWords& out, const Fr& v) {
  out = {};
  for (unsigned i = 0; i < 4; i++) out.word[i][0] = v.montgomery()[i];
}

class ScalarKernel : public VmKernel {
 public:
  ScalarKernel(const Shape& shape, const Challenges& challenges)
      : limb_bits_(shape.limb_bits),
        coefficients_(by_source(form_coefficients(shape, challenges))) {
    const LookupChallenges<Fr> lookup = challenges.lookup();
    constants_.one = Fr::one();
    constants_.m = Fr(uint64_t{1} << 2 * limb_bits_).square();
    std::copy_n(lookup.base, kTableIdEnd, constants_.base);
    std::copy_n(lookup.beta, 2, constants_.beta);
    std::copy_n(challenges.alpha.begin(), kTermZero + 1, constants_.alpha);
    bind({});
  }
  void bind(PointSpan u) override {
    SOTTO_CHECK(u.size() <= kMaxBound);
    bound_ = static_cast<unsigned>(u.size());
    eq_ = zk::eq_table(u);
    const Fr two64 = Fr(uint64_t{1} << 32).square();
    terms_.clear();
    for (unsigned f = 0; f < kVmColumnForms; f++) {
      first_[f] = terms_.size();
      for (unsigned s = 0; s < kSourceCount; s++)
        for (unsigned b = 0; b < eq_.size() && !coefficients_[f][s].is_zero(); b++)
          terms_.push_back({s + kSourceCount * b, two64 * coefficients_[f][s] * eq_[b]});
    }
    first_[kVmColumnForms] = terms_.size();
  }
  void slot_round(VmLaneRows rows, const VmLaneWeights& weights, Op op, size_t groups, VmLaneSums& out) const override {
    const RowSum<Fr> row_sum = row_sum_of<Fr>(op);
    Sums sums;
    Fr lo[kVmFormCount], hi[kVmFormCount];
    for (size_t pair = 0; pair < 8 * groups; pair++) {
      load(rows, 2 * pair, lo);
      load(rows, 2 * pair + 1, hi);
      for (unsigned f = 0; f < kVmFormCount; f++) hi[f] -= lo[f];
      add_quadratics(weights, pair, lo, hi, sums);
      add_constraints(weights, pair, lo, hi, row_sum, sums);
    }
    for (unsigned x = 0; x <= kDegree; x++) set_lane(out.constraints[x], sums.constraints[x]);
    for (unsigned q = 0; q < VmLaneSums::kQuadraticCount; q++)
      for (unsigned x = 0; x <= 2; x++) set_lane(out.quadratic[q][x], sums.quadratic[q][x]);
  }
  void write_forms(VmLaneRows rows, size_t groups, Fr* const* out) const override {
    Fr v[kVmFormCount];
    for (size_t i = 0; i < 8 * groups; i++) {
      load(rows, i, v);
      for (unsigned f = 0; f < kVmFormCount; f++) out[f][i] = v[f];
    }
  }
  void bind_table(Fr* rows, const Fr& x, size_t groups) const override {
    zk::bind_pairs_in_place({rows, 16 * groups}, x);
  }
  Fr table_scale() const override { return Fr::one(); }

 private:
  using BySource = std::array<std::array<Fr, kSourceCount>, kVmColumnForms>;
  struct Sums {
    Fr constraints[kDegree + 1], quadratic[VmLaneSums::kQuadraticCount][3];
  };

  // Where a form holds all limbs of a word with their weights, it holds the word.
  BySource by_source(const VmFormCoefficients& columns) const {
    BySource out{};
    for (unsigned f = 0; f < kVmColumnForms; f++) {
      std::copy(columns[f].begin(), columns[f].end(), out[f].begin());
      for (const WordColumns& w : kWords) {
        const Fr step(uint64_t{1} << limb_bits_ * (4 / w.count));
        bool whole = true;
        for (unsigned i = 1; i < w.count; i++) whole = whole && out[f][w.first + i] == out[f][w.first + i - 1] * step;
        if (!whole) continue;
        out[f][w.word] = out[f][w.first];
        std::fill_n(out[f].begin() + w.first, w.count, Fr::zero());
      }
    }
    return out;
  }
  // Bound row i of every form.
  void load(const VmLaneRows& rows, size_t i, Fr* out) const {
    if (!rows.columns[0]) {
      for (unsigned f = 0; f < kVmFormCount; f++) out[f] = rows.tables[f][i];
      return;
    }
    uint32_t source[kSourceCount << kMaxBound];
    for (unsigned b = 0; b < 1u << bound_; b++) load_sources(rows, (i << bound_) + b, source + kSourceCount * b);
    for (unsigned f = 0; f < kVmColumnForms; f++) {
      Fr::SmallProducts sum;
      for (size_t t = first_[f]; t < first_[f + 1]; t++)
        if (const uint32_t v = source[terms_[t].source]) sum.add(terms_[t].coefficient, v);
      out[f] = sum.over_two64();
    }
    for (unsigned h = 0; h < 3; h++) {
      const Fr* from = rows.helpers[h] + (i << bound_);
      out[kFormHelper1 + h] = bound_ == 0 ? from[0] : zk::dot(eq_, {from, eq_.size()});
    }
  }
  void load_sources(const VmLaneRows& rows, size_t row, uint32_t* out) const {
    for (unsigned c = 0; c < kVmColumnCount; c++) out[c] = rows.columns[c][row];
    for (const WordColumns& w : kWords) {
      out[w.word] = 0;
      for (unsigned i = w.count; i-- > 0;) out[w.word] = (out[w.word] << limb_bits_ * (4 / w.count)) + out[w.first + i];
    }
  }
  static void add_quadratics(const VmLaneWeights& w, size_t pair, const Fr* v, const Fr* step, Sums& sums) {
    Line operand = weight(w.operand, pair), indicator = weight(w.indicator, pair),
         sample = w.sample ? weight(w.sample, pair) : Line();
    auto line = [&](unsigned form) { return Line(v[form], v[form] + step[form]); };
    Line operands = line(kFormOperandSum), result = line(kFormResult), samples = line(kFormSample), helpers;
    helpers.value = v[kFormHelper1] + v[kFormHelper2] + v[kFormHelperL];
    helpers.step = step[kFormHelper1] + step[kFormHelper2] + step[kFormHelperL];
    for (unsigned x = 0; x <= 2; x++) {
      sums.quadratic[VmLaneSums::kOperands][x] += operand.value * operands.value;
      sums.quadratic[VmLaneSums::kResults][x] += operand.value * result.value;
      sums.quadratic[VmLaneSums::kHelpers][x] += indicator.value * helpers.value;
      if (w.sample) sums.quadratic[VmLaneSums::kSamples][x] += sample.value * samples.value;
      for (Line* l : {&operand, &indicator, &sample, &operands, &result, &samples, &helpers}) l->next();
    }
  }
  // v is moved along its line.
  void add_constraints(const VmLaneWeights& w, size_t pair, Fr* v, const Fr* step, RowSum<Fr> row_sum,
                       Sums& sums) const {
    Line eq = w.eq_by_pair ? Line(w.eq[pair], w.eq[pair]) : weight(w.eq, pair);
    for (unsigned x = 0; w.points >> x; x++) {
      if (x > 0) {
        for (unsigned f = 0; f < kVmFormCount; f++) v[f] += step[f];
        eq.next();
      }
      if (w.points >> x & 1) sums.constraints[x] += eq.value * row_sum(v, constants_);
    }
    if (w.eq_by_pair) sums.constraints[kDegree - 1] += eq.value * leading_sum_of(step, constants_.alpha);
  }

  unsigned limb_bits_, bound_ = 0;
  std::vector<Fr> eq_;
  BySource coefficients_;
  RowSumConstants<Fr> constants_;
  std::vector<Term> terms_;
  size_t first_[kVmColumnForms + 1] = {};
};

}  // namespace

std::unique_ptr<VmKernel> make_scalar_kernel(const Shape& shape, const Challenges& challenges) {
  return std::make_unique<ScalarKernel>(shape, challenges);
}

}  // namespace sotto::claim
