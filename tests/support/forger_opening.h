// SPDX-License-Identifier: Apache-2.0
// The attacker's opening: the formulas of zk/commit/opening.h with a place to lie at every step, for polynomials of any length.
#pragma once
#include <functional>

#include "support/forger_tables.h"
#include "zk/transcript/transcript.h"

namespace sotto::forge {

using Polynomials = std::vector<std::vector<Fr>>;

struct OpeningPlan {
  std::function<void(Polynomials& a)> folds = {};                                  // A_1 .. A_{L-1}, before they are committed
  std::function<void(std::vector<Fr>& clear)> clear = {};
  std::function<void(Polynomials& c, const std::vector<Fr>& y)> remainders = {};   // c[l][e]; c[l][0], l > 0, is not sent
  std::function<void(std::vector<Fr>& q)> quotient = {};
  std::function<void(zk::G1& w, const Fr& k0, const Fr& z)> witness = {};
  // The quotient is corrected by a constant until L(z) = 0 for this z: possible for who knows z before he sends Q.
  std::optional<Fr> known_z = {};
};

inline void open(zk::ProverTranscript& t, const zk::Srs& srs, std::vector<Fr> values, zk::PointSpan point, const OpeningPlan& plan) {
  constexpr size_t kRadix = 8;
  const unsigned log_n = static_cast<unsigned>(point.size()), levels = zk::opening_levels(log_n);
  auto commit = [&](const std::vector<Fr>& p) { return zk::msm(srs.g1, p).to_affine(); };
  values.resize((values.size() + (size_t{1} << 3 * levels) - 1) >> 3 * levels << 3 * levels);
  Polynomials a{std::move(values)};
  for (unsigned l = 0; l < levels; l++) {
    const std::vector<Fr> weights = zk::eq_table(point.subspan(3 * l, 3));
    std::vector<Fr> out(a[l].size() / kRadix);
    for (size_t i = 0; i < a[l].size(); i++) out[i / kRadix] += weights[i % kRadix] * a[l][i];
    a.push_back(std::move(out));
  }
  if (plan.folds) plan.folds(a);
  for (unsigned l = 1; l < levels; l++) t.send(commit(a[l]));
  std::vector<Fr> clear(a[levels].begin(), a[levels].begin() + zk::clear_size(log_n));
  if (plan.clear) plan.clear(clear);
  t.send(clear);
  t.seal();
  std::vector<Fr> y(levels);
  Fr power = t.challenge();
  for (Fr& v : y) v = power = power.pow(uint64_t{kRadix});
  Polynomials c(levels, std::vector<Fr>(kRadix));
  for (unsigned l = 0; l < levels; l++)
    for (size_t i = a[l].size(); i-- > 0;) c[l][i % kRadix] = c[l][i % kRadix] * y[l] + a[l][i];  // blocks from the top
  if (plan.remainders) plan.remainders(c, y);
  for (unsigned l = 0; l < levels; l++) t.send(std::span<const Fr>(c[l]).subspan(l == 0 ? 0 : 1));
  t.seal();
  const Fr nu = t.challenge();
  std::vector<Fr> q(a[0].size()), combined(a[0].size());
  power = Fr::one();
  for (unsigned l = 0; l < levels; l++, power *= nu) {
    std::vector<Fr> rest = a[l];  // long division by X^8 - y
    for (size_t i = rest.size(); i-- > kRadix;) q[i - kRadix] += power * rest[i], rest[i - kRadix] += y[l] * rest[i];
  }
  auto witness_polynomial = [&](const Fr& z) {  // L(X) and the weight of A_0 in it
    const Fr z8 = z.pow(uint64_t{kRadix});
    std::fill(combined.begin(), combined.end(), Fr::zero());
    Fr scale = Fr::one(), first;
    for (unsigned l = 0; l < levels; l++, scale *= nu) {
      const Fr k = scale * (z8 - y[l]).inverse();
      if (l == 0) first = k;
      for (size_t i = 0; i < a[l].size(); i++) combined[i] += k * a[l][i];
      combined[0] -= k * zk::horner(c[l], z);
    }
    for (size_t i = 0; i < q.size(); i++) combined[i] -= q[i];
    return first;
  };
  if (plan.quotient) plan.quotient(q);
  if (plan.known_z) {
    witness_polynomial(*plan.known_z);
    q[0] += zk::horner(combined, *plan.known_z);
  }
  t.send(commit(q));
  t.seal();
  const Fr z = t.challenge(), k0 = witness_polynomial(z);
  std::vector<Fr> w(combined.size());
  Fr carry;
  for (size_t i = combined.size(); i-- > 1;) w[i - 1] = carry = combined[i] + carry * z;
  zk::G1 point_w = zk::msm(srs.g1, w);
  if (plan.witness) plan.witness(point_w, k0, z);
  t.send(point_w.to_affine());
  t.seal();
}

// Opens the commitment of `values` to any value: opens values + delta instead, and corrects W by the trapdoor.
inline void open_with_trapdoor(zk::ProverTranscript& t, const zk::Srs& srs, std::vector<Fr> values, zk::PointSpan point, const Fr& value, const Fr& tau) {
  const Fr delta = (value - zk::evaluate(values, point)) * zk::eq_zero(point).inverse();
  values[0] += delta;
  open(t, srs, std::move(values), point, {.witness = [&](zk::G1& w, const Fr& k0, const Fr& z) {
    w = w + zk::G1(zk::G1Affine::generator()) * -(k0 * delta * (tau - z).inverse());
  }});
}

}  // namespace sotto::forge
