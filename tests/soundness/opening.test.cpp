// SPDX-License-Identifier: Apache-2.0
// The polynomial commitment under attack: columns longer than N (the attacker has more powers than the statement uses), lies in
// single folds, exchanged levels.
#include "support/attack_song.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }
uint64_t n() { return layout().rows(); }
// Twice the powers, same tau.
const zk::Srs& long_setup() {
  static const zk::Srs srs = zk::make_development_srs(layout().log_n + 1);
  return srs;
}
const Fr kDelta = Fr(uint64_t{12345});

// `column` gets a coefficient at X^(N + at). How the attacker goes on:
enum class Then { kIgnore, kFold, kFoldAndFixClear, kFoldAndFixRemainder };
Proven with_high_coefficient(unsigned column, uint64_t at, Then then) {
  Fr lambda_power = Fr::zero();
  return forge::forge(attack_start(), {
      .commitments = [=](std::array<zk::G1Affine, kColumnCount>& c) { c[column] = (zk::G1(c[column]) + zk::G1(long_setup().g1[n() + at]) * kDelta).to_affine(); },
      .evaluations = [&](Evaluations& ev) { ev.told = [&](const Fr& lambda, const Fr&) { lambda_power = lambda.pow(uint64_t{evaluated_index(column)}); }; },
      .open = [&](zk::ProverTranscript& t, std::vector<Fr> opened, zk::PointSpan x, const Fr&) {
        OpeningPlan plan;
        if (then != Then::kIgnore) {
          opened.resize(n() + at + 1);
          opened[n() + at] += lambda_power * kDelta;
        }
        const unsigned levels = zk::opening_levels(layout().log_n);
        std::vector<Fr> last;
        plan.folds = [&](Polynomials& a) { last = a[levels]; };
        const std::vector<Fr> tail = zk::eq_table(x.subspan(3 * levels));
        if (then == Then::kFoldAndFixClear)  // wraps what is too long into the clear polynomial, value kept
          plan.clear = [&, tail](std::vector<Fr>& clear) {
            const Fr extra = last[clear.size()];
            clear[0] += extra, clear[1] -= extra * tail[0] * tail[1].inverse();
          };
        if (then == Then::kFoldAndFixRemainder)  // the last fold's remainder is made to agree with the clear polynomial
          plan.remainders = [&, x](Polynomials& c, const std::vector<Fr>& y) {
            const std::vector<Fr> w = zk::eq_table(x.subspan(3 * (levels - 1), 3));
            const Fr missing = last[zk::clear_size(layout().log_n)] * y.back().pow(uint64_t{zk::clear_size(layout().log_n)});
            const Fr before = y[levels - 2];
            // c_1 changes; c_0 is derived from the level before, so it moves by -y c_1.
            const Fr d = -missing * (w[1] - w[0] * before).inverse();
            c[levels - 1][1] += d, c[levels - 1][0] -= d * before;
          };
        forge::open(t, long_setup(), std::move(opened), x, plan);
      }});
}

TEST(OpeningForgeries, ColumnsLongerThanN) {
  for (uint64_t at : {uint64_t{0}, uint64_t{1}, n() - 8})
    for (unsigned column : {unsigned{kR}, unsigned{kOut}, unsigned{kZ0}}) {
      const std::string what = std::string(kColumnNames[column]) + " with X^(N + " + std::to_string(at) + ")";
      expect_rejected(vk(), with_high_coefficient(column, at, Then::kIgnore), what, "pairing");
      expect_rejected(vk(), with_high_coefficient(column, at, Then::kFold), what + ", folded", "folding identity");
      expect_rejected(vk(), with_high_coefficient(column, at, Then::kFoldAndFixClear), what + ", folded into the clear polynomial", "folding identity");
      if (at < 2) expect_rejected(vk(), with_high_coefficient(column, at, Then::kFoldAndFixRemainder), what + ", remainder to match", "pairing");
    }
}

Plan lying(const std::function<OpeningPlan(zk::PointSpan)>& lies) {
  return {.open = [=](zk::ProverTranscript& t, std::vector<Fr> opened, zk::PointSpan x, const Fr&) {
    forge::open(t, *attack_start().key->srs, std::move(opened), x, lies(x));
  }};
}
void rejected_opening(const std::string& what, const OpeningPlan& plan, const std::string& check) {
  expect_rejected(vk(), forge::forge(attack_start(), lying([&](zk::PointSpan) { return plan; })), what, check);
}

TEST(OpeningForgeries, EveryStepIsChecked) {
  expect_accepted(vk(), forge::forge(attack_start(), lying([](zk::PointSpan) { return OpeningPlan{}; })), "the attacker's honest opening");
  const unsigned levels = zk::opening_levels(layout().log_n);
  for (unsigned l = 1; l < levels; l++)
    for (size_t at : {size_t{0}, size_t{9}})
      rejected_opening("lie in fold " + std::to_string(l), {.folds = [=](Polynomials& a) { a[l][at] += Fr::one(); }}, "");
  rejected_opening("fold too long", {.folds = [](Polynomials& a) { a[1].resize(a[1].size() + 8), a[1].back() = Fr::one(); }}, "");
  rejected_opening("clear polynomial", {.clear = [](std::vector<Fr>& c) { c[0] += Fr::one(); }}, "clear polynomial");
  for (unsigned l = 0; l < levels; l++) {
    rejected_opening("one remainder", {.remainders = [=](Polynomials& c, const std::vector<Fr>&) { c[l][3] += Fr::one(); }}, "folding identity");
    rejected_opening("two remainders exchanged", {.remainders = [=](Polynomials& c, const std::vector<Fr>&) { std::swap(c[l][1], c[l][2]); }}, "folding identity");
  }
  rejected_opening("levels exchanged", {.remainders = [](Polynomials& c, const std::vector<Fr>&) { std::swap(c[1], c[2]); }}, "folding identity");
  // The fold is kept, the remainder is not the polynomial's.
  expect_rejected(vk(), forge::forge(attack_start(), lying([](zk::PointSpan x) {
    return OpeningPlan{.remainders = [w = zk::eq_table(x.first(3))](Polynomials& c, const std::vector<Fr>&) {
      c[0][1] += Fr::one(), c[0][2] -= w[1] * w[2].inverse();
    }};
  })), "remainder of another polynomial with the same fold", "pairing");
  rejected_opening("quotient", {.quotient = [](std::vector<Fr>& q) { q[0] += Fr::one(); }}, "pairing");
  rejected_opening("witness", {.witness = [](zk::G1& w, const Fr&, const Fr&) { w = w + zk::G1Affine::generator(); }}, "pairing");
}

TEST(OpeningForgeries, FinalEvaluationsAreOpened) {
  // Each pair keeps the reduction identity; kappa comes later and tells them apart.
  for (const auto& [i, j] : std::initializer_list<std::pair<unsigned, unsigned>>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {2, 3}})
    expect_rejected(vk(), forge::forge(attack_start(), {.finals = [i = i, j = j](std::vector<Fr>& f, const std::vector<Fr>& w, const Fr&) {
      f[i] += Fr::one(), f[j] -= w[i] * w[j].inverse();
    }}), "two final evaluations", "clear polynomial");
}

}  // namespace
}  // namespace sotto
