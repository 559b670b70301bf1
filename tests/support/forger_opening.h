// SPDX-License-Identifier: Apache-2.0
// The attacker's opening: the formulas of zk/commit/opening.h, written again coefficient by coefficient, with a place
// to lie before every message and for polynomials of any length.
#pragma once
#include <functional>

#include "support/forger_tables.h"
#include "zk/transcript/transcript.h"

namespace sotto::forge {

using Polynomial = std::vector<Fr>;
constexpr size_t kBlock = size_t{1} << zk::kFoldBits;

// p += scale X^shift other
inline void add_to(Polynomial& p, const Fr& scale, const Polynomial& other, size_t shift = 0) {
  p.resize(std::max(p.size(), other.size() + shift));
  for (size_t i = 0; i < other.size(); i++) p[shift + i] += scale * other[i];
}
inline Fr inner_product(const Polynomial& a, const Polynomial& b) {
  Fr sum;
  for (size_t i = 0; i < std::min(a.size(), b.size()); i++) sum += a[i] * b[i];
  return sum;
}

// An opening as far as it has gone, and how an honest prover would go on from there.
struct Opening {
  Polynomial low, high;  // P_l, P_u
  Fr value;              // what the verifier takes f to be at the point
  Polynomial f, h, q, g, s, d, v, w;
  std::array<Fr, zk::kOpeningValues> sent;  // g at zeta, at 1/zeta; h; s at zeta
  // Of what is not drawn yet the attacker may know something; otherwise it is zero.
  std::array<Fr, 6> challenges{};
  const Fr &alpha = challenges[0], &gamma = challenges[1], &zeta = challenges[2], &nu = challenges[3],
           &z = challenges[4], &delta = challenges[5];

  Opening(Polynomial values, zk::PointSpan x, const Fr& claimed)
      : low(zk::eq_table(x.first(zk::kFoldBits))),
        high(zk::eq_table(x.subspan(zk::kFoldBits))),
        value(claimed),
        f(std::move(values)) {
    f.resize((f.size() + kBlock - 1) / kBlock * kBlock);
  }
  Opening(const Opening&) = delete;

  // What is missing from f to the value: <P_u, h> for the honest h.
  Fr missing() const {
    Fr sum = value;
    for (size_t i = 0; i < std::min(f.size(), kBlock * high.size()); i++)
      sum -= f[i] * low[i % kBlock] * high[i / kBlock];
    return sum;
  }
  Fr point(unsigned side) const { return side == 0 ? zeta : zeta.inverse(); }
  Polynomial powers() const {  // E_alpha
    Polynomial e = {Fr::one()};
    while (e.size() < high.size()) e.push_back(e.back() * alpha);
    return e;
  }
  Polynomial weights_of_h() const {  // gamma P_u - E_alpha
    Polynomial weights;
    add_to(weights, gamma, high), add_to(weights, -Fr::one(), powers());
    return weights;
  }

  void fold_rows() {
    h.assign(f.size() / kBlock, Fr::zero());
    for (size_t i = 0; i < f.size(); i++) h[i / kBlock] += low[i % kBlock] * f[i];
  }
  void divide() {  // long division by X^B - alpha, from the top
    g = f, q.assign(f.size() - kBlock, Fr::zero());
    for (size_t i = f.size(); i-- > kBlock;) q[i - kBlock] = g[i], g[i - kBlock] += alpha * g[i];
    g.resize(kBlock);
  }
  void multiply() {
    Polynomial sides;  // coefficients of X^0, X^1, ..
    const auto add = [&](const Polynomial& a, const Polynomial& b) {
      sides.resize(std::max({sides.size(), a.size(), b.size()}));
      for (size_t i = 0; i < a.size(); i++)
        for (size_t j = 0; j < b.size(); j++) sides[i < j ? j - i : i - j] += a[i] * b[j];
    };
    add(g, low), add(h, weights_of_h());
    s.assign(sides.begin() + 1, sides.end());
    d.assign(g.rbegin() + static_cast<std::ptrdiff_t>(g.size() - std::min(g.size(), kBlock)), g.rend());
  }
  void evaluate() {
    for (unsigned side = 0; side < 2; side++)
      sent[side] = zk::horner(g, point(side)), sent[2 + side] = zk::horner(h, point(side));
    sent[4] = zk::horner(s, zeta);
  }
  // g + nu h + nu^2 s + nu^3 d, and what the verifier takes it to be at zeta and 1/zeta.
  Polynomial combined() const {
    Polynomial p;
    Fr power = Fr::one();
    for (const Polynomial* part : {&g, &h, &s, &d}) add_to(p, power, *part), power *= nu;
    return p;
  }
  // s(1/zeta) as it follows from what was sent.
  Fr derived_value() const {
    Fr rest = -(gamma + gamma) * value;
    for (unsigned side = 0; side < 2; side++)
      rest +=
          sent[side] * zk::horner(low, point(1 - side)) + sent[2 + side] * zk::horner(weights_of_h(), point(1 - side));
    return zeta * (rest - zeta * sent[4]);
  }
  std::array<Fr, 2> combined_at() const {
    const Fr s_at[2] = {sent[4], derived_value()};
    std::array<Fr, 2> p;
    for (unsigned side = 0; side < 2; side++) {
      const Fr d_at = point(side).pow(uint64_t{kBlock - 1}) * sent[1 - side];
      p[side] = sent[side] + nu * (sent[2 + side] + nu * (s_at[side] + nu * d_at));
    }
    return p;
  }
  void divide_by_pair(Polynomial rest) {  // by Z; the line is what remains
    const Fr sum = zeta + zeta.inverse();
    v.assign(rest.size() - 2, Fr::zero());
    for (size_t i = rest.size(); i-- > 2;) v[i - 2] = rest[i], rest[i - 1] += sum * rest[i], rest[i - 2] -= rest[i];
  }
  Fr vanishing() const { return (z - zeta) * (z - zeta.inverse()); }  // Z(z)
  // p - r(z) - Z(z) v, which is 0 at z in an honest opening.
  Polynomial second_check() const {
    Polynomial l = combined();
    const std::array<Fr, 2> p = combined_at();
    l[0] -= p[0] + (p[1] - p[0]) * (zeta.inverse() - zeta).inverse() * (z - zeta);
    add_to(l, -vanishing(), v);
    return l;
  }
  // f - g - (X^B - alpha) q, which is 0 in an honest opening.
  Polynomial first_check() const {
    Polynomial l = f;
    add_to(l, -Fr::one(), g), add_to(l, alpha, q), add_to(l, -Fr::one(), q, kBlock);
    return l;
  }
  // l / (X - z); a remainder is forgotten.
  void divide_by_root(const Polynomial& l) {
    w.assign(l.size(), Fr::zero());
    Fr carry;
    for (size_t i = l.size(); i-- > 1;) w[i - 1] = carry = l[i] + carry * z;
  }
};

// What the attacker does with a message before it is sent. Nothing set: an honest opening.
struct OpeningPlan {
  using Lie = std::function<void(Opening&)>;
  Lie rows = {};                 // h
  Lie division = {};             // q, g
  Lie products = {};             // s, d
  Lie values = {};               // sent
  Lie pair = {};                 // v
  Lie witness = {};              // w
  std::array<Fr, 6> known = {};  // challenges, where he knows them beforehand
};

inline void open(zk::ProverTranscript& t, const zk::Srs& srs, std::vector<Fr> values, zk::PointSpan point,
                 const Fr& value, const OpeningPlan& plan) {
  Opening o(std::move(values), point, value);
  o.challenges = plan.known;
  unsigned answered = 0;
  const auto lie = [&](const OpeningPlan::Lie& with) {
    if (with) with(o);
  };
  const auto send = [&](std::initializer_list<const Polynomial*> message) {
    for (const Polynomial* p : message) t.send(zk::msm(srs.g1, *p).to_affine());
    t.seal();
  };
  const auto hear = [&] { o.challenges[answered++] = t.challenge(); };
  o.fold_rows(), lie(plan.rows), send({&o.h}), hear();
  o.divide(), lie(plan.division), send({&o.q, &o.g}), hear();
  o.multiply(), lie(plan.products), send({&o.s, &o.d}), hear();
  o.evaluate(), lie(plan.values), t.send(o.sent), t.seal(), hear();
  o.divide_by_pair(o.combined()), lie(plan.pair), send({&o.v}), hear();
  o.divide_by_root(o.second_check()), lie(plan.witness), send({&o.w});
}

// Opens the commitment of `values` to any value: opens values + e instead, which has it. Where the first check then
// finds f - (f + e) there is a quotient by (tau^B - alpha).
inline void open_with_trapdoor(zk::ProverTranscript& t, const zk::Srs& srs, std::vector<Fr> values, zk::PointSpan point,
                               const Fr& value, const Fr& tau) {
  const Fr e = (value - zk::evaluate(values, point)) * zk::eq_zero(point).inverse();
  values[0] += e;
  open(t, srs, std::move(values), point, value,
       {.division = [&](Opening& o) { o.q[0] -= e * (tau.pow(uint64_t{kBlock}) - o.alpha).inverse(); }});
}

}  // namespace sotto::forge
