// SPDX-License-Identifier: Apache-2.0
// Faults that were found and exploited in other provers, each tried on this one by name. TOB-EZKL-n are the findings of
// Trail of Bits' audit of ezkl (2025). Where another suite holds the general attack, the named case here is the one
// from the report.
#include "support/audit.h"
#include "support/corpus.h"
#include "support/damage.h"
#include "support/frozen.h"
#include "support/operation_lies.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }
void rejected_plan(const std::string& what, const Plan& plan, const std::string& check = "reduction identity") {
  expect_rejected(vk(), forge::forge(attack_start(), plan), what, check);
}

// ---- Arithmetic

// TOB-EZKL-4: a shuffle argument that did not check multiplicities let a maximum be any value. Here: lookups that are
// paid for by the multiplicity of another row, by a negative one, or by none.
TEST(Regressions, TobEzkl4_ShuffleMultiplicity) {
  const Audit audit(*attack_start().key);
  const uint64_t honest = layout().tables_at + (*small(attack_start().tables[kA0][row_of(sAnd)]) |
                                                *small(attack_start().tables[kB0][row_of(sAnd)]) << shape().limb_bits);
  const uint32_t flip = *small(attack_start().tables[kG0][row_of(sAnd)]) & 1 ? 0xffff : 1;
  const auto lie = at_one_sample(wrong_result(sAnd, flip),
                                 [](Tables& t) { t[kG0][row_of(sAnd)] = Fr(*small(t[kG0][row_of(sAnd)]) ^ 1); });
  for (const int64_t at_honest : {0, -1})
    for (const int64_t elsewhere : {1, -1})
      for (const uint64_t other : {honest + 1, layout().tables_at + (uint64_t{1} << shape().range_bits())})
        rejected_plan("and-limb of no table", {.cells =
                                                   [&](Tables& t) {
                                                     const uint32_t score = lie(t);
                                                     audit.recount(t);
                                                     t[kM][honest] += Fr::from_signed(at_honest),
                                                         t[kM][other] += Fr::from_signed(elsewhere);
                                                     return score;
                                                   },
                                               .recount = false});
}

// Auxiliary values (carry, zero flag, W1, W2) for which all constraints of the operation hold; W2 follows from the
// others.
bool result_is_possible(Op op, int64_t a, int64_t b, int64_t out) {
  const int64_t word = int64_t{1} << shape().word_bits();
  for (int64_t bits = 0; bits < 4; bits++)
    for (int64_t w1 = 0; w1 < word; w1++) {
      auto holds = [&](int64_t w2) {
        if (w2 < 0 || w2 >= word) return false;
        Words<int64_t> w{a,
                         b,
                         a & b,
                         w1,
                         w2,
                         out,
                         int64_t{1} << (b & (shape().word_bits() - 1)),
                         0,
                         a >= word / 2,
                         b >= word / 2,
                         bits & 1,
                         bits >> 1};
        bool all = true;
        op_constraints(op, w, Constants<int64_t>{1, word}, [&](int64_t v) { all = all && v == 0; });
        return all;
      };
      const int64_t abs_b = b >= word / 2 ? word - b : b;
      if (holds(0) || holds(abs_b - 1 - w1) || holds(abs_b - 1 - out)) return true;
    }
  return false;
}
// TOB-EZKL-5: the sign of zero made greater(5, 5) = 1 and div(2, 2) = 0.
TEST(Regressions, TobEzkl5_SignOfZero) {
  struct Case {
    Op op;
    uint32_t a, b, right, wrong;
  };
  const Case cases[] = {{Op::kLt, 5, 5, 0, 1},  {Op::kGe, 5, 5, 1, 0},    {Op::kLt, 0, 0, 0, 1},
                        {Op::kGe, 0, 0, 1, 0},  {Op::kEq, 5, 5, 1, 0},    {Op::kNe, 0, 0, 0, 1},
                        {Op::kDiv, 2, 2, 1, 0}, {Op::kDiv, 2, 2, 1, 2},   {Op::kDiv, 0, 2, 0, 1},
                        {Op::kMod, 2, 2, 0, 2}, {Op::kSelect, 0, 7, 0, 7}};
  for (const Case& c : cases) {
    const std::string what = std::string(sound::kOpNames[static_cast<unsigned>(c.op)]) + " of " + std::to_string(c.a) +
                             ", " + std::to_string(c.b);
    ASSERT_EQ(sound::eval_op(c.op, c.a, c.b, 0, {}, shape().word_bits(), shape().limb_bits), c.right) << what;
    EXPECT_TRUE(result_is_possible(c.op, c.a, c.b, c.right)) << what;
    EXPECT_FALSE(result_is_possible(c.op, c.a, c.b, c.wrong)) << what;
    const Start start = make_start(attack_start().key, song_for(c.op, c.a, c.b, 0));
    expect_rejected(vk(),
                    forge::forge(start, {.cells =
                                             [&](Tables& t) {
                                               rerun_sample(start, t, kLieTime,
                                                            [&](unsigned slot, uint32_t&, uint32_t&, uint32_t&,
                                                                std::optional<uint32_t>& out) {
                                                              if (slot == 0) out = c.wrong;
                                                            });
                                               return rejudge(start, t);
                                             }}),
                    what, "reduction identity");
  }
}

// TOB-EZKL-6: an unchecked quotient may be input / divisor in the field. All constraints of DIV hold for it; whoever
// consumes it cannot cut it into limbs. The same for the quotients of the judge, which are table inputs.
TEST(Regressions, TobEzkl6_QuotientInTheField) {
  const Audit audit(*attack_start().key);
  const Fr quotient = Fr(uint64_t{100}) * Fr(uint64_t{7}).inverse();
  const Start start = make_start(attack_start().key, song_for(Op::kDiv, 100, 7, 0));
  const uint64_t x = machine_row(shape(), 0, kLieTime);
  auto lie = [&](Tables& t) {
    t[kR][x] = quotient, t[kCy][x] = Fr::zero();
    t[kW1l][x] = t[kW1h][x] = Fr::zero(), t[kW2l][x] = Fr(uint64_t{6}), t[kW2h][x] = Fr::zero();
    audit.recount(t);
    return start.score;
  };
  Tables t = start.tables;
  lie(t);
  const std::set<Broken> broken = audit.broken(t, start.score);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken.begin()->what, "operand a");
  expect_rejected(vk(), forge::forge(start, {.cells = lie, .recount = false}), "quotient in the field",
                  "reduction identity");
  const judge::Network& net = attack_start().key->net;
  for (unsigned layer = 0; layer < net.conv.size(); layer++) {
    const uint64_t row = layout().conv[layer].rows.base;
    rejected_plan("pre-activation in the field", {.cells = [=](Tables& all) {
                    all[kIn][row] += all[kQ0][row] * Fr(uint64_t{1} << shape().range_bits()).inverse(),
                        all[kQ0][row] = Fr::zero();
                    return attack_start().score;
                  }});
  }
}

// ---- Commitments and statements

// TOB-EZKL-9: commitments to data of low entropy without blinding can be searched. Without masks this search finds the
// song; with them it finds nothing, and one song has as many commitments as proofs.
TEST(Regressions, TobEzkl9_CommitmentThatCanBeSearched) {
  const ProvingKey& key = *attack_start().key;
  auto search = [&](const Bytes32& commitment) {
    for (uint64_t seed = 1; seed <= 6; seed++) {
      const Witness w = make_witness(key.shape, key.layout, key.net, toy::program(seed));
      std::vector<Fr> column(key.layout.program_rows());
      for (size_t v = 0; v < w.program.size(); v++) column[2 * v] = w.program[v];
      if (keccak256(zk::msm(std::span(key.srs->g1).first(column.size()), column).to_affine().to_bytes()) == commitment)
        return seed;
    }
    return uint64_t{0};
  };
  ProverHooks careless;
  careless.before_phase1 = [](ProverState& st) {
    for (uint64_t row : program_mask_rows(st.shape(), st.layout())) st.program[row] = Fr::zero();
  };
  EXPECT_EQ(search(toy::prove(key, toy::program(4), careless).statement.song_commitment), 4u);
  const Proven a = toy::prove(key, toy::program(4)), b = toy::prove(key, toy::program(4));
  EXPECT_EQ(search(a.statement.song_commitment), 0u);
  EXPECT_NE(a.statement.song_commitment, b.statement.song_commitment);
}

// TOB-EZKL-16: a public score of r + 1 was another number for the contest than for the circuit.
TEST(Regressions, TobEzkl16_ScoreBeyondTheOrder) {
  static_assert(std::is_same_v<decltype(ClaimStatement::score), uint32_t>);
  const Proven honest = toy::prove(*attack_start().key, attack_program());
  expect_accepted(vk(), honest, "honest");
  EvmVerifier* evm = evm_verdict();
  if (!evm) return;
  Bytes32 score = word_from_u64(honest.statement.score);
  for (int k = 1; k <= 5; k++) {  // r is below 2^256 / 5
    add_word(score.data(), modulus_word<zk::Fr>());
    EXPECT_FALSE(evm->accepts_call(evm->key_contract(vk().encode()), honest.proof, claim_digest(honest.statement),
                                   score, honest.statement.song_commitment));
    EXPECT_TRUE(evm->failed_with("BadScore")) << evm->failure();
  }
}

// TOB-EZKL-29: Poseidon([f]) = Poseidon([f, 0]). Whatever is hashed or absorbed here differs from itself with zeros
// behind it, and so do the things that are decoded.
TEST(Regressions, TobEzkl29_ZerosBehindTheInput) {
  const Bytes a(64, 7);
  Bytes longer = a;
  longer.resize(96);
  EXPECT_NE(keccak256(a), keccak256(longer));
  EXPECT_NE(zk::Sponge(a).state(), zk::Sponge(longer).state());
  zk::Sponge once(a), twice(a), extended(a);
  once.absorb(a), twice.absorb(ByteSpan(a).first(32)), twice.absorb(ByteSpan(a).subspan(32)), extended.absorb(longer);
  EXPECT_NE(once.state(), twice.state());
  EXPECT_NE(once.state(), extended.state());
  EXPECT_EQ(transcript_statement({}).size(), 5u * 32);
  const Proven honest = toy::prove(*attack_start().key, attack_program());
  for (size_t zeros : {size_t{1}, size_t{32}, size_t{64}}) {
    Proven proven = honest;
    proven.proof.resize(proven.proof.size() + zeros);
    expect_rejected(vk(), proven, "zeros behind the proof", "length");
    Bytes key = vk().encode();
    key.resize(key.size() + zeros);
    EXPECT_FALSE(VerifyingKey::decode(key).ok());
    if (EvmVerifier* evm = evm_verdict()) {
      EXPECT_FALSE(evm->accepts_call(evm->key_contract(key), honest.proof, claim_digest(honest.statement),
                                     word_from_u64(honest.statement.score), honest.statement.song_commitment));
    }
  }
}

// Public inputs or the verifying key that are not absorbed (Frozen Heart 2022, Expander 315, Jolt Atlas 230 and 247):
// every field changes the first challenge.
TEST(Regressions, UnabsorbedInputsAndKey) {
  const Proven honest = toy::prove(*attack_start().key, attack_program());
  auto first_challenge = [&](const VerifyingKey& key, const ClaimStatement& s) {
    std::vector<Fr> drawn;
    (void)verify_with(key, s, honest.proof, {.drawn = &drawn});
    return drawn.empty() ? Fr::zero() : drawn[0];
  };
  const Fr live = first_challenge(vk(), honest.statement);
  ASSERT_FALSE(live.is_zero());
  using Change = std::function<void(ClaimStatement&)>;
  for (const Change& change : std::initializer_list<Change>{
           [](ClaimStatement& s) { s.chain_id ^= 1; }, [](ClaimStatement& s) { s.contract[7] ^= 1; },
           [](ClaimStatement& s) { s.contest_id[7] ^= 1; }, [](ClaimStatement& s) { s.score ^= 1; },
           [](ClaimStatement& s) { s.beneficiary[7] ^= 1; }}) {
    ClaimStatement s = honest.statement;
    change(s);
    const Fr other = first_challenge(vk(), s);
    EXPECT_FALSE(other.is_zero());
    EXPECT_NE(other, live);
  }
  // Every word of a key that can be changed at all.
  const Bytes bytes = vk().encode();
  unsigned keys = 0;
  for (size_t at = 0; at < bytes.size(); at += 32) {
    Bytes changed = bytes;
    changed[at + 31] ^= 1;
    const auto key = VerifyingKey::decode(changed);
    if (!key.ok()) continue;
    keys++;
    ClaimStatement s = honest.statement;
    s.judge_id = key->judge_id();
    EXPECT_NE(first_challenge(*key, s), live) << "word " << at / 32;
    EXPECT_NE(key->judge_id(), vk().judge_id());
  }
  EXPECT_GE(keys, 5u);
}

// ---- Sumcheck and openings

// A sumcheck that is computed and not compared with the claim, or with what is opened (Remainder 2026, Jolt Atlas 177).
TEST(Regressions, SumcheckNotCheckedAgainstTheClaim) {
  rejected_plan("claim: the score", {.score = [](uint32_t s) { return s + 1; }});
  rejected_plan("claim: the mask", {.mask_sum = [](Fr& sum) { sum += Fr::one(); }});
  for (unsigned round : {0u, layout().log_n - 1}) {
    rejected_plan("main round", {.round = [=](unsigned i, std::array<Fr, kDegree + 1>& c) {
                    if (i == round) c[0] += Fr::one();
                  }});
    rejected_plan("reduction round", {.reduction = [=](unsigned i, Fr& constant, Fr&) {
                    if (i == round) constant += Fr::one();
                  }});
  }
  rejected_plan("evaluations", {.evaluations = [](Evaluations& ev) { ev.sent[kR] += Fr::one(); }});
  rejected_plan("final values",
                {.finals = [](std::vector<Fr>& f, const std::vector<Fr>&, const Fr&) { f[0] += Fr::one(); }});
  rejected_plan("final values that satisfy the identity and are not opened",
                {.finals = [](std::vector<Fr>& f, const std::vector<Fr>& w,
                              const Fr&) { f[0] += Fr::one(), f[1] -= w[0] * w[1].inverse(); }},
                "pairing");
}

// Opening claims that no challenge separates: two false ones whose sum is right (Plonky3 627, a16z/jolt 1864, ZKTorch).
TEST(Regressions, TwoFalseClaimsThatCancel) {
  const size_t count = kEvaluatedColumns + 1 + claim_count(shape());
  std::mt19937_64 random(5);
  for (unsigned i = 0; i < 12; i++) {
    const size_t a = random() % count, b = (a + 1 + random() % (count - 1)) % count;
    rejected_plan("two evaluations",
                  {.evaluations = [=](Evaluations& ev) { ev.sent[a] += Fr::one(), ev.sent[b] -= Fr::one(); }});
  }
  for (unsigned i = 0; i < 4; i++)
    for (unsigned j = 0; j < i; j++)
      rejected_plan("two final values", {.finals = [=](std::vector<Fr>& f, const std::vector<Fr>&, const Fr&) {
                      f[i] += Fr::one(), f[j] -= Fr::one();
                    }});
  // Two columns whose commitments are exchanged against their sum.
  rejected_plan("two commitments",
                {.commitments =
                     [](std::array<zk::G1Affine, kColumnCount>& c) {
                       const zk::G1 g(zk::G1Affine::generator());
                       c[kQ2] = (zk::G1(c[kQ2]) + g).to_affine(), c[kQ3] = (zk::G1(c[kQ3]) + -g).to_affine();
                     }},
                "pairing");
}

// "Last Challenge" (gnark 2025): the final batching challenge did not depend on what it batches.
TEST(Regressions, LastChallenge) {
  const Fr kappa = frozen(recorded().kappa);
  expect_absorbed(
      "final values under a known kappa",
      {.finals =
           [=](std::vector<Fr>& f, const std::vector<Fr>& w, const Fr&) {
             // F and Prog change; identity and opened value stay, with Z1 to pay.
             const Fr program = (w[2] * kappa.square().inverse() - w[0]) * (w[1] - w[2] * kappa.inverse()).inverse();
             f[0] += Fr::one(), f[1] += program, f[2] -= (Fr::one() + kappa * program) * kappa.square().inverse();
           }},
      recorded().kappa);
  // z for the values' quotient; delta, which makes one pairing check of two, for the witness.
  for (const OpeningAttack& attack : opening_attacks())
    expect_opening_forgeries(false_score(), attack, [](const OpeningForgery& f) { return f.changed >= kPair; });
}

// Gemini folding (aztec-packages 12602): only A(-r) was opened, so a fold could be any polynomial that is right on one
// side. Here h is some polynomial that is worth the value, and one of the five values is wrong so that s(1/zeta), which
// follows, is right: with h(1/zeta) all four polynomials are right at zeta, with h(zeta) or s(zeta) at 1/zeta. Or g is
// made to agree with h: then the values are right.
TEST(Regressions, GeminiFoldOpenedOnOneSide) {
  const auto right_value_of_s = [](Opening& o, unsigned pay) {
    const Fr before = o.derived_value();
    o.sent[pay] += Fr::one();
    const Fr slope = o.derived_value() - before;
    o.sent[pay] += (zk::horner(o.s, o.point(1)) - before) * slope.inverse() - Fr::one();
    EXPECT_EQ(o.derived_value(), zk::horner(o.s, o.point(1)));
  };
  for (unsigned row = 0; row < 8; row++) {
    OpeningPlan plan = {.rows = [=](Opening& o) { o.h[row] += o.missing() * o.high[row].inverse(); }};
    const auto refused = [&](const std::string& what) {
      false_score().rejected(false_score().opened_by(plan), "row " + std::to_string(row) + what);
    };
    for (unsigned pay = 0; pay < zk::kOpeningValues; pay++) {
      plan.values = [=](Opening& o) { right_value_of_s(o, pay); };
      refused(", value " + std::to_string(pay));
    }
    plan.values = {};
    plan.division = [](Opening& o) {
      o.g[0] += (inner_product(o.powers(), o.h) - inner_product(o.low, o.g)) * o.low[0].inverse();
    };
    refused(", g agrees");
  }
}

// Sizes that come from the proof (SP1, Least Authority A): the verifier counts by its key. Proofs of other shapes are
// refused as they are, and cut or filled to the expected length.
TEST(Regressions, ShapeTakenFromTheProof) {
  std::vector<Proven> proofs;
  for (const corpus::Named& k : corpus::keys()) proofs.push_back(corpus::prove(*k.key, toy::program(3, 15), 1));
  for (size_t i = 0; i < proofs.size(); i++)
    for (size_t j = 0; j < proofs.size(); j++) {
      if (i == j) continue;
      const VerifyingKey& key = corpus::keys()[j].key->vk;
      Proven p = proofs[i];
      const std::string what = "proof for " + corpus::keys()[i].name + " under " + corpus::keys()[j].name;
      expect_rejected(key, p, what);
      p.statement.judge_id = key.judge_id();
      expect_rejected(key, p, what, p.proof.size() == proofs[j].proof.size() ? "" : "length");
      p.proof.resize(proofs[j].proof.size());
      expect_rejected(key, p, what + ", cut or filled");
    }
}

}  // namespace
}  // namespace sotto
