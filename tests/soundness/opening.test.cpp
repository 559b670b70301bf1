// SPDX-License-Identifier: Apache-2.0
// The polynomial commitment under attack, with challenges as they come: columns longer than N (the attacker has more
// powers than the statement uses), lies in single messages, exchanged ones, a remainder that is too long.
#include "support/frozen.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }
uint64_t n() { return layout().rows(); }
size_t rows_of_h() { return n() / kBlock; }
// Twice the powers, same tau.
const zk::Srs& long_setup() {
  static const zk::Srs srs = zk::make_development_srs(layout().log_n + 1);
  return srs;
}
const Fr kDelta = Fr(uint64_t{12345});

// A column has a coefficient at X^(N + at). How the attacker goes on:
struct Way {
  const char* name;
  bool divide;  // what is opened has the coefficient, too
  OpeningPlan plan;
};
// The fold of what is above N comes back among the first 2^(n-10) coefficients; the value is kept.
void wrap(Opening& o) {
  for (size_t i = rows_of_h(); i < o.h.size(); i++) {
    const size_t at = i - rows_of_h(), pays = at == 0 ? 1 : 0;
    o.h[at] += o.h[i], o.h[pays] -= o.h[i] * o.high[at] * o.high[pays].inverse();
  }
  o.h.resize(rows_of_h());
}
// g is made to agree with h.
void agree(Opening& o) { lengthen_remainder(o, inner_product(o.powers(), o.h) - inner_product(o.low, o.g)); }
void agree_as_a_remainder(Opening& o) {
  o.g[0] += (inner_product(o.powers(), o.h) - inner_product(o.low, o.g)) * o.low[0].inverse();
}
void cut(Opening& o) { o.h.resize(rows_of_h()); }
std::vector<Way> ways() {
  return {{"ignored", false, {}},
          {"divided along, h too long", true, {}},
          {"divided along, h cut", true, {.rows = cut}},
          {"divided along, h wrapped", true, {.rows = wrap}},
          {"divided along, g to match", true, {.division = agree_as_a_remainder}},
          {"divided along, h cut, g longer to match", true, {.rows = cut, .division = agree}},
          {"divided along, h wrapped, g longer to match", true, {.rows = wrap, .division = agree}}};
}
FalseClaim with_high_coefficient(unsigned column, uint64_t at, Fr& lambda_power) {
  FalseClaim claim =
      up_to_the_opening({.commitments =
                             [=](std::array<zk::G1Affine, kColumnCount>& c) {
                               c[column] = (zk::G1(c[column]) + zk::G1(long_setup().g1[n() + at]) * kDelta).to_affine();
                             },
                         .evaluations =
                             [&](Evaluations& ev) {
                               ev.told = [&](const Fr& lambda, const Fr&) {
                                 lambda_power = lambda.pow(uint64_t{evaluated_index(column)});
                               };
                             }});
  claim.srs = &long_setup();
  return claim;
}

TEST(OpeningForgeries, ColumnsLongerThanN) {
  for (uint64_t at : {uint64_t{0}, uint64_t{1}, n() - 8})
    for (unsigned column : {unsigned{kR}, unsigned{kOut}, unsigned{kZ0}}) {
      Fr lambda_power;
      const FalseClaim ignored = with_high_coefficient(column, at, lambda_power);
      FalseClaim divided = ignored;
      divided.opened.resize(n() + at + 1);
      divided.opened[n() + at] += lambda_power * kDelta;
      for (const Way& way : ways()) {
        const FalseClaim& claim = way.divide ? divided : ignored;
        claim.rejected(claim.opened_by(way.plan),
                       std::string(kColumnNames[column]) + " with X^(N + " + std::to_string(at) + "), " + way.name);
      }
    }
}

// An honest proof but for its opening.
const FalseClaim& honest_claim() {
  static const FalseClaim one = up_to_the_opening({});
  return one;
}
void rejected_opening(const std::string& what, const OpeningPlan& plan) {
  for (const FalseClaim* claim : {&honest_claim(), &false_score()})
    claim->rejected(claim->opened_by(plan), what + (claim == &honest_claim() ? "" : ", false value"));
}

TEST(OpeningForgeries, HonestOpeningIsAcceptedForATrueValueOnly) {
  EXPECT_TRUE(honest_claim().verify(honest_claim().opened_by({}), {}, nullptr).ok()) << "the attacker's honest opening";
  expect_accepted(
      vk(),
      forge::forge(
          attack_start(),
          {.open = [](zk::ProverTranscript& t, std::vector<Fr> opened, zk::PointSpan x,
                      const Fr& value) { forge::open(t, *attack_start().key->srs, std::move(opened), x, value, {}); }}),
      "the attacker's honest opening");
  false_score().rejected(false_score().opened_by({}), "honest opening of a false value");
}

TEST(OpeningForgeries, EveryStepIsChecked) {
  const Fr one = Fr::one();
  for (size_t at : {size_t{0}, size_t{9}}) {
    const std::string place = ", coefficient " + std::to_string(at);
    rejected_opening("lie in h" + place, {.rows = [=](Opening& o) { o.h[at] += one; }});
    rejected_opening("lie in q" + place, {.division = [=](Opening& o) { o.q[at] += one; }});
    rejected_opening("lie in g" + place, {.division = [=](Opening& o) { o.g[at] += one; }});
    rejected_opening("lie in g and q" + place, {.division = [=](Opening& o) { o.g[at] += o.alpha, o.q[at] += one; }});
    rejected_opening("lie in s" + place, {.products = [=](Opening& o) { o.s[at] += one; }});
    rejected_opening("lie in d" + place, {.products = [=](Opening& o) { o.d[at] += one; }});
    rejected_opening("lie in v" + place, {.pair = [=](Opening& o) { o.v[at] += one; }});
    rejected_opening("lie in w" + place, {.witness = [=](Opening& o) { o.w[at] += one; }});
  }
  rejected_opening("another h of the same value",
                   {.rows = [=](Opening& o) { o.h[0] += o.high[1], o.h[1] -= o.high[0]; }});
  for (unsigned i = 0; i < zk::kOpeningValues; i++)
    rejected_opening("value " + std::to_string(i), {.values = [=](Opening& o) { o.sent[i] += one; }});
}

// Coefficients of h above its rows enter no inner product: they do no harm, and pay for nothing.
TEST(OpeningForgeries, FoldedRowsThatAreTooLong) {
  for (size_t more : {size_t{1}, size_t{8}}) {
    const OpeningPlan plan = {.rows = [=](Opening& o) { o.h.resize(o.h.size() + more), o.h.back() = Fr::one(); }};
    EXPECT_TRUE(honest_claim().verify(honest_claim().opened_by(plan), {}, nullptr).ok());
    false_score().rejected(false_score().opened_by(plan), "h too long");
  }
}

TEST(OpeningForgeries, ExchangedMessages) {
  rejected_opening("f for h", {.rows = [](Opening& o) { o.h = o.f; }});
  rejected_opening("q and g", {.division = [](Opening& o) { std::swap(o.q, o.g); }});
  rejected_opening("h for g", {.division = [](Opening& o) { o.g = o.h, o.g.resize(kBlock); }});
  rejected_opening("s and d", {.products = [](Opening& o) { std::swap(o.s, o.d); }});
  rejected_opening("g for d", {.products = [](Opening& o) { o.d = o.g; }});
  rejected_opening("v for w", {.witness = [](Opening& o) { o.w = o.v; }});
  for (unsigned i = 0; i < zk::kOpeningValues; i++)
    for (unsigned j = 0; j < i; j++)
      rejected_opening("values " + std::to_string(j) + " and " + std::to_string(i),
                       {.values = [=](Opening& o) { std::swap(o.sent[i], o.sent[j]); }});
}

// Every h with the right <P_u, h> has a g with <P_l, g> = <E_alpha, h> that is f modulo X^B - alpha: it has degree B.
TEST(OpeningForgeries, RemainderThatIsTooLong) {
  const auto any_h = [](Opening& o) {
    o.h[0] += o.high[1], o.h[1] += (o.missing() - o.high[0] * o.high[1]) * o.high[1].inverse();
  };
  const auto undivided = [](Opening& o) {
    o.g = o.f, o.q.assign(1, Fr::zero());
    o.g[kBlock] -= (inner_product(o.low, o.g) - inner_product(o.powers(), o.h)) * (o.alpha * o.low[0]).inverse();
  };
  const auto reversed = [](size_t length) {
    return [=](Opening& o) {
      o.g.resize(std::max(length, o.g.size()));
      o.d.assign(o.g.rbegin() + static_cast<std::ptrdiff_t>(o.g.size() - length), o.g.rend());
    };
  };
  const auto cyclic = [](Opening& o) {  // modulo X^B - 1
    for (size_t i = kBlock; i < o.g.size(); i++) o.d[kBlock - 1 - i % kBlock] += o.g[i];
  };
  const std::pair<const char*, OpeningPlan::Lie> ways[] = {
      {"d of its first B coefficients", {}}, {"d of all coefficients", reversed(kBlock + 1)}, {"d wrapped", cyclic}};
  for (const auto& [what, d] : ways) {
    rejected_opening(std::string("long g, ") + what, {.rows = any_h, .division = agree, .products = d});
    rejected_opening(std::string("no division, ") + what, {.rows = any_h, .division = undivided, .products = d});
  }
  rejected_opening("short g to match", {.rows = any_h, .division = agree_as_a_remainder});
}

// A commitment off the curve, all else consistent with its bytes: the contract meets it where it sums the commitments, at the
// ends of Horner's rule and in the products beside it.
TEST(OpeningForgeries, CommitmentsOffTheCurve) {
  for (unsigned column : {unsigned{kR}, unsigned{kA0}, kProg - 1u, unsigned{kProg}, unsigned{kZ0}, unsigned{kZ1}}) {
    const Proven proven = forge::forge(attack_start(), {.commitments = [=](std::array<zk::G1Affine, kColumnCount>& c) {
                                         c[column].y = c[column].y + zk::Fq(1);
                                       }});
    const std::string what = "commitment of " + std::string(kColumnNames[column]) + " off the curve";
    expect_rejected(vk(), proven, what, "phase-1 commitments");
    if (EvmVerifier* evm = evm_verdict()) {
      EXPECT_TRUE(evm->failed_with("BadPoint")) << what << ": " << evm->failure();
    }
  }
}

TEST(OpeningForgeries, FinalEvaluationsAreOpened) {
  // Each pair keeps the reduction identity; kappa comes later and tells them apart.
  for (const auto& [i, j] :
       std::initializer_list<std::pair<unsigned, unsigned>>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {2, 3}})
    expect_rejected(
        vk(),
        forge::forge(attack_start(),
                     {.finals = [i = i, j = j](std::vector<Fr>& f, const std::vector<Fr>& w,
                                               const Fr&) { f[i] += Fr::one(), f[j] -= w[i] * w[j].inverse(); }}),
        "two final evaluations", "pairing");
}

}  // namespace
}  // namespace sotto
