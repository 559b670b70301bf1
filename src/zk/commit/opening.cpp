// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/opening.h"

#include <algorithm>

#include "base/check.h"
#include "base/parallel.h"
#include "zk/commit/msm.h"
#include "zk/commit/opening_values.h"
#include "zk/poly/vector.h"

namespace sotto::zk {
namespace {

constexpr size_t kBlock = size_t{1} << kFoldBits;

// h[i] = <weights, f[i B ..]>.
std::vector<Fr> fold_rows(std::span<const Fr> f, std::span<const Fr> weights) {
  std::vector<Fr> h(f.size() / kBlock);
  parallel_for(h.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) h[i] = dot(weights, f.subspan(i * kBlock, kBlock));
  });
  return h;
}

// Divides by X^B - alpha in place: f becomes the remainder, B coefficients, followed by the quotient. From the top,
//   q[(i - 1) B ..] = f[i B ..] + alpha q[i B ..].
void divide_by_block(std::span<Fr> f, const Fr& alpha) {
  constexpr size_t kPieces = 16, kWidth = kBlock / kPieces;
  parallel_for(kPieces, [&](size_t begin, size_t end, unsigned) {
    const size_t at = begin * kWidth, width = (end - begin) * kWidth;
    for (size_t i = f.size() / kBlock - 1; i-- > 0;)
      add_scaled_serial(f.subspan(i * kBlock + at, width), alpha, f.subspan((i + 1) * kBlock + at, width));
  });
}

// v = (p - r) / Z with Z = X^2 - sum X + 1; the line r is the remainder: v[k - 2] = p[k] + sum v[k - 1] - v[k].
std::vector<Fr> divide_by_pair(std::span<const Fr> p, const Fr& sum) {
  std::vector<Fr> v(p.size());
  for (size_t k = p.size(); k-- > 2;) v[k - 2] = p[k] + sum * v[k - 1] - v[k];
  return v;
}

// p / (X - z) without the remainder.
std::vector<Fr> divide_by_root(std::span<const Fr> p, const Fr& z) {
  std::vector<Fr> w(p.size());
  Fr carry;
  for (size_t i = p.size(); i-- > 1;) w[i - 1] = carry = p[i] + carry * z;
  return w;
}

G1Affine commit(const Srs& srs, std::span<const Fr> coefficients) { return msm(srs.g1, coefficients).to_affine(); }

// Opens g + nu h + nu^2 s + nu^3 d at both points.
void open_pair(ProverTranscript& t, const Srs& srs, const std::array<std::span<const Fr>, 4>& ghsd,
               const PairOfPoints& x) {
  const Fr nu = t.challenge();
  size_t longest = 2;
  for (const auto& part : ghsd) longest = std::max(longest, part.size());
  std::vector<Fr> p(longest);
  Fr power = Fr::one();
  for (const auto& part : ghsd) {
    add_scaled(p, power, part);
    power *= nu;
  }
  std::vector<Fr> v = divide_by_pair(p, x.sum());
  t.send(commit(srs, v));
  t.seal();
  const Fr z = t.challenge();
  // p - r(z) - Z(z) v vanishes at z: its constant coefficient does not reach the quotient.
  add_scaled(p, -x.vanishing_at(z), v);
  t.send(commit(srs, divide_by_root(p, z)));
  t.seal();
}

}  // namespace

bool prove_opening(ProverTranscript& t, const Srs& srs, std::vector<Fr> f, PointSpan point,
                   const std::function<bool(double)>& progress) {
  const auto go_on = [&](double done) { return !progress || progress(done); };
  SOTTO_CHECK(point.size() > kFoldBits && !f.empty() && f.size() <= size_t{1} << point.size() &&
              srs.g1.size() >= f.size());
  const PointSpan low = point.first(kFoldBits), high = point.subspan(kFoldBits);
  f.resize((f.size() + kBlock - 1) / kBlock * kBlock);
  const std::vector<Fr> h = fold_rows(f, eq_table(low));
  t.send(commit(srs, h));
  t.seal();
  if (!go_on(0.05)) return false;

  const Fr alpha = t.challenge();
  divide_by_block(f, alpha);
  const std::span<const Fr> g = std::span(f).first(kBlock), q = std::span(f).subspan(kBlock);
  if (!go_on(0.1)) return false;
  t.send(commit(srs, q));
  t.send(commit(srs, g));
  t.seal();
  if (!go_on(0.95)) return false;

  const Fr gamma = t.challenge();
  std::vector<Fr> s(std::max(kBlock, size_t{1} << high.size()));
  SOTTO_CHECK(srs.g1.size() >= s.size());
  const TensorPolynomial of_high = TensorPolynomial::eq(high);
  TensorPolynomial::eq(low).add_symmetric_product(s, Fr::one(), g);
  of_high.add_symmetric_product(s, gamma, h);
  TensorPolynomial::powers(alpha, high.size()).add_symmetric_product(s, -Fr::one(), h);
  s.erase(s.begin());  // gamma value
  const std::vector<Fr> d(g.rbegin(), g.rend());
  t.send(commit(srs, s));
  t.send(commit(srs, d));
  t.seal();

  const auto x = PairOfPoints::of(t.challenge());
  SOTTO_CHECK(x.has_value());  // with probability 3 / r
  for (const auto& p : {g, std::span<const Fr>(h)})
    for (const Fr& at : {x->zeta, x->over_zeta}) t.send(horner(p, at));
  t.send(horner(s, x->zeta));
  t.seal();
  open_pair(t, srs, {g, h, s, d}, *x);
  return go_on(1);
}

namespace {

// The messages of an opening and the challenges that answer them.
struct Messages {
  std::vector<G1Affine> points;
  std::vector<Fr> values;
  Fr alpha, gamma, zeta, nu, z, delta;

  const char* read(VerifierTranscript& t) {
    if (!read_points(t, 1)) return "commitment of the folded rows";
    alpha = t.challenge();
    if (!read_points(t, 2)) return "quotient and remainder";
    gamma = t.challenge();
    if (!read_points(t, 2)) return "inner products";
    zeta = t.challenge();
    if (!t.open_slice(32 * kOpeningValues) || !t.next_scalars(kOpeningValues, values)) return "values of the opening";
    nu = t.challenge();
    if (!read_points(t, 1)) return "quotient of the values";
    z = t.challenge();
    if (!read_points(t, 1)) return "witness commitment";
    delta = t.challenge();
    return nullptr;
  }

 private:
  bool read_points(VerifierTranscript& t, size_t count) {
    std::vector<G1Affine> next;
    if (!t.open_slice(64 * count) || !t.next_points(count, next)) return false;
    points.insert(points.end(), next.begin(), next.end());
    return true;
  }
};

// Both checks in one, with delta^0 and delta:
//   C_f - C_g + alpha C_q = tau^B C_q,     C_p - r(z) - Z(z) C_v + z C_w = tau C_w.
bool check_pairing(const Messages& m, std::vector<MsmTerm> terms, const PairOfPoints& x, const PairOfValues& p,
                   const PowersG2& g2) {
  const auto add = [&](const Fr& scalar, unsigned point) { terms.push_back({scalar, m.points[point]}); };
  add(m.alpha, kQuotient);
  add(m.delta - Fr::one(), kRemainder);
  Fr power = m.delta;
  for (unsigned point : {kFoldedRows, kInnerProducts, kReversed}) add(power *= m.nu, point);
  terms.push_back({-m.delta * x.line_at(p, m.z), G1Affine::generator()});
  add(-m.delta * x.vanishing_at(m.z), kPairQuotient);
  add(m.delta * m.z, kWitness);
  G1 left;
  for (const MsmTerm& t : terms) left = left + G1(t.point) * t.scalar;
  const PairingInput pairs[3] = {{left.to_affine(), G2Affine::generator()},
                                 {(-G1(m.points[kQuotient])).to_affine(), g2.fold},
                                 {(-(G1(m.points[kWitness]) * m.delta)).to_affine(), g2.tau}};
  return pairing_product_is_one(pairs);
}

}  // namespace

const char* check_opening(VerifierTranscript& t, PointSpan point, const Fr& value, std::vector<MsmTerm> terms,
                          const PowersG2& g2) {
  SOTTO_CHECK(point.size() > kFoldBits);
  Messages m;
  if (const char* failed = m.read(t)) return failed;
  const auto x = PairOfPoints::of(m.zeta);
  if (!x) return "degenerate challenge";
  const PointSpan low = point.first(kFoldBits), high = point.subspan(kFoldBits);
  const InnerProducts products{TensorPolynomial::eq(low), TensorPolynomial::eq(high),
                               TensorPolynomial::powers(m.alpha, high.size()), m.gamma};
  const PairOfValues g = {m.values[0], m.values[1]}, h = {m.values[2], m.values[3]};
  // zeta s(zeta) + s(1/zeta) / zeta is what the sides leave.
  const Fr rest = products.sides(*x, g, h) - (m.gamma + m.gamma) * value;
  const PairOfValues s = {m.values[4], x->zeta * (rest - x->zeta * m.values[4])};
  return check_pairing(m, std::move(terms), *x, combined({g, h, s, reversed(*x, g)}, m.nu), g2) ? nullptr : "pairing";
}

}  // namespace sotto::zk
