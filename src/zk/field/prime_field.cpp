// SPDX-License-Identifier: Apache-2.0
#include "zk/field/prime_field.h"

#include <vector>

#include "zk/field/binary_gcd.h"
#include "zk/field/fr.h"

namespace sotto::zk {
namespace {
detail::Limbs read_big_endian(std::span<const uint8_t, 32> b) {
  detail::Limbs r{};
  for (int i = 0; i < 32; i++) r[i / 8] |= static_cast<uint64_t>(b[31 - i]) << (8 * (i % 8));
  return r;
}
}  // namespace

template <class P>
std::optional<PrimeField<P>> PrimeField<P>::from_bytes(std::span<const uint8_t, 32> b) {
  const Limbs v = read_big_endian(b);
  if (!detail::less(v, kModulus)) return std::nullopt;
  return from_limbs(v);
}

template <class P>
PrimeField<P> PrimeField<P>::from_bytes_reduced(std::span<const uint8_t, 32> b) {
  Limbs v = read_big_endian(b);
  while (!detail::less(v, kModulus)) detail::sub_limbs(v, v, kModulus);  // at most 5 times: 2^256 < 6p
  return from_limbs(v);
}

template <class P>
PrimeField<P> PrimeField<P>::from_wide_bytes(std::span<const uint8_t, 64> b) {
  const PrimeField two_256 = PrimeField(uint64_t{2}).pow(uint64_t{256});
  return from_bytes_reduced(b.template first<32>()) * two_256 + from_bytes_reduced(b.template last<32>());
}

template <class P>
Bytes32 PrimeField<P>::to_bytes() const {
  const Limbs v = to_limbs();
  Bytes32 out;
  for (int i = 0; i < 32; i++) out[31 - i] = static_cast<uint8_t>(v[i / 8] >> (8 * (i % 8)));
  return out;
}

template <class F>
F inverse_by_gcd(const F& x) {
  static const uint64_t minus_inverse = [] {
    uint64_t inv = 1;
    for (int i = 0; i < 6; i++) inv *= 2 - F::kModulus[0] * inv;
    return ~inv + 1;
  }();
  static const F r2 = F(uint64_t{2}).pow(uint64_t{512});  // R^3 in memory: (x R)^-1 R^3 / R = x^-1 R
  return F::raw(detail::invert_mod(x.montgomery(), F::kModulus, minus_inverse)) * r2;
}

template <class F>
bool batch_inverse(std::span<F> x) {
  std::vector<F> prefix(x.size());
  F product = F::one();
  for (size_t i = 0; i < x.size(); i++) {
    prefix[i] = product;
    product *= x[i];
  }
  if (product.is_zero()) return false;
  F inverse = inverse_by_gcd(product);
  for (size_t i = x.size(); i-- > 0;) {
    const F value = x[i];
    x[i] = inverse * prefix[i];
    inverse *= value;
  }
  return true;
}

template class PrimeField<FrParameters>;
template class PrimeField<FqParameters>;
template Fr inverse_by_gcd(const Fr&);
template Fq inverse_by_gcd(const Fq&);
template bool batch_inverse<Fr>(std::span<Fr>);
template bool batch_inverse<Fq>(std::span<Fq>);

}  // namespace sotto::zk
