// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/opening.h"

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "zk/commit/msm.h"
#include "zk/poly/vector.h"

namespace sotto::zk {
namespace {

constexpr unsigned kRadix = 8;

// eq(e; x_{3l}, x_{3l+1}, x_{3l+2}) for e < 8.
std::vector<Fr> fold_weights(PointSpan point, unsigned level) { return eq_table(point.subspan(3 * level, 3)); }

std::vector<Fr> whole_blocks(std::vector<Fr> a) {
  a.resize((a.size() + kRadix - 1) / kRadix * kRadix);
  return a;
}

std::vector<Fr> fold(const std::vector<Fr>& a, const std::vector<Fr>& weights) {
  std::vector<Fr> out = huge_vector<Fr>(a.size() / kRadix);
  parallel_for(out.size(), [&](size_t b, size_t e, unsigned) {
    for (size_t i = b; i < e; i++)
      for (unsigned k = 0; k < kRadix; k++) out[i] += weights[k] * a[kRadix * i + k];
  }, 1 << 10);
  return out;
}

// c_e = A^(e)(y): Horner over the blocks of eight coefficients.
std::vector<Fr> remainder(const std::vector<Fr>& a, const Fr& y) {
  std::vector<Fr> c(kRadix);
  parallel_for(kRadix, [&](size_t b, size_t e, unsigned) {
    for (size_t k = b; k < e; k++)
      for (size_t i = a.size() / kRadix; i-- > 0;) c[k] = c[k] * y + a[kRadix * i + k];
  });
  return c;
}

// out += scale * (a - I) / (X^8 - y) with I = a mod (X^8 - y): q[i - 8] = a[i] + y q[i].
void add_quotient(std::vector<Fr>& out, const std::vector<Fr>& a, const Fr& y, const Fr& scale) {
  parallel_for(kRadix, [&](size_t b, size_t e, unsigned) {
    for (size_t k = b; k < e; k++) {
      Fr q;
      for (size_t i = a.size() / kRadix - 1; i > 0; i--) {
        q = a[kRadix * i + k] + y * q;
        out[kRadix * (i - 1) + k] += scale * q;
      }
    }
  });
}

// y_l = r_l^8 = r_{l+1}.
std::vector<Fr> level_points(const Fr& r, unsigned levels) {
  std::vector<Fr> y(levels);
  Fr p = r;
  for (auto& v : y) v = p = p.pow(uint64_t{kRadix});
  return y;
}

G1Affine commit(const Srs& srs, const std::vector<Fr>& coefficients) { return msm(srs.g1, coefficients).to_affine(); }

}  // namespace

bool prove_opening(ProverTranscript& transcript, const Srs& srs, std::vector<Fr> values, PointSpan point,
                   const std::function<bool(double)>& progress) {
  const auto go_on = [&](double done) { return !progress || progress(done); };
  const unsigned log_n = static_cast<unsigned>(point.size()), levels = opening_levels(log_n);
  SOTTO_CHECK(values.size() <= size_t{1} << log_n && srs.g1.size() >= values.size());
  std::vector<std::vector<Fr>> a{whole_blocks(std::move(values))};
  for (unsigned l = 0; l < levels; l++) a.push_back(whole_blocks(fold(a[l], fold_weights(point, l))));
  a[levels].resize(clear_size(log_n));
  for (unsigned l = 1; l < levels; l++) transcript.send(commit(srs, a[l]));
  transcript.send(a[levels]);
  transcript.seal();
  if (!go_on(0.1)) return false;

  const std::vector<Fr> y = level_points(transcript.challenge(), levels);
  std::vector<std::vector<Fr>> c(levels);
  for (unsigned l = 0; l < levels; l++) {
    c[l] = remainder(a[l], y[l]);
    transcript.send(std::span<const Fr>(c[l]).subspan(l == 0 ? 0 : 1));
  }
  transcript.seal();

  const Fr nu = transcript.challenge();
  std::vector<Fr> q = huge_vector<Fr>(a[0].size());
  Fr power = Fr::one();
  for (unsigned l = 0; l < levels; l++, power *= nu) add_quotient(q, a[l], y[l], power);
  if (!go_on(0.2)) return false;
  transcript.send(commit(srs, q));
  transcript.seal();
  if (!go_on(0.6)) return false;

  // L(X) = sum_l nu^l (A_l(X) - I_l(z)) / (z^8 - y_l) - Q(X), W = L / (X - z).
  const Fr z = transcript.challenge(), z8 = z.pow(uint64_t{kRadix});
  for (Fr& v : q) v = -v;
  power = Fr::one();
  for (unsigned l = 0; l < levels; l++, power *= nu) {
    const Fr k = power * (z8 - y[l]).inverse();
    add_scaled(q, k, a[l]);
    q[0] -= k * horner(c[l], z);
  }
  std::vector<Fr> w = huge_vector<Fr>(q.size());
  Fr carry;
  for (size_t i = q.size(); i-- > 1;) w[i - 1] = carry = q[i] + carry * z;
  transcript.send(commit(srs, w));
  transcript.seal();
  return go_on(1);
}

const char* check_opening(VerifierTranscript& transcript, unsigned log_n, PointSpan point, const Fr& value,
                          std::vector<MsmTerm> terms, const G2Affine& tau_g2) {
  const unsigned levels = opening_levels(log_n), clear_count = clear_size(log_n);
  std::vector<G1Affine> folds;
  std::vector<Fr> clear, sent;
  if (!transcript.open_slice(64 * (levels - 1) + 32 * clear_count) || !transcript.next_points(levels - 1, folds) ||
      !transcript.next_scalars(clear_count, clear))
    return "fold commitments";
  if (evaluate(clear, point.subspan(3 * levels)) != value) return "clear polynomial against the claimed value";

  const Fr r = transcript.challenge();
  if (r.is_zero()) return "degenerate challenge";
  if (!transcript.open_slice(32 * (kRadix + (kRadix - 1) * (levels - 1))) ||
      !transcript.next_scalars(kRadix + (kRadix - 1) * (levels - 1), sent))
    return "fold remainders";
  const std::vector<Fr> y = level_points(r, levels);
  std::vector<std::vector<Fr>> c(levels, std::vector<Fr>(kRadix));
  Fr folded;  // A_l(r_l) by the folding identity
  for (unsigned l = 0; l < levels; l++) {
    const Fr* from = sent.data() + (l == 0 ? 0 : kRadix + (kRadix - 1) * (l - 1));
    for (unsigned e = l == 0 ? 0 : 1; e < kRadix; e++) c[l][e] = *from++;
    if (l > 0) c[l][0] = folded - horner(c[l], y[l - 1]);  // y_{l-1} = r_l; c[l][0] is still 0 here
    const std::vector<Fr> weights = fold_weights(point, l);
    folded = Fr::zero();
    for (unsigned e = 0; e < kRadix; e++) folded += weights[e] * c[l][e];
  }
  if (horner(clear, y[levels - 1]) != folded) return "folding identity";

  const Fr nu = transcript.challenge();
  std::vector<G1Affine> quotient, witness;
  if (!transcript.open_slice(64) || !transcript.next_points(1, quotient)) return "quotient commitment";
  const Fr z = transcript.challenge(), z8 = z.pow(uint64_t{kRadix});
  if (!transcript.open_slice(64) || !transcript.next_points(1, witness)) return "witness commitment";

  // C_L + z C_W = sum_l k_l (C_l - I_l(z) G) - C_Q + z C_W with k_l = nu^l / (z^8 - y_l).
  std::vector<Fr> k(levels);
  for (unsigned l = 0; l < levels; l++) k[l] = z8 - y[l];
  if (!batch_inverse<Fr>(k)) return "degenerate challenge";
  Fr power = Fr::one(), constant;
  for (unsigned l = 0; l < levels; l++, power *= nu) {
    k[l] *= power;
    constant += k[l] * horner(c[l], z);
  }
  for (MsmTerm& t : terms) t.scalar *= k[0];
  for (unsigned l = 1; l < levels; l++) terms.push_back({k[l], folds[l - 1]});
  terms.push_back({-constant, G1Affine::generator()});
  terms.push_back({-Fr::one(), quotient[0]});
  terms.push_back({z, witness[0]});
  G1 left;
  for (const MsmTerm& t : terms) left = left + G1(t.point) * t.scalar;
  const G1 minus_witness = -G1(witness[0]);
  const PairingInput pairs[2] = {{left.to_affine(), G2Affine::generator()}, {minus_witness.to_affine(), tau_g2}};
  if (!pairing_product_is_one(pairs)) return "pairing";
  return nullptr;
}

}  // namespace sotto::zk
