// SPDX-License-Identifier: Apache-2.0
// What a proof sends is absorbed before anything depends on it. For every item an attacker who knew the later challenges could
// change it and repair the rest; each test makes that forgery. A verifier with frozen challenges accepts it, so the lie is a
// real one; the live verifier draws another challenge at the first place behind the item, and rejects.
#include "support/frozen.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }
unsigned log_n() { return layout().log_n; }
const Fr kOne = Fr::one();

// Cells that mean nothing make another commitment of the same witness.
uint64_t free_row(unsigned column) {
  if (column == kProg) return 1;
  if (column == kZ1) return mask_row(0, kDegree + 1, 0);
  return layout().rows() - 1;
}
TEST(Frozen, PhaseOneCommitments) {
  for (unsigned column = 0; column < kPhase1Count; column++)
    expect_absorbed(kColumnNames[column], {.phase1 = [=](Tables& t) { t[column][free_row(column)] += kOne; }}, 0);
}

// With rho known, the mask's sum pays for any score.
TEST(Frozen, MaskSum) {
  const size_t alpha = recorded().phase2 + shape().source_bits, rho = recorded().main - 1;
  expect_absorbed("mask sum", {.score = [](uint32_t s) { return s + 1; }, .mask_sum = [=](Fr& sum) {
    sum -= frozen(alpha).pow(uint64_t{kRelScore}) * frozen(rho).inverse();
  }}, 0);
}

// With gamma known, multiplicities that are no counts pay for a value of no table.
TEST(Frozen, MultiplicitiesBeforeGamma) {
  Challenges c;
  struct Replay {
    size_t next = 0;
    Fr challenge() { return frozen(next++); }
    Point challenges(size_t n) {
      Point p(n);
      for (Fr& x : p) x = challenge();
      return p;
    }
  } replay;
  draw_phase1(replay, shape(), c);
  ASSERT_EQ(replay.next, recorded().phase2);
  const uint64_t x = row_of(sAnd), table = layout().tables_at + 3;
  expect_absorbed("multiplicities", {.cells = at_one_sample(wrong_result(sAnd, 0xffff), [=](Tables& t) { t[kG0][x] -= kOne; }), .phase1 = [=](Tables& t) {
    auto sum = [&](const Fr& g0) {
      const auto d = vm_denominators(c.lookup(), limb(), [&](unsigned column) { return column == kG0 ? g0 : t[column][x]; });
      return d.a.inverse();
    };
    t[kM][table] += (sum(t[kG0][x]) - sum(t[kG0][x] + kOne)) * (c.gamma + table_fingerprint(*attack_start().key, c, table));
  }}, 0);
}

TEST(Frozen, PhaseTwoCommitments) {
  for (unsigned column = kPhase1Count; column < kColumnCount; column++)
    expect_absorbed(kColumnNames[column], {.phase2 = [=](Tables& t, const Challenges&) { t[column][free_row(column)] += kOne; }}, recorded().phase2);
}

// With s known, V1 changes where eq(., s) does not see it, and operands need no sources.
TEST(Frozen, FoldedVectorsBeforeTheirPoint) {
  const Point s(recorded().all.begin() + static_cast<long>(recorded().phase2), recorded().all.begin() + static_cast<long>(recorded().phase2) + shape().source_bits);
  const unsigned k = shape().slots();
  expect_absorbed("V1", {.cells = at_one_sample([](unsigned slot, uint32_t& a, uint32_t&, uint32_t&, std::optional<uint32_t>&) { if (slot == 15) a ^= 1; }),
                         .phase2 = [=](Tables& t, const Challenges& c) {
    const Fr now = t[kA0][row_of(15)], was = attack_start().tables[kA0][row_of(15)];
    const Fr gap = c.chi[0] * zk::eq_index(c.rk, 15) * zk::eq_index(c.rt, kTime) * (now - was);
    // d_k V2[k] + d_0 V2[0] = gap, d_k eq(k, s) + d_0 eq(0, s) = 0
    const Fr ratio = -zk::eq_index(s, k) * zk::eq_index(s, 0).inverse(), d = gap * (t[kV2][k] + ratio * t[kV2][0]).inverse();
    t[kV1][k] += d, t[kV1][0] += ratio * d;
  }}, 0);
}

TEST(Frozen, MainRounds) {
  for (unsigned round = 0; round < log_n(); round++)
    expect_absorbed("round " + std::to_string(round), {.round = [=](unsigned i, std::array<Fr, kDegree + 1>& c) {
      if (i != round) return;
      // Every coefficient by one, the last so that the value at u stays; the linear one follows from the claim.
      const Fr u = frozen(recorded().main + i);
      Fr value = kOne - u - u;
      for (unsigned d = 2; d < kDegree; d++) value += u.pow(uint64_t{d}) - u, c[d] += kOne;
      c[0] += kOne;
      c[kDegree] -= value * (u.pow(uint64_t{kDegree}) - u).inverse();
    }}, recorded().main + round);
}

TEST(Frozen, Evaluations) {
  const Fr lambda = frozen(recorded().reduce), mu = frozen(recorded().reduce + 1);
  const size_t count = kEvaluatedColumns + 1 + claim_count(shape());
  auto attack = [&](const std::string& what, const std::function<bool(size_t)>& chosen) {
    expect_absorbed(what, {.evaluations = [&](Evaluations& ev) {
      auto residual = [&] { return ev.claim(ev.sent, lambda, mu) - mu * ev.deferred(ev.sent); };
      const Fr before = residual();
      for (size_t i = 0; i < ev.sent.size(); i++)
        if (chosen(i)) ev.sent[i] += kOne;
      ev.sent[kZ0] -= (residual() - before) * lambda.pow(uint64_t{kZ0}).inverse();  // no relation reads Z0
    }}, recorded().reduce);
  };
  attack("all evaluations", [](size_t) { return true; });
  attack("evaluations of the machine", [](size_t i) { return i < kVmColumnCount; });
  attack("evaluation of the table column", [](size_t i) { return i == kEvaluatedColumns; });
  attack("evaluations of the weight column", [](size_t i) { return i > kEvaluatedColumns; });
  attack("the last one", [=](size_t i) { return i + 1 == count; });
}

TEST(Frozen, ReductionRounds) {
  for (unsigned round = 0; round < log_n(); round++)
    expect_absorbed("reduction round " + std::to_string(round), {.reduction = [=](unsigned i, Fr& constant, Fr& quadratic) {
      if (i != round) return;
      const Fr x = frozen(recorded().rounds2 + i);
      constant += kOne;
      quadratic -= (kOne - x - x) * (x * x - x).inverse();
    }}, recorded().rounds2 + round);
}

TEST(Frozen, FinalEvaluations) {
  const Fr kappa = frozen(recorded().kappa);
  expect_absorbed("F, Prog, Z1, P at x*", {.finals = [=](std::vector<Fr>& f, const std::vector<Fr>& w, const Fr&) {
    // Z1 and P by one; F and Prog keep both the identity and the value that is opened.
    const Fr identity = -(w[2] + w[3]), opened = -(kappa * kappa + kappa * kappa * kappa);
    const Fr program = (identity - w[0] * opened) * (w[1] - w[0] * kappa).inverse();
    f[0] += opened - kappa * program, f[1] += program, f[2] += kOne, f[3] += kOne;
  }}, recorded().kappa);
}

// Every message of the opening pays for a score that is one too high (support/opening_forgeries.h).
TEST(Frozen, Opening) {
  for (const OpeningAttack& attack : opening_attacks()) expect_opening_forgeries(false_score(), attack);
}

TEST(Frozen, StatementIsAbsorbedFirst) {
  for (const auto& change : std::initializer_list<std::function<void(ClaimStatement&)>>{
           [](ClaimStatement& s) { s.beneficiary[0] ^= 1; }, [](ClaimStatement& s) { s.contest_id[5] ^= 1; },
           [](ClaimStatement& s) { s.contract[3] ^= 1; }, [](ClaimStatement& s) { s.chain_id ^= 1; }}) {
    Proven copy = forge::forge(attack_start(), {.frozen = recorded().all});
    change(copy.statement);
    EXPECT_TRUE(verify_with(vk(), copy.statement, copy.proof, {.frozen = recorded().all}).ok());
    std::vector<Fr> live;
    EXPECT_FALSE(verify_with(vk(), copy.statement, copy.proof, {.drawn = &live}).ok());
    EXPECT_NE(live.at(0), frozen(0));
  }
}

}  // namespace
}  // namespace sotto
