// SPDX-License-Identifier: Apache-2.0
// The constraints, written once. V is a ring: Fr for prover and verifier, integers in the exhaustive tests, an expression type that
// prints Yul for the contract. Every constraint is a polynomial that must be 0 on the rows of its region.
//
// Notation (docs/protocol.md): M = 2^word, A, B, G words of the operand and and-limbs, W1, W2 words of range limbs, out = R,
// As = A - M sa and Bs = B - M sb the signed values, Aa = |A|, Ba = |B|.
#pragma once
#include <array>
#include <cstddef>

#include "claim/statement/layout.h"
#include "sound/bytebeat/program.h"

namespace sotto::claim {

using sound::Op;

// What an operation sees of a row.
template <class V>
struct Words {
  V a, b, g, w1, w2, out, p, c, sa, sb, cy, z;
};

// The two constants that the constraints need, prepared once.
template <class V>
struct Constants {
  V one, m;  // 1 and 2^word
};

// Calls emit(value) for every constraint of the operation, in a fixed order. LOOKUP and SINE have none of their own: they
// switch the helper hL on (operation_sum).
template <class V, class Emit>
constexpr void op_constraints(Op op, const Words<V>& w, const Constants<V>& k, Emit&& emit) {
  const V as = w.a - k.m * w.sa, bs = w.b - k.m * w.sb;
  const V sign_a = k.one - w.sa - w.sa, sign_b = k.one - w.sb - w.sb, not_z = k.one - w.z;
  switch (op) {
    case Op::kAdd: emit(w.a + w.b - w.out - k.m * w.cy); break;
    case Op::kSub: emit(w.a - w.b - w.out + k.m * w.cy); break;
    case Op::kMul: emit(w.a * w.b - w.out - k.m * w.w1); break;
    case Op::kDiv: {  // As = q Bs + sign(A) W1, 0 <= W1 < |B|; q = out - M cy; B = 0 gives 0
      emit(as - (w.out - k.m * w.cy) * bs - sign_a * w.w1);
      emit(not_z * (sign_b * bs - k.one - w.w1 - w.w2));
      emit(w.z * w.b);
      emit(w.z * w.out);
      break;
    }
    case Op::kMod: {  // |A| = W1 |B| + r, 0 <= r < |B|; r = sign(A) (out - M cy); B = 0 gives 0
      const V abs_b = sign_b * bs, r = sign_a * (w.out - k.m * w.cy);
      emit(sign_a * as - w.w1 * abs_b - r - w.z * w.w2);
      emit(not_z * (abs_b - k.one - r - w.w2));
      emit(w.z * w.b);
      emit(w.z * w.out);
      emit((k.one - w.sa) * w.cy);
      emit(w.sa * (k.one - w.cy) * w.out);
      break;
    }
    case Op::kAnd: emit(w.out - w.g); break;
    case Op::kOr: emit(w.out - w.a - w.b + w.g); break;
    case Op::kXor: emit(w.out - w.a - w.b + w.g + w.g); break;
    case Op::kShl: emit(w.a * w.p - w.out - k.m * w.w1); break;
    case Op::kShr:  // As = (out - M sa) P + W1, 0 <= W1 < P
      emit((w.out - k.m * w.sa) * w.p + w.w1 - as);
      emit(w.p - k.one - w.w1 - w.w2);
      break;
    case Op::kUshr:
      emit(w.out * w.p + w.w1 - w.a);
      emit(w.p - k.one - w.w1 - w.w2);
      break;
    case Op::kLt:
      emit(as - bs - w.w1 + k.m * w.cy);
      emit(w.out - w.cy);
      break;
    case Op::kGe:
      emit(as - bs - w.w1 + k.m * w.cy);
      emit(w.out - k.one + w.cy);
      break;
    case Op::kEq:
    case Op::kNe: {  // z = [A = B]; otherwise |A - B| - 1 = W1 >= 0 with sign cy
      const V d = w.a - w.b;
      emit(w.z * d);
      emit(not_z * ((k.one - w.cy - w.cy) * d - k.one - w.w1));
      emit(op == Op::kEq ? w.out - w.z : w.out - k.one + w.z);
      break;
    }
    case Op::kSelect:  // z = [A = 0]
      emit(w.z * w.a);
      emit(not_z * (w.a - k.one - w.w1));
      emit(w.out - not_z * w.b - w.z * w.c);
      break;
    case Op::kLookup:
    case Op::kSine: break;
  }
}

namespace detail {
struct Nothing {};  // a ring without values, to count constraints at compile time
constexpr Nothing operator+(Nothing, Nothing) { return {}; }
constexpr Nothing operator-(Nothing, Nothing) { return {}; }
constexpr Nothing operator*(Nothing, Nothing) { return {}; }
constexpr unsigned count_constraints(Op op) {
  unsigned n = 0;
  op_constraints(op, Words<Nothing>{}, Constants<Nothing>{}, [&](Nothing) { n++; });
  return n;
}
constexpr std::array<unsigned, sound::kOpCount + 1> first_constraints() {
  std::array<unsigned, sound::kOpCount + 1> first{};
  for (unsigned op = 0; op < sound::kOpCount; op++) first[op + 1] = first[op] + count_constraints(static_cast<Op>(op));
  return first;
}
}  // namespace detail

// Power of alpha of the first constraint of every operation.
inline constexpr auto kFirstConstraint = detail::first_constraints();

// Powers of alpha: operation constraints, then the other constraints, then the linear relations. Never shared (review S9).
enum Term : unsigned {
  kTermH1 = kFirstConstraint[sound::kOpCount], kTermH2, kTermLookup, kTermCarry, kTermZero,  // machine rows
  kTermLog, kTermRange, kTermLogTables, kTermAct, kTermScoreTable,                           // judge rows
  kTermTables, kTermSongTable,                                                               // table side
  kTermBoolean, kTermForward,                                                                // program
  kRelOperands, kRelV1, kRelV2, kRelLogUp, kRelFlags, kRelSelectA, kRelSelectB, kRelSelectC,
  kRelDft, kRelMel, kRelHead, kRelScore, kRelConv  // kRelConv + layer
};
inline unsigned term_count(const Shape& shape) { return kRelConv + static_cast<unsigned>(shape.conv.size()); }

// Sum over the operation's constraints of alpha^index * constraint.
template <class V>
V op_sum(Op op, const Words<V>& w, const Constants<V>& k, const V* alpha) {
  V sum{};
  const V* power = alpha + kFirstConstraint[static_cast<unsigned>(op)];
  op_constraints(op, w, k, [&](const V& value) { sum = sum + *power++ * value; });
  return sum;
}

// LogUp helpers (Haboeck, eprint 2022/1530): h = sum_i 1 / q_i without division.
template <class V>
V helper4(const V& h, const V& q0, const V& q1, const V& q2, const V& q3) {
  const V q01 = q0 * q1, q23 = q2 * q3;
  return h * (q01 * q23) - (q0 + q1) * q23 - (q2 + q3) * q01;
}
template <class V>
V helper2(const V& h, const V& q0, const V& q1) { return h * (q0 * q1) - q0 - q1; }
template <class V>
V helper1(const V& h, const V& q, const V& one) { return h * q - one; }

// gamma, powers of beta, and gamma + id for every table: what fingerprints need.
template <class V>
struct LookupChallenges {
  V gamma;
  V beta[6];     // beta^1 .. beta^6 at [0] ..
  V base[kTableIdEnd];  // gamma + id at [id]
};

// The denominators of a machine row: every one is an affine form of the columns.
template <class V>
struct VmDenominators {
  V a, b1, b2, c, w[4], song, sine;
};
// col(i) gives the value of column i; limb = 2^limb_bits.
template <class V, class Col>
VmDenominators<V> vm_denominators(const LookupChallenges<V>& l, const V& limb, Col&& col) {
  auto operands = [&](TableId id, unsigned i) {
    return l.base[id] + l.beta[0] * col(kA0 + i) + l.beta[1] * col(kB0 + i) + l.beta[2] * col(kG0 + i);
  };
  VmDenominators<V> q;
  q.a = operands(kTableA, 0) + l.beta[3] * col(kP);
  q.b1 = operands(kTableB, 1);
  q.b2 = operands(kTableB, 2);
  q.c = operands(kTableC, 3) + l.beta[3] * col(kSa) + l.beta[4] * col(kSb);
  for (unsigned i = 0; i < 4; i++) q.w[i] = l.base[kTableRange] + l.beta[0] * col(kW1l + i);
  q.song = l.base[kTableSong] + l.beta[0] * col(kA0) + l.beta[1] * col(kR);
  q.sine = l.base[kTableSine] + l.beta[0] * (col(kA2) + limb * col(kA3)) + l.beta[1] * col(kR);
  return q;
}

// Words from limb columns: limb = 2^limb_bits, range = 2^(2 limb_bits).
template <class V, class Col>
Words<V> words(const V& limb, const V& range, Col&& col) {
  auto word = [&](unsigned first) { return col(first) + limb * (col(first + 1) + limb * (col(first + 2) + limb * col(first + 3))); };
  return {word(kA0), word(kB0), word(kG0), col(kW1l) + range * col(kW1h), col(kW2l) + range * col(kW2h),
          col(kR), col(kP), col(kC), col(kSa), col(kSb), col(kCy), col(kZ)};
}

// The denominators of a judge row.
template <class V>
struct JudgeDenominators {
  V range[4], log, exponent, act, score;
};
template <class V, class Col>
JudgeDenominators<V> judge_denominators(const LookupChallenges<V>& l, Col&& col) {
  const V pair = l.beta[0] * col(kIn) + l.beta[1] * col(kOut);
  JudgeDenominators<V> q;
  for (unsigned i = 0; i < 4; i++) q.range[i] = l.base[kTableRange] + l.beta[0] * col(kQ0 + i);
  q.log = l.base[kTableLog] + pair;
  q.exponent = l.base[kTableExponent] + l.beta[0] * col(kE) + l.beta[1] * col(kIpw);
  q.act = l.base[kTableAct] + pair;
  q.score = l.base[kTableScore] + pair;
  return q;
}

// (m + 1) 2^(r-1) 2^(4r-e) = (2^(r-1) + f) 2^(4r) + rest:  D = m, ipw = 2^(4r-e), in = f, rest in range limbs q0 .. q3.
template <class V, class Col>
V log_constraint(const V& one, const V& half_range, const V& range, Col&& col) {
  const V range2 = range * range;
  const V rest = col(kQ0) + range * (col(kQ1) + range * (col(kQ2) + range * col(kQ3)));
  return (col(kD) + one) * half_range * col(kIpw) - (half_range + col(kIn)) * (range2 * range2) - rest;
}

}  // namespace sotto::claim
