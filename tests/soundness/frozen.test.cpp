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

// The opening, with r, nu or z known.
Plan opening_plan(const std::function<OpeningPlan(zk::PointSpan x)>& lies) {
  return {.open = [=](zk::ProverTranscript& t, std::vector<Fr> opened, zk::PointSpan x, const Fr&) {
    forge::open(t, *attack_start().key->srs, std::move(opened), x, lies(x));
  }};
}
std::vector<Fr> level_points() {
  std::vector<Fr> y;
  Fr p = frozen(recorded().r);
  for (unsigned l = 0; l < zk::opening_levels(log_n()); l++) y.push_back(p = p.pow(uint64_t{8}));
  return y;
}

TEST(Frozen, OpeningIsHonestWithoutLies) {
  const Plan plan = opening_plan([](zk::PointSpan) { return OpeningPlan{}; });
  expect_accepted(vk(), forge::forge(attack_start(), plan), "the attacker's opening");
}

TEST(Frozen, Folds) {
  const std::vector<Fr> y = level_points();
  for (unsigned level = 1; level < y.size(); level++)
    expect_absorbed("fold " + std::to_string(level), opening_plan([=](zk::PointSpan x) {
      return OpeningPlan{.folds = [=, w = zk::eq_table(x.subspan(3 * level, 3))](Polynomials& a) {
        // d_0 + d_1 X + X^2 vanishes at r_level, and so does its fold (a constant).
        const Fr at = y[level - 1];
        const Fr d1 = (w[0] * at * at - w[2]) * (w[1] - w[0] * at).inverse(), d0 = -at * at - d1 * at;
        a[level][0] += d0, a[level][1] += d1, a[level][2] += kOne;
      }};
    }), recorded().r);
}

TEST(Frozen, ClearPolynomial) {
  const std::vector<Fr> y = level_points();
  expect_absorbed("clear polynomial", opening_plan([=](zk::PointSpan x) {
    return OpeningPlan{.clear = [=, w = zk::eq_table(x.subspan(3 * y.size()))](std::vector<Fr>& clear) {
      const Fr at = y.back(), d1 = (w[0] * at * at - w[2]) * (w[1] - w[0] * at).inverse(), d0 = -at * at - d1 * at;
      clear[0] += d0, clear[1] += d1, clear[2] += kOne;
    }};
  }), recorded().r);
}

TEST(Frozen, Remainders) {
  const std::vector<Fr> y = level_points();
  for (unsigned level = 0; level < y.size(); level++)
    expect_absorbed("remainder " + std::to_string(level), opening_plan([=](zk::PointSpan x) {
      return OpeningPlan{.remainders = [=, w = zk::eq_table(x.subspan(3 * level, 3))](Polynomials& c, const std::vector<Fr>&) {
        // c_1 and c_2 change; c_0 is derived from the level before, or stays; the fold stays.
        const Fr at = level == 0 ? Fr::zero() : y[level - 1];
        const Fr d2 = -(w[1] - w[0] * at) * (w[2] - w[0] * at * at).inverse();
        c[level][1] += kOne, c[level][2] += d2, c[level][0] -= at + d2 * at * at;
      }, .known_z = frozen(recorded().z)};
    }), recorded().nu);
}

TEST(Frozen, Quotient) {
  expect_absorbed("quotient", opening_plan([](zk::PointSpan) {
    return OpeningPlan{.quotient = [](std::vector<Fr>& q) { q[0] -= frozen(recorded().z), q[1] += kOne; }};
  }), recorded().z);
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
