// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/reference.h"

#include <cmath>
#include <limits>

#include "sound/bytebeat/lower.h"
#include "sound/bytebeat/noise.h"

namespace sotto::sound {
namespace {

double element(const std::vector<double>& table, double index) {
  const bool inside = index >= 0 && index < static_cast<double>(table.size()) && index == std::trunc(index);
  return inside ? table[static_cast<size_t>(index)] : std::numeric_limits<double>::quiet_NaN();
}

double value_of(const Formula& formula, const Term& x, const std::vector<double>& values, uint32_t t) {
  switch (x.op) {
    case TermOp::kNumber: return x.number;
    case TermOp::kT: return t;
    case TermOp::kSelect: return values[x.a] != 0 && !std::isnan(values[x.a]) ? values[x.b] : values[x.c];
    case TermOp::kLookup: return element(formula.table(x.table), values[x.a]);
    case TermOp::kFloor: return std::floor(values[x.a]);
    case TermOp::kTrunc: return std::trunc(values[x.a]);
    case TermOp::kNoise: return std::ldexp(noise(t, static_cast<uint32_t>(x.number)), -static_cast<int>(kNoiseBits));
    case TermOp::kSin: return std::sin(values[x.a]);
    default: return apply(x.op, values[x.a], values[x.b]);
  }
}

}  // namespace

Samples render_reference(const RootedFormula& rooted, uint32_t count) {
  const std::vector<Term>& terms = rooted.formula.terms();
  const std::vector<bool> live = live_terms(rooted.formula, rooted.root);
  std::vector<TermId> order;
  for (TermId i = 0; i <= rooted.root; i++) {
    if (live[i]) order.push_back(i);
  }
  std::vector<double> values(terms.size());
  Samples samples(count);
  for (uint32_t t = 0; t < count; t++) {
    for (TermId i : order) values[i] = value_of(rooted.formula, terms[i], values, t);
    samples[t] = static_cast<uint8_t>(to_int32(values[rooted.root]));
  }
  return samples;
}

}  // namespace sotto::sound
