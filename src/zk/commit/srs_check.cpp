// SPDX-License-Identifier: Apache-2.0
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/keccak.h"
#include "base/parallel.h"
#include "zk/commit/fixed_base.h"
#include "zk/commit/input_file.h"
#include "zk/commit/msm.h"
#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
Error degenerate() { return input_error("degenerate setup: tau is 0, 1 or another root of unity of order 2^28 or less"); }

// A generator of the subgroup of order 2^28 of Fr*: 5 generates Fr*.
Fr root_of_unity() {
  detail::Limbs e = Fr::kModulus;
  e[0] -= 1;
  for (size_t i = 0; i < 4; i++) e[i] = e[i] >> 28 | (i < 3 ? e[i + 1] << 36 : 0);
  return Fr(5).pow(e);
}

std::vector<G1Affine> geometric_multiples(const G1Affine& base, const Fr& ratio, size_t n) {
  std::vector<Fr> k(n);
  Fr power = 1;
  for (Fr& v : k) {
    v = power;
    power *= ratio;
  }
  std::vector<G1Affine> out(n);
  FixedBase(base, 10).multiply(k, out);
  return out;
}

// Is tau^(2^28) = 1? With w a root of unity of order 2^28: tau = w^j has a solution j = 2^14 a + b exactly when
// w^-b [tau]_1 = w^(2^14 a) [1]_1 for some a, b < 2^14 (baby steps, giant steps).
bool is_root_of_unity(const G1Affine& tau) {
  constexpr size_t kSteps = size_t{1} << 14;
  const Fr w = root_of_unity();
  const auto baby = geometric_multiples(tau, w.inverse(), kSteps);
  auto giant = geometric_multiples(G1Affine::generator(), w.pow(uint64_t{kSteps}), kSteps);
  auto before = [](const G1Affine& a, const G1Affine& b) {
    return a.x == b.x ? a.y.montgomery() < b.y.montgomery() : a.x.montgomery() < b.x.montgomery();
  };
  std::sort(giant.begin(), giant.end(), before);
  return std::any_of(baby.begin(), baby.end(),
                     [&](const G1Affine& p) { return std::binary_search(giant.begin(), giant.end(), p, before); });
}

// Coefficients of 128 bits from the system's randomness: whoever made the setup cannot know them.
Result<std::vector<Fr>> random_coefficients(size_t n) {
  std::array<uint8_t, 40> seed{};
  if (::getrandom(seed.data(), 32, 0) != 32) return environment_error("the system gives no random numbers");
  std::vector<Fr> k(n);
  parallel_for(n, [&](size_t begin, size_t end, unsigned) {
    auto input = seed;
    for (size_t i = begin; i < end; i++) {
      for (size_t j = 0; j < 8; j++) input[32 + j] = static_cast<uint8_t>(i >> (8 * j));
      Bytes32 digest = keccak256(input);
      std::fill_n(digest.begin(), 16, uint8_t{0});
      k[i] = Fr::from_bytes_reduced(digest);
    }
  });
  return k;
}

// e(sum rho_i [tau^i]_1, [tau]_2) = e(sum rho_i [tau^(i+1)]_1, [1]_2): if one ratio is wrong, this holds with probability
// 2^-128. And e([1]_1, [tau^1024]_2) = e([tau^1024]_1, [1]_2).
Status check_ratios(const Srs& srs) {
  SOTTO_TRY(const std::vector<Fr> rho, random_coefficients(srs.g1.size() - 1));
  const std::span<const G1Affine> points(srs.g1);
  const PairingInput pairs[] = {{msm(points, rho).to_affine(), srs.g2.tau},
                                {(-msm(points.subspan(1), rho)).to_affine(), G2Affine::generator()}};
  const PairingInput fold[] = {{(-G1(srs.g1[0])).to_affine(), srs.g2.fold}, {srs.g1[size_t{1} << kFoldBits], G2Affine::generator()}};
  if (!pairing_product_is_one(pairs) || !pairing_product_is_one(fold))
    return input_error("the points of the setup are not powers of one tau");
  return ok_status();
}
}  // namespace

Status check_srs(const Srs& srs) {
  const size_t n = srs.g1.size();
  if (n <= size_t{1} << kFoldBits || !std::has_single_bit(n) || std::bit_width(n) > kMaxLogSize + 1)
    return input_error("a setup needs 2^11 to 2^28 points, not " + std::to_string(n));
  if (srs.g1[0] != G1Affine::generator())
    return input_error("the first point of the setup is not the generator (a file that begins with [tau]_1?)");
  if (srs.g1[1].is_infinity() || srs.g1[1] == srs.g1[0] || srs.g2.tau.is_infinity()) return degenerate();
  for (size_t i = 1; i < n; i++)
    if (!is_power_of_tau(srs.g1[i])) return input_error("point " + std::to_string(i) + " of the setup is not on the curve");
  if (!srs.g2.tau.is_in_subgroup() || !srs.g2.fold.is_in_subgroup())
    return input_error("a point of the setup is not in the group G2");
  SOTTO_TRY_STATUS(check_ratios(srs));
  if (is_root_of_unity(srs.g1[1])) return degenerate();
  if (srs.digest != srs_digest(srs)) return input_error("the digest of the setup is not that of its points");
  return ok_status();
}

}  // namespace sotto::zk
