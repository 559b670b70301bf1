// SPDX-License-Identifier: Apache-2.0
// The development setup: powers of a publicly known tau, by tables of multiples of the generator.
#include <algorithm>

#include "base/check.h"
#include "base/keccak.h"
#include "base/parallel.h"
#include "zk/commit/srs.h"
#include "zk/curve/affine_runs.h"

namespace sotto::zk {
namespace {
constexpr unsigned kScalarBits = 254;
constexpr size_t kBatch = 512;  // outputs per shared inversion: 512 * 16 points fit in a second-level cache

// All multiples d * 2^(bits * w) * G, 0 <= d < 2^bits, for every window w.
class FixedBase {
 public:
  explicit FixedBase(unsigned bits)
      : bits_(bits), windows_((kScalarBits + bits - 1) / bits), size_(size_t{1} << bits), table_(windows_ * size_) {
    std::vector<G1> power(kScalarBits + bits);
    power[0] = G1(G1Affine::generator());
    for (size_t i = 1; i < power.size(); i++) power[i] = power[i - 1].doubled();
    std::vector<G1Affine> affine(power.size());
    to_affine(power, affine);
    parallel_for(windows_, [&](size_t begin, size_t end, unsigned) {
      for (size_t w = begin; w < end; w++) fill(std::span(table_).subspan(w * size_, size_), &affine[w * bits_]);
    });
  }

  unsigned windows() const { return windows_; }
  const G1Affine& entry(unsigned window, const detail::Limbs& k) const {
    const unsigned at = window * bits_;
    uint64_t digit = k[at / 64] >> (at % 64);
    if (at % 64 + bits_ > 64 && at / 64 < 3) digit |= k[at / 64 + 1] << (64 - at % 64);
    return table_[window * size_ + (digit & (size_ - 1))];
  }

 private:
  // table[2^i + j] = power_of_two[i] + table[j].
  void fill(std::span<G1Affine> table, const G1Affine* power_of_two) {
    RunReducer reducer;
    std::vector<G1Affine> pairs;
    std::vector<uint32_t> counts;
    for (unsigned i = 0; i < bits_; i++) {
      const size_t half = size_t{1} << i;
      for (size_t begin = 0; begin < half; begin += kBatch) {
        const size_t n = std::min(kBatch, half - begin);
        pairs.clear();
        for (size_t j = begin; j < begin + n; j++) {
          pairs.push_back(power_of_two[i]);
          pairs.push_back(table[j]);
        }
        counts.assign(n, 2);
        reducer.reduce(pairs, counts);
        std::copy_n(pairs.begin(), n, table.begin() + static_cast<ptrdiff_t>(half + begin));
      }
    }
  }

  unsigned bits_, windows_;
  size_t size_;
  std::vector<G1Affine> table_;  // 16 * 2^16 points = 64 MiB for the largest setups
};

void fill_powers(const FixedBase& base, const Fr& tau, std::span<G1Affine> out, size_t first) {
  RunReducer reducer;
  std::vector<G1Affine> terms;
  std::vector<uint32_t> counts;
  Fr power = tau.pow(uint64_t{first});
  for (size_t begin = 0; begin < out.size(); begin += kBatch) {
    const size_t n = std::min(kBatch, out.size() - begin);
    terms.clear();
    for (size_t i = 0; i < n; i++, power *= tau) {
      const auto k = power.to_limbs();
      for (unsigned w = 0; w < base.windows(); w++) terms.push_back(base.entry(w, k));
    }
    counts.assign(n, base.windows());
    reducer.reduce(terms, counts);
    std::copy_n(terms.begin(), n, out.begin() + static_cast<ptrdiff_t>(begin));
  }
}
}  // namespace

Fr development_tau(std::string_view seed) { return Fr::from_bytes_reduced(keccak256(seed)); }

Srs make_development_srs(unsigned log_size, std::string_view seed) {
  SOTTO_CHECK(log_size >= 1 && log_size <= kMaxLogSize);
  const Fr tau = development_tau(seed);
  const FixedBase base(std::clamp(log_size, 5u, 18u) - 2);
  Srs srs;
  srs.development = true;
  srs.g1.resize(size_t{1} << log_size);
  parallel_for(srs.g1.size(), [&](size_t begin, size_t end, unsigned) {
    fill_powers(base, tau, std::span(srs.g1).subspan(begin, end - begin), begin);
  }, 64);
  srs.tau_g2 = G2Affine::generator().times(tau);
  srs.digest = srs_digest(srs);
  return srs;
}

}  // namespace sotto::zk
