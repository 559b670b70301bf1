// SPDX-License-Identifier: Apache-2.0
// The opening as a linear map: with the challenges fixed, its words are linear in the polynomial f that is opened
// (zk/commit/opening.h has the formulas). Commitments count as exponents. Not sent: d(zeta), d(1/zeta), s(1/zeta).
#pragma once
#include "zero_knowledge/tensor.h"
#include "zk/commit/opening.h"

namespace sotto::zero_knowledge {

// In the order of the proof, and the exponent tau of the setup.
struct OpeningChallenges {
  Fr alpha, gamma, zeta, nu, z, tau;
};

class OpeningMap {
 public:
  // Points, five values, points.
  enum Word : unsigned {
    kFoldedRows,
    kQuotient,
    kRemainder,
    kInnerProducts,
    kReversed,
    kValues,  // g, h at zeta and 1/zeta, s at zeta
    kPairQuotient = kValues + zk::kOpeningValues,
    kWitness,
    kWords
  };
  static bool is_point(unsigned word) { return word < kValues || word >= kPairQuotient; }
  // Where a word begins in the bytes of the opening.
  static size_t offset(unsigned word) {
    size_t at = 0;
    for (unsigned i = 0; i < word; i++) at += is_point(i) ? 64 : 32;
    return at;
  }

  OpeningMap(zk::PointSpan point, const OpeningChallenges& c)
      : c_(c), point_(point.begin(), point.end()), alpha_powers_(powers(c.alpha)) {
    const Vector low = zk::eq_table(point.first(kLow));
    Vector high = zk::eq_table(point.subspan(kLow));  // becomes gamma P_u - E_alpha
    Fr power = Fr::one();
    for (Fr& a : high) a = c.gamma * a - power, power *= c.alpha;
    for (const Fr& y : {c.tau, c.zeta, c.zeta.inverse()})
      places_.push_back(
          {y, powers(y), powers(y.inverse()), y.pow((uint64_t{1} << kLow) - 1), distances(low, y), distances(high, y)});
    over_gap_ = (places_[2].y - c.zeta).inverse();
    over_block_ = (c.tau.pow(uint64_t{1} << kLow) - c.alpha).inverse();
    over_pair_ = vanishing(c.tau).inverse(), over_root_ = (c.tau - c.z).inverse();
  }

  // Adds the words of scale * f.
  void add(Fr* out, const Tensor& f, const Fr& scale) const {
    const Ends ends(f.ends), low = ends.first(kLow), high = ends.subspan(kLow);
    Fr rows = scale;  // h = rows * high
    for (unsigned i = 0; i < kLow; i++) rows *= f.at(i, point_[i]);
    const Fr at_alpha = scale * value(high, alpha_powers_);  // g = at_alpha * low
    std::array<std::array<Fr, 4>, 3> ghsd;                   // by place
    std::array<Fr, 3> p;
    for (unsigned i = 0; i < 3; i++) {
      const Place& at = places_[i];
      ghsd[i] = {at_alpha * value(low, at.powers), rows * value(high, at.powers),
                 at_alpha * contract(at.low, low) + rows * contract(at.high, high),
                 at.top * at_alpha * value(low, at.inverse_powers)};
      p[i] = zk::horner(ghsd[i], c_.nu);
    }
    const auto line = [&](const Fr& x) { return p[1] + (p[2] - p[1]) * over_gap_ * (x - c_.zeta); };
    const Fr quotient = (scale * value(ends, places_[0].powers) - ghsd[0][0]) * over_block_;
    const Fr v = (p[0] - line(c_.tau)) * over_pair_;
    out[kFoldedRows] += ghsd[0][1], out[kQuotient] += quotient, out[kRemainder] += ghsd[0][0];
    out[kInnerProducts] += ghsd[0][2], out[kReversed] += ghsd[0][3];
    Fr* values = out + kValues;
    for (unsigned which : {0, 1})
      for (unsigned place : {1, 2}) *values++ += ghsd[place][which];
    *values += ghsd[1][2];
    out[kPairQuotient] += v;
    out[kWitness] += (p[0] - line(c_.z) - vanishing(c_.z) * v) * over_root_;
  }

 private:
  static constexpr unsigned kLow = zk::kFoldBits;
  using Ends = std::span<const std::array<Fr, 2>>;
  struct Place {
    Fr y;
    Vector powers, inverse_powers;
    Fr top;            // y^(B - 1)
    Vector low, high;  // distances()
  };

  Vector powers(Fr y) const {
    Vector s;
    for (size_t i = 0; i < point_.size(); i++, y = y.square()) s.push_back(y);
    return s;
  }
  Fr vanishing(const Fr& x) const { return (x - places_[1].y) * (x - places_[2].y); }
  // s is linear in g and in h: of g[j] (a the coefficients of P_l) or h[j] (of gamma P_u - E_alpha) s(y) holds
  //   sum_{m != j} a_m y^(|j - m| - 1).
  static Vector distances(const Vector& a, const Fr& y) {
    Vector s(a.size());
    Fr below, above;
    for (size_t j = 0; j < a.size(); j++) s[j] = below, below = below * y + a[j];
    for (size_t j = a.size(); j-- > 0;) s[j] += above, above = above * y + a[j];
    return s;
  }
  // prod_i (lo_i + hi_i y^(2^i))
  static Fr value(Ends t, const Vector& powers) {
    Fr v = Fr::one();
    for (size_t i = 0; i < t.size(); i++) v *= t[i][0] + t[i][1] * powers[i];
    return v;
  }
  // <t, s>, in time that a unit tensor does not feel.
  static Fr contract(std::span<const Fr> s, Ends t) {
    if (t.empty()) return s[0];
    const Ends below = t.first(t.size() - 1);
    Fr sum;
    for (unsigned side = 0; side < 2; side++) {
      const Fr& end = t.back()[side];
      if (!end.is_zero()) sum += end * contract(s.subspan(side << below.size(), size_t{1} << below.size()), below);
    }
    return sum;
  }

  OpeningChallenges c_;
  Point point_;
  Vector alpha_powers_;
  std::vector<Place> places_;  // tau, zeta, 1 / zeta
  Fr over_gap_, over_block_, over_pair_, over_root_;
};

}  // namespace sotto::zero_knowledge
