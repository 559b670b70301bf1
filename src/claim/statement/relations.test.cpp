// SPDX-License-Identifier: Apache-2.0
// The operations' constraints over the integers, exhaustively at 4-bit words: exactly one canonical result for every operand
// pair, the right one, and no constraint can be left out. Auxiliary cells run over everything that lookups and bits allow.
// (Operands, and-limbs, signs and shift powers are fixed by tables; results are canonical where they are consumed.)
#include "claim/statement/relations.h"

#include <gtest/gtest.h>

#include <random>

#include "claim/witness/witness.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::claim {
namespace {

template <class V>
Words<V> fixed_words(uint64_t a, uint64_t b, uint64_t c, unsigned bits) {
  Words<V> w{};
  w.a = static_cast<V>(a), w.b = static_cast<V>(b), w.g = static_cast<V>(a & b), w.c = static_cast<V>(c);
  w.p = V{1} << (b & (bits - 1));
  w.sa = static_cast<V>(a >> (bits - 1)), w.sb = static_cast<V>(b >> (bits - 1));
  return w;
}

// All constraints but number `skip` hold.
template <class V>
bool satisfied(Op op, const Words<V>& w, unsigned bits, int skip = -1) {
  bool ok = true;
  int index = 0;
  op_constraints(op, w, Constants<V>{1, V{1} << bits}, [&](const V& v) { ok = ok && (index++ == skip || v == 0); });
  return ok;
}

constexpr unsigned kBits = 4;
constexpr int64_t kWords = 1 << kBits;

// The canonical results (as a set of bits) for which some auxiliary cells satisfy the constraints.
uint32_t results(Op op, uint64_t a, uint64_t b, uint64_t c, int skip = -1) {
  uint32_t found = 0;
  Words<int64_t> w = fixed_words<int64_t>(a, b, c, kBits);
  for (w.out = 0; w.out < kWords; w.out++)
    for (int bit = 0; bit < 4 && !(found >> w.out & 1); bit++) {
      w.cy = bit & 1, w.z = bit >> 1;
      for (w.w1 = 0; w.w1 < kWords && !(found >> w.out & 1); w.w1++)
        for (w.w2 = 0; w.w2 < kWords; w.w2++)
          if (satisfied(op, w, kBits, skip)) found |= 1u << w.out;
    }
  return found;
}

constexpr unsigned kConstrained = sound::kOpCount - 2;  // all but LOOKUP and SINE, which have a helper
Op op_at(unsigned i) { return static_cast<Op>(i); }
uint64_t third_operands(Op op) { return op == Op::kSelect ? kWords : 1; }

TEST(OpConstraints, EveryOperandPairHasExactlyTheRightResult) {
  for (unsigned i = 0; i < kConstrained; i++)
    for (uint64_t a = 0; a < kWords; a++)
      for (uint64_t b = 0; b < kWords; b++)
        for (uint64_t c = 0; c < third_operands(op_at(i)); c++) {
          const uint32_t expected = sound::eval_op(op_at(i), static_cast<uint32_t>(a), static_cast<uint32_t>(b), static_cast<uint32_t>(c), {}, kBits, 1);
          ASSERT_EQ(results(op_at(i), a, b, c), 1u << expected) << sound::kOpNames[i] << " " << a << " " << b << " " << c;
        }
}

TEST(OpConstraints, NoConstraintIsSuperfluous) {
  unsigned deleted = 0;
  for (unsigned i = 0; i < kConstrained; i++) {
    const int count = static_cast<int>(kFirstConstraint[i + 1] - kFirstConstraint[i]);
    EXPECT_GT(count, 0);
    for (int skip = 0; skip < count; skip++) {
      bool forged = false;
      for (uint64_t a = 0; a < kWords && !forged; a++)
        for (uint64_t b = 0; b < kWords && !forged; b++) {
          const uint32_t expected = sound::eval_op(op_at(i), static_cast<uint32_t>(a), static_cast<uint32_t>(b), 5, {}, kBits, 1);
          forged = results(op_at(i), a, b, 5, skip) != 1u << expected;
        }
      EXPECT_TRUE(forged) << sound::kOpNames[i] << " does not need its constraint " << skip;
      deleted++;
    }
  }
  EXPECT_EQ(deleted, kFirstConstraint[sound::kOpCount]);
}

TEST(OpConstraints, ZeroFlagNeedsNoRangeOfItsOwn) {
  // kTermZero keeps z a bit where no operation looks at it. Where one does, its constraints leave no other integer either.
  for (Op op : {Op::kDiv, Op::kMod, Op::kEq, Op::kNe, Op::kSelect})
    for (uint64_t a = 0; a < kWords; a++)
      for (uint64_t b = 0; b < kWords; b++) {
        Words<int64_t> w = fixed_words<int64_t>(a, b, 5, kBits);
        for (int64_t z : {-2, -1, 2, 3}) {
          w.z = z;
          for (w.out = 0; w.out < kWords; w.out++)
            for (w.cy = 0; w.cy < 2; w.cy++)
              for (w.w1 = 0; w.w1 < kWords; w.w1++)
                for (w.w2 = 0; w.w2 < kWords; w.w2++) ASSERT_FALSE(satisfied(op, w, kBits)) << a << " " << b << " z " << z;
        }
      }
}

// The honest auxiliary cells of witness.h: in range, and they satisfy every constraint together with eval_op's result.
void expect_complete(Op op, uint32_t a, uint32_t b, uint32_t c, unsigned bits) {
  using V = __int128;
  const VmAuxiliary x = vm_auxiliary(op, a, b, bits);
  ASSERT_TRUE(x.w1 >> bits == 0 && x.w2 >> bits == 0 && x.cy <= 1 && x.z <= 1) << sound::kOpNames[static_cast<unsigned>(op)] << " " << a << " " << b;
  Words<V> w = fixed_words<V>(a, b, c, bits);
  w.out = sound::eval_op(op, a, b, c, {}, bits, bits / 4);
  w.w1 = x.w1, w.w2 = x.w2, w.cy = x.cy, w.z = x.z;
  ASSERT_TRUE(satisfied(op, w, bits)) << sound::kOpNames[static_cast<unsigned>(op)] << " " << a << " " << b << " " << c;
}

TEST(OpConstraints, HonestCellsSatisfyThemForAllBytes) {
  for (unsigned i = 0; i < kConstrained; i++)
    for (uint32_t a = 0; a < 256; a++)
      for (uint32_t b = 0; b < 256; b++) expect_complete(op_at(i), a, b, a ^ b, 8);
}

TEST(OpConstraints, HonestCellsSatisfyThemAtTheEdgesOf32Bits) {
  std::vector<uint32_t> edges = {0, 1, 2, 3, 0xffffffff, 0xfffffffe, 0x80000000, 0x80000001, 0x7fffffff, 0x7ffffffe, 31, 32, 33, 255, 256};
  for (unsigned k = 2; k < 32; k++) edges.insert(edges.end(), {1u << k, (1u << k) - 1, 0u - (1u << k)});
  std::mt19937_64 random(7);
  for (int i = 0; i < 40; i++) edges.push_back(static_cast<uint32_t>(random() >> (random() % 32)));
  for (unsigned i = 0; i < kConstrained; i++)
    for (uint32_t a : edges)
      for (uint32_t b : edges) expect_complete(op_at(i), a, b, static_cast<uint32_t>(random()), 32);
}

// No word of 32-bit constraints comes near the field: an integer solution is a field solution and the other way round.
TEST(OpConstraints, ValuesStayFarBelowTheField) {
  using V = __int128;
  V largest = 0;
  const V m = V{1} << 32;
  for (V a : {V{0}, m / 2 - 1, m / 2, m - 1})
    for (V b : {V{0}, m / 2 - 1, m / 2, m - 1})
      for (V w1 : {V{0}, m - 1})
        for (V w2 : {V{0}, m - 1})
          for (V out : {V{0}, m - 1})
            for (int bit = 0; bit < 4; bit++)
              for (unsigned i = 0; i < kConstrained; i++) {
                Words<V> w{a, b, m - 1, w1, w2, out, m / 2, m - 1, a >= m / 2, b >= m / 2, bit & 1, bit >> 1};
                op_constraints(op_at(i), w, Constants<V>{1, m}, [&](const V& v) { largest = std::max(largest, v < 0 ? -v : v); });
              }
  EXPECT_LT(largest, V{1} << 68);
}

}  // namespace
}  // namespace sotto::claim
