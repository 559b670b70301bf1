// SPDX-License-Identifier: Apache-2.0
// Inverses modulo an odd number by the binary Euclidean algorithm on leading and trailing words (Pornin, eprint
// 2020/972, section 3). Not constant-time.
#pragma once
#include "zk/field/limbs_x86.h"

namespace sotto::zk::detail {

// 1 / y mod m, and 0 for y = 0; y < m, m odd and below 2^255. minus_inverse is -1 / m mod 2^64.
Limbs invert_mod(const Limbs& y, const Limbs& m, uint64_t minus_inverse);

}  // namespace sotto::zk::detail

namespace sotto::zk {

// x.inverse(), four times as fast; for Fr and Fq.
template <class F>
F inverse_by_gcd(const F& x);

}  // namespace sotto::zk
