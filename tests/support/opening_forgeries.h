// SPDX-License-Identifier: Apache-2.0
// Openings of a false value by an attacker who knows challenges beforehand, for whatever statement the value belongs
// to. With these challenges they are accepted, so each is a real forgery; the live verifier answers the changed message
// with another challenge.
#pragma once
#include <gtest/gtest.h>

#include "support/forger_opening.h"

namespace sotto::forge {

// The messages of an opening, and the challenges that answer them, in order.
enum OpeningMessage : unsigned { kRows, kDivision, kProducts, kValues, kPair, kWitness, kOpeningMessages };

// Everything up to the opening: live, and false.
struct FalseClaim {
  const zk::Srs* srs = nullptr;
  Polynomial opened;
  Point x;
  Fr value;                                          // not that of `opened` at x
  std::function<zk::ProverTranscript()> transcript;  // that has heard all of this
  std::function<Status(const Bytes& proof, const std::vector<Fr>& frozen, std::vector<Fr>* drawn)> verify;
  std::function<void(const Bytes& proof, const std::string& what)> rejected;  // by all verifiers there are

  // heard: the challenges of the opening, where they are not the transcript's.
  Bytes opened_by(const OpeningPlan& plan, const std::vector<Fr>& heard = {}) const {
    zk::ProverTranscript t = transcript();
    if (!heard.empty()) t.freeze(heard);
    open(t, *srs, opened, x, value, plan);
    return std::move(t).take_proof();
  }
};
struct Message {
  size_t points, scalars;
};
// A transcript that has heard the messages at the front of a proof.
inline zk::ProverTranscript resumed(ByteSpan statement, ByteSpan proof, const std::vector<Message>& messages) {
  zk::ProverTranscript t(statement);
  for (const Message& m : messages) {
    for (size_t i = 0; i < m.points; i++, proof = proof.subspan(64))
      t.send(zk::G1Affine::from_bytes(proof.first<64>()).value());
    for (size_t i = 0; i < m.scalars; i++, proof = proof.subspan(32)) t.send(Fr::from_bytes(proof.first<32>()).value());
    t.seal();
  }
  return t;
}

struct OpeningForgery {
  std::string what;
  OpeningMessage changed;  // the first
  OpeningPlan plan;
};
// before: of the proof whose challenges the attacker knows. Where it knows delta already, all the others are as they
// come.
struct OpeningAttack {
  OpeningPlan before;
  std::vector<OpeningForgery> forgeries;
};

// ---- Lies for one message

// A remainder with c (X^B - alpha) more, which is not shorter than B; <P_l, g> grows by `by`.
inline void lengthen_remainder(Opening& o, const Fr& by) {
  const Fr c = -by * (o.alpha * o.low[0]).inverse();
  o.g.resize(kBlock + 1);
  o.g[kBlock] += c, o.g[0] -= c * o.alpha, o.q[0] -= c;
}
// With zeta known: a line that has the two values of X^(B-1) g(1/X).
inline void reverse_at_zeta(Opening& o) {
  Fr at[2];
  for (unsigned side = 0; side < 2; side++)
    at[side] = o.point(side).pow(uint64_t{kBlock - 1}) * zk::horner(o.g, o.point(1 - side));
  const Fr slope = (at[1] - at[0]) * (o.point(1) - o.point(0)).inverse();
  o.d = {at[0] - slope * o.zeta, slope};
}
// With nu known: two of the values change so that the verifier's g + nu h + nu^2 s + nu^3 d has the true ones.
inline void pay_with_values(Opening& o, unsigned i, unsigned j) {
  const std::array<Fr, 2> claimed = o.combined_at();
  const auto grown = [&](unsigned k) {
    o.sent[k] += Fr::one();
    std::array<Fr, 2> at = o.combined_at();
    o.sent[k] -= Fr::one();
    return std::array<Fr, 2>{at[0] - claimed[0], at[1] - claimed[1]};
  };
  const auto a = grown(i), b = grown(j);
  const Polynomial p = o.combined();
  const Fr gap[2] = {zk::horner(p, o.point(0)) - claimed[0], zk::horner(p, o.point(1)) - claimed[1]};
  const Fr over = (a[0] * b[1] - a[1] * b[0]).inverse();
  o.sent[i] += (gap[0] * b[1] - gap[1] * b[0]) * over, o.sent[j] += (a[0] * gap[1] - a[1] * gap[0]) * over;
}
// Both checks in one: second + first / delta.
inline Polynomial both_checks(const Opening& o) {
  Polynomial l = o.second_check();
  add_to(l, o.delta.inverse(), o.first_check());
  return l;
}
// With z and delta known, whatever is wrong: v changes until both checks in one are divisible by X - z.
inline OpeningPlan paid_at_the_end(OpeningPlan plan) {
  plan.pair = [](Opening& o) { o.v[0] += zk::horner(both_checks(o), o.z) * o.vanishing().inverse(); };
  plan.witness = [](Opening& o) { o.divide_by_root(both_checks(o)); };
  return plan;
}

// ---- Whole forgeries

// What goes on honestly behind a lie in its first message.
inline OpeningAttack from_an_honest_opening() {
  const Fr one = Fr::one();
  std::vector<OpeningForgery> all = {
      {"folded rows: <P_u, e> is what is missing, <E_alpha, e> = 0",
       kRows,
       {.rows =
            [](Opening& o) {
              const Fr e = o.missing() * (o.high[1] - o.alpha * o.high[0]).inverse();
              o.h[1] += e, o.h[0] -= o.alpha * e;
            }}},
      {"folded rows: <gamma P_u - E_alpha, e> is gamma times what is missing",
       kRows,
       {.rows = [=](Opening& o) { o.h[0] += o.gamma * o.missing() * (o.gamma * o.high[0] - one).inverse(); }}},
      {"quotient and a remainder that is too long",
       kDivision,
       {.division = [](Opening& o) { lengthen_remainder(o, o.gamma * o.missing()); }, .products = reverse_at_zeta}},
      {"inner products",
       kProducts,
       {.products =
            [](Opening& o) { o.s[0] -= (o.gamma + o.gamma) * o.missing() * (o.zeta + o.zeta.inverse()).inverse(); }}},
      {"quotient of the values",
       kPair,
       {.pair = [](Opening& o) { o.v[0] += zk::horner(o.second_check(), o.z) * o.vanishing().inverse(); }}},
      {"folded rows alone", kRows, paid_at_the_end({.rows = [=](Opening& o) { o.h[3] += one; }})},
      {"quotient alone", kDivision, paid_at_the_end({.division = [=](Opening& o) { o.q[3] += one; }})},
      {"remainder alone", kDivision, paid_at_the_end({.division = [=](Opening& o) { o.g[3] += one; }})},
      {"inner products alone", kProducts, paid_at_the_end({.products = [=](Opening& o) { o.s[3] += one; }})},
      {"reversed remainder alone", kProducts, paid_at_the_end({.products = [=](Opening& o) { o.d[3] += one; }})},
  };
  for (unsigned i = 0; i < zk::kOpeningValues; i++) {
    const std::string name = "value " + std::to_string(i);
    all.push_back({name + " alone", kValues, paid_at_the_end({.values = [=](Opening& o) { o.sent[i] += one; }})});
    for (unsigned j = 0; j < i; j++)
      all.push_back({name + " and value " + std::to_string(j), kValues, {.values = [=](Opening& o) {
                       pay_with_values(o, i, j);
                     }}});
  }
  return {{}, std::move(all)};
}
// Any h with the right <P_u, h>, and a remainder with <P_l, g> = <E_alpha, h>, need no challenge: only d shows that g
// is too long.
inline OpeningAttack from_a_remainder_too_long() {
  const OpeningPlan before = {
      .rows = [](Opening& o) { o.h[0] += o.missing() * o.high[0].inverse(); },
      .division =
          [](Opening& o) { lengthen_remainder(o, inner_product(o.powers(), o.h) - inner_product(o.low, o.g)); }};
  OpeningPlan plan = before;
  plan.products = reverse_at_zeta;
  return {before, {{"reversed remainder", kProducts, plan}}};
}
// Who knows delta and nothing else opens any polynomial m in the place of g, with q = 0:
// the first check leaves f - g, and g + (f - g) / delta = m for g = (delta m - f) / (delta - 1).
inline OpeningAttack from_a_known_delta() {
  const auto right = std::make_shared<Polynomial>();
  OpeningPlan plan = {.rows = [](Opening& o) { o.h[0] += o.missing() * o.high[0].inverse(); },
                      .division =
                          [=](Opening& o) {
                            *right = {inner_product(o.powers(), o.h) * o.low[0].inverse()};
                            right->resize(kBlock);
                            o.q.clear(), o.g.clear();
                            const Fr scale = (o.delta - Fr::one()).inverse();
                            add_to(o.g, scale * o.delta, *right), add_to(o.g, -scale, o.f);
                          },
                      .products = [=](Opening& o) { std::swap(o.g, *right), o.multiply(), std::swap(o.g, *right); },
                      .values = [=](Opening& o) { std::swap(o.g, *right), o.evaluate(), std::swap(o.g, *right); },
                      .pair =
                          [](Opening& o) {
                            Polynomial p = o.combined();
                            add_to(p, o.delta.inverse(), o.first_check());
                            o.divide_by_pair(p);
                          },
                      .witness = [](Opening& o) { o.divide_by_root(both_checks(o)); },
                      .known = {Fr(), Fr(), Fr(), Fr(), Fr(), Fr(uint64_t{7})}};
  OpeningPlan before = plan;
  before.witness = {};
  return {before, {{"witness", kWitness, plan}}};
}
inline std::vector<OpeningAttack> opening_attacks() {
  return {from_an_honest_opening(), from_a_remainder_too_long(), from_a_known_delta()};
}

// ---- Verdicts

inline void expect_opening_forgeries(const FalseClaim& claim, const OpeningAttack& attack,
                                     const std::function<bool(const OpeningForgery&)>& chosen = {}) {
  std::vector<Fr> live;  // all challenges of the proof that the forgeries begin with
  EXPECT_FALSE(claim.verify(claim.opened_by(attack.before), {}, &live).ok());
  ASSERT_GT(live.size(), size_t{kOpeningMessages});
  const size_t at = live.size() - kOpeningMessages;
  std::vector<Fr> known = live;
  if (!attack.before.known[kWitness].is_zero()) known[at + kWitness] = attack.before.known[kWitness];
  const std::vector<Fr> heard(known.begin() + static_cast<std::ptrdiff_t>(at), known.end());
  for (const OpeningForgery& f : attack.forgeries) {
    if (chosen && !chosen(f)) continue;
    OpeningPlan plan = f.plan;
    std::copy(heard.begin(), heard.end(), plan.known.begin());
    const Bytes forged = claim.opened_by(plan, heard);
    const Status blind = claim.verify(forged, known, nullptr);
    EXPECT_TRUE(blind.ok()) << f.what << ": the forgery itself is wrong: " << (blind.ok() ? "" : blind.error().message);
    claim.rejected(forged, f.what);
    std::vector<Fr> drawn;
    EXPECT_FALSE(claim.verify(forged, {}, &drawn).ok());
    ASSERT_EQ(drawn.size(), live.size()) << f.what;
    for (size_t i = 0; i < at + f.changed; i++) ASSERT_EQ(drawn[i], live[i]) << f.what << ", challenge " << i;
    EXPECT_NE(drawn[at + f.changed], live[at + f.changed]) << f.what;
  }
}

}  // namespace sotto::forge
