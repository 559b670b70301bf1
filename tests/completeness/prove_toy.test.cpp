// SPDX-License-Identifier: Apache-2.0
// Honest proofs of random programs and networks verify, and the score is the judge's.
#include <gtest/gtest.h>

#include "claim/prover/weights.h"
#include "claim/statement/closed_form.h"
#include "support/toy.h"

namespace sotto {
namespace {

using claim::Fr;
using claim::Point;

TEST(ProveToy, ClosedFormsMatchTheProversTables) {
  const auto key = toy::key();
  const claim::Shape& s = key->shape;
  const claim::Layout& l = key->layout;
  zk::Sponge sponge(Bytes(64, 7));
  claim::Challenges c;
  claim::draw_phase1(sponge, s, c);
  claim::draw_phase2(sponge, s, l, c);
  const Point u = sponge.challenges(l.log_n);
  std::vector<Fr> claims;
  for (const Point& p : claim_points(s, l, c, u)) claims.push_back(zk::evaluate(key->weights, p));

  const claim::Regions r = regions_at(s, l, c.tau, u);
  const claim::Weights w = weights_at(s, l, c, u, claims);
  const claim::ShortWeights t = short_weights(*key, c);
  EXPECT_EQ(zk::evaluate(t.log, u), r.log);
  EXPECT_EQ(zk::evaluate(t.conv, u), r.conv);
  EXPECT_EQ(zk::evaluate(t.score, u), r.score);
  EXPECT_EQ(zk::evaluate(t.tables, u), r.tables);
  EXPECT_EQ(zk::evaluate(t.song, u), r.song);
  EXPECT_EQ(zk::evaluate(t.boolean, u), r.boolean);
  EXPECT_EQ(zk::evaluate(t.forward, u), r.forward);
  const std::pair<unsigned, const std::vector<Fr>*> linear[] = {
      {claim::kD, &t.d}, {claim::kE, &t.e}, {claim::kIn, &t.in}, {claim::kOut, &t.out}, {claim::kQ0, &t.q0}, {claim::kQ1, &t.q1},
      {claim::kHJ, &t.helpers}, {claim::kHF, &t.helpers}, {claim::kHT, &t.ht}, {claim::kProg, &t.program}, {claim::kV1, &t.v1}, {claim::kV2, &t.v2}};
  for (const auto& [column, table] : linear) EXPECT_EQ(zk::evaluate(*table, u), w.linear[column]) << claim::kColumnNames[column];
  EXPECT_EQ(zk::evaluate(t.d_squared, u), w.d_squared);
  EXPECT_EQ(zk::evaluate(t.out_squared, u), w.out_squared);
  EXPECT_EQ(zk::evaluate(t.v1v2, u), w.v1v2);
  // Machine rows: products of sample and slot tables.
  const claim::VmWeights v = vm_weights(*key, c);
  const claim::PointSpan ut = claim::VmPoint(s, u).t, uk = claim::VmPoint(s, u).k;
  EXPECT_EQ(zk::evaluate(v.eq_t, ut) * zk::evaluate(v.eq_k, uk), r.vm);
  EXPECT_EQ(zk::evaluate(v.operand_t, ut) * zk::evaluate(v.operand_k, uk) * c.chi[2], w.linear[claim::kC]);
  EXPECT_EQ(zk::evaluate(v.operand_t, ut) * zk::evaluate(v.register_k, uk), w.linear[claim::kR]);
  const Fr last = zk::eq_index(uk, s.slots() - 1);
  EXPECT_EQ(zk::evaluate(v.sample_t, ut) * last + zk::evaluate(v.operand_t, ut) * zk::evaluate(v.operand_k, uk) * c.chi[0], w.linear[claim::kA0]);
  // Tables: explicit rows against the closed form, row by row and as extensions.
  const std::vector<Fr> rows = table_fingerprints(*key, c);
  EXPECT_EQ(zk::evaluate(rows, u), table_at(s, l, c, u, zk::evaluate(key->table_out, u)));
  for (uint64_t x = l.tables_at; x < l.tables_end; x++) {
    Point bits;
    for (unsigned i = 0; i < l.log_n; i++) bits.push_back(Fr(uint64_t{x >> i & 1}));
    ASSERT_EQ(rows[x], table_at(s, l, c, bits, key->table_out[x])) << "table row " << x;
  }
}

TEST(ProveToy, HonestProofsVerify) {
  for (uint64_t seed = 1; seed <= 4; seed++) {
    const auto key = toy::key(seed);
    const sound::Program p = toy::program(seed);
    const claim::Proven proven = claim::prove(*key, p, toy::target()).value();
    const Status verdict = claim::verify(key->vk, proven.statement, proven.proof);
    EXPECT_TRUE(verdict.ok()) << (verdict.ok() ? "" : verdict.error().message);
  }
}

}  // namespace
}  // namespace sotto
