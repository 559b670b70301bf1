// SPDX-License-Identifier: Apache-2.0
// What a network's proof sends is absorbed before anything depends on it: the order is the one of statement.h, and for every item
// there is a forgery by an attacker who knows the later challenges. With frozen challenges it is accepted, so the lie is a real one.
#include "support/network_frozen.h"
#include "support/network_lies.h"
#include "zk/sumcheck/libra_mask.h"

namespace sotto {
namespace {

using namespace network_attack;

const Fr kOne = Fr::one();
const Recorded& recorded() {
  static const Recorded one(mlp());
  return one;
}
const Recorded& recorded_gpt() {
  static const Recorded one(gpt());
  return one;
}
unsigned log_n() { return mlp().circuit().log_n; }

// ---- Inventory

TEST(NetworkInventory, SlicesTileTheProofAndDrawTheVerifiersChallenges) {
  for (const Recorded* rec : {&recorded(), &recorded_gpt()}) {
    zk::Sponge sponge(transcript_statement(rec->honest.statement));
    size_t at = 0;
    std::vector<Fr> drawn;
    for (const Slice& slice : proof_slices(rec->s.circuit())) {
      ASSERT_LE(at + slice.bytes, rec->honest.proof.size());
      sponge.absorb(ByteSpan(rec->honest.proof).subspan(at, slice.bytes));
      at += slice.bytes;
      for (const Fr& x : sponge.challenges(slice.challenges)) drawn.push_back(x);
    }
    EXPECT_EQ(at, rec->honest.proof.size());
    EXPECT_EQ(at, rec->at.sizes.total);
    EXPECT_EQ(drawn, rec->all);
  }
}

TEST(NetworkInventory, TheStatementIsFourWords) {
  const Statement& s = recorded().honest.statement;
  Bytes expected, output;
  for (int64_t v : s.output) append(output, Fr::from_signed(v).to_bytes());
  append(expected, keccak256("SOTTO-NETWORK-V1")), append(expected, s.key_id), append(expected, s.context);
  append(expected, keccak256(output));
  EXPECT_EQ(transcript_statement(s), expected);
  EXPECT_EQ(s.key_id, mlp().key->vk.id());
}

// ---- Forgeries

// Random entries at the mask rows, and entries that no weight meets, make another commitment of the same witness.
TEST(NetworkFrozen, PhaseOneCommitments) {
  for (unsigned column = 0; column < kPhase1Columns; column++) {
    Plan plan = honest_plan(mlp());
    plan.phase1 = [=](ProverState& st) {
      if (column == kZ0) st.z0[0] += kOne;
      else if (column == kZ1) st.z1[zk::mask_row(0, kDegree + 1, 0)] += kOne;
      else st.mask[column][0] += kOne;
    };
    expect_absorbed(recorded(), "column " + std::to_string(column), prove_plan(mlp(), plan, {}, recorded().all), 0);
  }
}

TEST(NetworkFrozen, PhaseTwoCommitments) {
  for (unsigned column = kPhase1Columns; column < kWitnessColumns; column++) {
    Plan plan = honest_plan(mlp());
    plan.phase2 = [=](ProverState& st) { st.mask[column][0] += kOne; };
    expect_absorbed(recorded(), "column " + std::to_string(column), prove_plan(mlp(), plan, {}, recorded().all), recorded().phase2);
  }
}

// With rho known, the mask's sum pays for any output.
TEST(NetworkFrozen, MaskSumAndOutput) {
  const Recorded& rec = recorded();
  Proven forged = rec.honest;
  const Fr before = relation_constant(mlp().circuit(), rec.challenges, forged.statement.output);
  forged.statement.output[1] += 1000;
  const Fr after = relation_constant(mlp().circuit(), rec.challenges, forged.statement.output);
  add_to_word(forged.proof, rec.at.mask_sum, (before - after) * rec.challenges.rho.inverse());
  expect_absorbed(rec, "mask sum and output", forged, 0);
}

// The mask's sum alone, paid for in round 0.
TEST(NetworkFrozen, MaskSum) {
  const Recorded& rec = recorded();
  expect_absorbed(rec, "mask sum", 0, [&](Bytes& proof) {
    add_to_word(proof, rec.at.mask_sum, kOne);
    add_to_word(proof, rec.at.rounds, rec.u[0] * rec.challenges.rho * (rec.u[0] + rec.u[0] - kOne).inverse());
  });
}

// With gamma known, a multiplicity that is no count pays for a digit of 17 bits.
TEST(NetworkFrozen, MultiplicitiesBeforeGamma) {
  const Recorded& rec = recorded_gpt();
  const uint64_t row = base_of(gpt(), "one-hot");
  constexpr int64_t kBad = 1 << kCellBits;
  Plan plan = honest_plan(gpt());
  plan.cells.at(kQ1, row) = kBad;
  const LookupChallenges l(rec.challenges.gamma, rec.challenges.beta);
  // Row 9 of the range table is the digit 9.
  plan.lies = {{kM, 9, l.digit(Fr(uint64_t{kBad})).inverse() * l.digit(Fr(uint64_t{9}))}};
  expect_absorbed(rec, "multiplicities", prove_plan(gpt(), plan, {}, rec.all), 0);
}

// With tau known, a helper changes on two rows where the sums do not see it: another digit of 17 bits.
TEST(NetworkFrozen, HelpersBeforeTau) {
  const Recorded& rec = recorded_gpt();
  const uint64_t row = base_of(gpt(), "one-hot"), other = row + 1;
  constexpr int64_t kBad = 1 << kCellBits;
  Plan plan = honest_plan(gpt());
  plan.cells.at(kQ0, row) = kBad;
  plan.phase2 = [&](ProverState& st) {
    const LookupChallenges l(st.challenges.gamma, st.challenges.beta);
    // h1 must sum to what it would without the bad digit: d on `row` and e on `other` with d + e = -1/q(bad) and a zero check that
    // vanishes at tau: eq(row) d product(row) + eq(other) e product(other) = 0.
    const auto weight = [&](uint64_t x) {
      return zk::eq_index(rec.challenges.tau, x) * l.digit(st.cell(kQ0, x)) * l.digit(st.cell(kQ1, x)) * l.digit(st.cell(kQ2, x));
    };
    const Fr a = weight(row), b = weight(other), sum = -inverse_digit(st, Fr(uint64_t{kBad}));
    const Fr d = -b * sum * (a - b).inverse();
    st.h1[row] += d, st.h1[other] += sum - d;
  };
  Proven forged = prove_plan(gpt(), plan, {}, rec.all);
  expect_absorbed(rec, "helpers", forged, 0);
}

// With s known, V1 changes where eq(., s) does not see it, and a score is what the attacker likes.
TEST(NetworkFrozen, FoldedColumnsBeforeTheirPoint) {
  const Recorded& rec = recorded_gpt();
  const Subject& s = gpt();
  const Relation &product = s.circuit().relations[s.relation("scores")], &tie = s.circuit().relations[s.relation("scores: folded queries")];
  const uint64_t row = block_of(product.terms[0]).base, base = block_of(product.terms[2]).base;
  const Point& point = rec.challenges.point;
  const zk::PointSpan of_score = zk::PointSpan(point).first(product.terms[0].factors[0].bits);
  const Factor late = tie.terms[1].factors[0], heads = product.terms[2].factors[1];
  Plan plan = tampered(s, 6, [=](Cells& c) { c.at(kIn, row) += 5; });
  plan.phase2 = [&](ProverState& st) {
    const zk::PointSpan at = zk::PointSpan(point).subspan(late.value, late.bits);
    // d_0 eq(0, s) + d_1 eq(1, s) = 0, scale eq(head 0) (d_0 V2[0] + d_1 V2[1]) + 5 2^16 eq(0, r) = 0
    const Fr ratio = -zk::eq_index(at, 0) * zk::eq_index(at, 1).inverse();
    const Fr scale = Fr::from_signed(product.terms[2].scale) * zk::eq_index(zk::PointSpan(point).subspan(heads.value, heads.bits), 0);
    const Fr gap = -Fr(uint64_t{5 << 16}) * zk::eq_index(of_score, 0);
    const Fr d = gap * (scale * (st.v2[base] + ratio * st.v2[base + 1])).inverse();
    st.v1[base] += d, st.v1[base + 1] += ratio * d;
  };
  expect_absorbed(rec, "folded columns", prove_plan(s, plan, {}, rec.all), 0);
}

TEST(NetworkFrozen, MainRounds) {
  const Recorded& rec = recorded();
  for (unsigned round = 0; round < log_n(); round++)
    expect_absorbed(rec, "round " + std::to_string(round), rec.main + round, [&](Bytes& proof) {
      // Every coefficient by one, the last so that the value at u stays; the linear one follows from the claim.
      const size_t word = rec.at.rounds + round * rec.at.sizes.main_round;
      const Fr& u = rec.u[round];
      Fr value = kOne - u - u;
      add_to_word(proof, word, kOne);
      for (unsigned d = 2; d < kDegree; d++) value += u.pow(uint64_t{d}) - u, add_to_word(proof, word + 32 * (d - 1), kOne);
      add_to_word(proof, word + 32 * (kDegree - 1), -value * (u.pow(uint64_t{kDegree}) - u).inverse());
    });
}

TEST(NetworkFrozen, Evaluations) {
  for (const Recorded* rec : {&recorded(), &recorded_gpt()}) {
    const Circuit& c = rec->s.circuit();
    const size_t count = rec->at.sizes.evaluations / 32, columns = evaluated_columns(c);
    const Fr lambda = rec->all[rec->reduce], mu = rec->all[rec->reduce + 1];
    const auto claim = [&](const std::vector<Fr>& sent) {
      Fr sum = -mu * polynomial_at(c, rec->challenges, rec->u, std::span(sent).first(columns), std::span(sent).subspan(columns));
      Fr power = kOne;
      for (size_t i = 0; i < columns; i++, power *= lambda) sum += power * sent[i];
      power = mu.square();
      for (size_t i = columns; i < count; i++, power *= mu) sum += power * sent[i];
      return sum;
    };
    std::vector<Fr> sent(count);
    for (size_t i = 0; i < count; i++) sent[i] = rec->word(rec->at.evaluations + 32 * i);
    const auto attack = [&](const std::string& what, const std::function<bool(size_t)>& chosen) {
      expect_absorbed(*rec, what, rec->reduce, [&](Bytes& proof) {
        std::vector<Fr> lie = sent;
        for (size_t i = 0; i < count; i++)
          if (chosen(i)) lie[i] += kOne;
        lie[kZ0] -= (claim(lie) - claim(sent)) * lambda.pow(uint64_t{kZ0}).inverse();  // no constraint reads Z0
        for (size_t i = 0; i < count; i++) add_to_word(proof, rec->at.evaluations + 32 * i, lie[i] - sent[i]);
      });
    };
    attack("all evaluations", [](size_t) { return true; });
    attack("evaluations of cells", [](size_t i) { return i < kM; });
    attack("evaluations of public columns", [&](size_t i) { return i >= evaluated_index(kWeights) && i < columns; });
    attack("evaluations of matrices", [&](size_t i) { return i >= columns; });
    attack("the last one", [&](size_t i) { return i + 1 == count; });
  }
}

TEST(NetworkFrozen, ReductionRounds) {
  const Recorded& rec = recorded();
  for (unsigned round = 0; round < log_n(); round++)
    expect_absorbed(rec, "reduction round " + std::to_string(round), rec.rounds2 + round, [&](Bytes& proof) {
      const size_t word = rec.at.reduction + round * rec.at.sizes.reduction_round;
      const Fr& x = rec.x[round];
      add_to_word(proof, word, kOne);
      add_to_word(proof, word + 32, -(kOne - x - x) * (x * x - x).inverse());
    });
}

TEST(NetworkFrozen, FinalEvaluations) {
  const Recorded& rec = recorded();
  expect_absorbed(rec, "F, Z1, P at x*", rec.kappa, [&](Bytes& proof) {
    const Fr mu = rec.all[rec.reduce + 1], kappa = rec.all[rec.kappa];
    const Fr w0 = zk::eq(rec.x, rec.u), w1 = mu * rec.challenges.rho * zk::LibraMask::weight_at(rec.u, rec.x, kDegree);
    Fr w2, power = mu.square();
    for (const Point& p : matrix_points(mlp().circuit(), rec.challenges.point, rec.u)) w2 += power * zk::eq(rec.x, p), power *= mu;
    // w0 f + w1 + w2 p = 0 and f + kappa + kappa^2 p = 0.
    const Fr p = (w0 * kappa - w1) * (w2 - w0 * kappa.square()).inverse(), f = -(kappa + kappa.square() * p);
    add_to_word(proof, rec.at.finals, f), add_to_word(proof, rec.at.finals + 32, kOne), add_to_word(proof, rec.at.finals + 64, p);
  });
}

TEST(NetworkFrozen, StatementIsAbsorbedFirst) {
  const Recorded& rec = recorded();
  Proven copy = rec.honest;
  copy.statement.context[7] ^= 1;
  expect_absorbed(rec, "context", copy, 0);
  VerifyingKey other = mlp().key->vk;
  other.development = !other.development;
  copy = rec.honest;
  EXPECT_FALSE(verify_with(other, copy.statement, copy.proof, {.frozen = rec.all}).ok()) << "another key's id";
  copy.statement.key_id = other.id();
  expect_absorbed(rec, "key", copy, 0, &other);
}

// ---- The opening

TEST(NetworkFrozen, OpeningIsHonestWithoutLies) {
  EXPECT_TRUE(up_to_the_opening(recorded(), {}).opened_by({}) == recorded().honest.proof) << "the attacker's opening is the prover's";
}

// Every message of the opening pays for F and Z1 at x* that keep the last identity and are not theirs.
TEST(NetworkFrozen, Opening) {
  const Recorded& rec = recorded();
  const Fr w0 = zk::eq(rec.x, rec.u);
  const Fr w1 = rec.all[rec.reduce + 1] * rec.challenges.rho * zk::LibraMask::weight_at(rec.u, rec.x, kDegree);
  const forge::FalseClaim claim = up_to_the_opening(rec, {w1, -w0, Fr::zero()});
  for (const forge::OpeningAttack& attack : forge::opening_attacks()) expect_opening_forgeries(claim, attack);
}

}  // namespace
}  // namespace sotto
