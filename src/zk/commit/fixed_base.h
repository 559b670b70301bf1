// SPDX-License-Identifier: Apache-2.0
// Many multiples of one point, by a table of d * 2^(bits * w) * P for all digits d and windows w.
#pragma once
#include <span>
#include <vector>

#include "zk/curve/g1.h"

namespace sotto::zk {

class FixedBase {
 public:
  // The table has 2^digit_bits points for each of the 254 / digit_bits windows; 16 bits are 64 MiB.
  FixedBase(const G1Affine& base, unsigned digit_bits);
  // out[i] = scalars[i] * base. Thread-safe; uses one thread.
  void multiply(std::span<const Fr> scalars, std::span<G1Affine> out) const;

 private:
  void fill(std::span<G1Affine> table, const G1Affine* power_of_two);
  const G1Affine& entry(unsigned window, const detail::Limbs& k) const;

  unsigned bits_, windows_;
  size_t size_;  // of one window's table
  std::vector<G1Affine> table_;
};

}  // namespace sotto::zk
