// SPDX-License-Identifier: Apache-2.0
// The development setup: powers of a publicly known tau.
#include <algorithm>

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/keccak.h"
#include "base/parallel.h"
#include "zk/commit/fixed_base.h"
#include "zk/commit/srs.h"

namespace sotto::zk {

Fr development_tau(std::string_view seed) { return Fr::from_bytes_reduced(keccak256(seed)); }

Srs make_development_srs(unsigned log_size, std::string_view seed) {
  SOTTO_CHECK(log_size >= 1 && log_size <= kMaxLogSize);
  const Fr tau = development_tau(seed);
  // The table costs 2^bits additions per window, each result one: 2^(log_size - 2) keeps the table a small part.
  const FixedBase base(G1Affine::generator(), std::clamp(log_size, 5u, 18u) - 2);
  Srs srs;
  srs.development = true;
  srs.g1 = huge_vector<G1Affine>(size_t{1} << log_size);
  parallel_for(srs.g1.size(), [&](size_t begin, size_t end, unsigned) {
    constexpr size_t kPiece = 4096;
    std::vector<Fr> powers;
    Fr power = tau.pow(uint64_t{begin});
    for (size_t at = begin; at < end; at += kPiece) {
      powers.resize(std::min(kPiece, end - at));
      for (Fr& p : powers) {
        p = power;
        power *= tau;
      }
      base.multiply(powers, std::span(srs.g1).subspan(at, powers.size()));
    }
  }, 64);
  srs.g2 = {G2Affine::generator().times(tau), G2Affine::generator().times(tau.pow(uint64_t{1} << kFoldBits))};
  srs.digest = srs_digest(srs);
  return srs;
}

}  // namespace sotto::zk
