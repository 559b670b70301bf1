// SPDX-License-Identifier: Apache-2.0
// Constraints on the cells of one row. V is Fr, or writes a formula down (claim/solidity); c(column) gives a cell. Each
// must vanish on the rows of its gate. All terms are integers below 2^100 in size as long as the cells are what the
// other constraints make them, so equality in F is equality.
#pragma once
#include <array>

#include "claim/network/circuit.h"

namespace sotto::claim::network {

// Degree of the main sumcheck in every variable: eq * selector * A^2 B, and eq * helper * three denominators.
inline constexpr unsigned kDegree = 5;
inline constexpr unsigned kRootBits = 39;    // R = floor(2^39 / sqrt(V))
inline constexpr unsigned kScaleShift = 27;  // of d R, so that d / sqrt(V) comes with 12 bits behind the point

struct Numbers {
  Fr one = Fr::one(), two = Fr(uint64_t{2}), half_range = Fr(uint64_t{1} << 15), range = Fr(uint64_t{1} << 16),
     range2 = range * range, range3 = range2 * range, root = Fr(uint64_t{2}).pow(uint64_t{2 * kRootBits}),
     scale = Fr(uint64_t{1} << (32 - kScaleShift)), scale_half = Fr(uint64_t{1} << (kScaleShift - 1)), masked;
  explicit Numbers(int64_t masked_value) : masked(Fr::from_signed(masked_value)) {}
};

// Writes the constraints of a gate to `out`, kGateConstraints[gate] of them. n: Numbers, or what has its names.
template <class V, class N, class Cell>
void gate_constraints(Gate gate, const N& n, Cell&& c, V* out) {
  const auto digits = [&](Column low, Column high) { return c(low) + n.range * c(high); };
  const auto all_digits = [&] { return digits(kQ0, kQ1) + n.range2 * c(kQ2) + n.range3 * c(kQ3); };
  switch (gate) {
    case Gate::kBit:
      out[0] = c(kC) * (c(kC) - n.one);
      break;
    case Gate::kZero:
      out[0] = c(kC) * c(kIn);
      break;
    // A = max(x, 0), x = In - 2^15: C is the top bit of In, and 2 (In - 2^15 C) is a 16-bit number.
    case Gate::kRelu:
      out[0] = c(kC) * (c(kC) - n.one);
      out[1] = c(kQ1) - n.two * c(kIn) + n.range * c(kC);
      out[2] = c(kA) - c(kC) * (c(kIn) - n.half_range);
      break;
    // In - 2^15 = floor((B C + 2^26) / 2^27)
    case Gate::kScale:
      out[0] = n.range2 * (c(kIn) - n.half_range) + digits(kQ0, kQ1) - n.scale * (c(kB) * c(kC) + n.scale_half);
      break;
    // A^2 B <= 2^78 < (A + 1)^2 B
    case Gate::kRootBelow:
      out[0] = n.root - c(kA) * c(kA) * c(kB) - all_digits();
      break;
    case Gate::kRootAbove: {
      const V next = c(kA) + n.one;
      out[0] = next * next * c(kB) - n.root - n.one - all_digits();
      break;
    }
    case Gate::kShift:
      out[0] = c(kIn) - c(kB) + c(kA);
      break;
    case Gate::kMasked:
      out[0] = c(kIn) - c(kB) + n.masked;
      break;
    // In = floor((2^16 A + B) / (2 B)): the remainder and what it lacks are not negative.
    case Gate::kDivide:
      out[0] = n.range * c(kA) + c(kB) - n.two * c(kB) * c(kIn) - digits(kQ0, kQ1);
      out[1] = n.two * c(kB) - n.one - digits(kQ0, kQ1) - digits(kQ2, kQ3);
      break;
  }
}

template <class V>
struct LookupChallengesOf {
  V gamma, beta, beta2, range;  // range: gamma + id of the range table
  // Denominators gamma + id + beta argument + beta^2 value.
  V digit(const V& v) const { return range + beta * v; }
  V entry(const V& id, const V& argument, const V& value) const { return gamma + id + beta * argument + beta2 * value; }
};
struct LookupChallenges : LookupChallengesOf<Fr> {
  LookupChallenges(const Fr& g, const Fr& b) : LookupChallengesOf{g, b, b.square(), g + Fr(uint64_t{kRangeTable})} {}
};

// Lookups of a data row: h1 (1/q0 + 1/q1 + 1/q2), h2 (1/q3 + 1/function), without divisions. Of a table row: hT q = m.
template <class V, class Cell>
std::array<V, 2> lookup_constraints(const LookupChallengesOf<V>& l, Cell&& c) {
  const V q0 = l.digit(c(kQ0)), q1 = l.digit(c(kQ1)), q2 = l.digit(c(kQ2)), q3 = l.digit(c(kQ3));
  const V f = l.entry(c(kLookup), c(kIn), c(kOut));
  const V q01 = q0 * q1;
  return {c(kH1) * q01 * q2 - (q0 + q1) * q2 - q01, c(kH2) * q3 * f - q3 - f};
}
template <class V, class Cell>
V table_constraint(const LookupChallengesOf<V>& l, Cell&& c) {
  return c(kHT) * l.entry(c(kTableId), c(kTableIn), c(kTableOut)) - c(kM);
}

// Powers of alpha, in order: lookups h1, h2, tables, the sum of all helpers, gates in use, relations.
enum FixedPower : unsigned { kPowerH1, kPowerH2, kPowerTable, kPowerSum, kFirstGatePower };
inline unsigned gate_powers(const Circuit& c) {
  unsigned n = 0;
  for (Gate g : c.gates) n += kGateConstraints[static_cast<unsigned>(g)];
  return n;
}
inline unsigned first_relation_power(const Circuit& c) { return kFirstGatePower + gate_powers(c); }
inline size_t power_count(const Circuit& c) { return first_relation_power(c) + c.relations.size(); }

// sum of a row's gates, each times its selector; zero selectors cost nothing.
template <class Cell>
Fr gate_sum(const Circuit& circuit, const Numbers& n, const Fr* alpha, Cell&& c) {
  Fr sum;
  const Fr* power = alpha + kFirstGatePower;
  for (size_t i = 0; i < circuit.gates.size(); i++) {
    const unsigned count = kGateConstraints[static_cast<unsigned>(circuit.gates[i])];
    const Fr selector = c(kFirstSelector + i);
    if (!selector.is_zero()) {
      Fr out[3], gate;
      gate_constraints<Fr>(circuit.gates[i], n, c, out);
      for (unsigned k = 0; k < count; k++) gate += power[k] * out[k];
      sum += selector * gate;
    }
    power += count;
  }
  return sum;
}

}  // namespace sotto::claim::network
