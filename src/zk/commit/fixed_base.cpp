// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/fixed_base.h"

#include <algorithm>

#include "base/check.h"
#include "base/parallel.h"
#include "zk/curve/affine_runs.h"

namespace sotto::zk {
namespace {
constexpr unsigned kScalarBits = 254;
constexpr size_t kBatch = 512;  // results per shared inversion: 512 runs of 16 points fit in a second-level cache
}  // namespace

FixedBase::FixedBase(const G1Affine& base, unsigned digit_bits)
    : bits_(digit_bits), windows_((kScalarBits + digit_bits - 1) / digit_bits), size_(size_t{1} << digit_bits), table_(windows_ * size_) {
  SOTTO_CHECK(digit_bits >= 1 && digit_bits <= 20);
  std::vector<G1> power(windows_ * bits_);
  power[0] = G1(base);
  for (size_t i = 1; i < power.size(); i++) power[i] = power[i - 1].doubled();
  std::vector<G1Affine> affine(power.size());
  to_affine(power, affine);
  parallel_for(windows_, [&](size_t begin, size_t end, unsigned) {
    for (size_t w = begin; w < end; w++) fill(std::span(table_).subspan(w * size_, size_), &affine[w * bits_]);
  });
}

// table[2^i + j] = power_of_two[i] + table[j].
void FixedBase::fill(std::span<G1Affine> table, const G1Affine* power_of_two) {
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

const G1Affine& FixedBase::entry(unsigned window, const detail::Limbs& k) const {
  const unsigned at = window * bits_;
  uint64_t digit = k[at / 64] >> (at % 64);
  if (at % 64 + bits_ > 64 && at / 64 < 3) digit |= k[at / 64 + 1] << (64 - at % 64);
  return table_[window * size_ + (digit & (size_ - 1))];
}

void FixedBase::multiply(std::span<const Fr> scalars, std::span<G1Affine> out) const {
  SOTTO_CHECK(scalars.size() == out.size());
  RunReducer reducer;
  std::vector<G1Affine> terms;
  std::vector<uint32_t> counts;
  for (size_t begin = 0; begin < out.size(); begin += kBatch) {
    const size_t n = std::min(kBatch, out.size() - begin);
    terms.clear();
    for (size_t i = begin; i < begin + n; i++) {
      const auto k = scalars[i].to_limbs();
      for (unsigned w = 0; w < windows_; w++) terms.push_back(entry(w, k));
    }
    counts.assign(n, windows_);
    reducer.reduce(terms, counts);
    std::copy_n(terms.begin(), n, out.begin() + static_cast<ptrdiff_t>(begin));
  }
}

}  // namespace sotto::zk
