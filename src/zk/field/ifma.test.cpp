// SPDX-License-Identifier: Apache-2.0
// Eight lanes against PrimeField.
#include "zk/field/ifma.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/cpu_path.h"

namespace sotto::zk {
namespace {
#if SOTTO_HAS_IFMA
using namespace ifma;
template <class F>
using Values = std::array<F, 8>;

template <class F>
SOTTO_IFMA_INLINE Eight load(const Values<F>& x) {
  alignas(64) uint64_t words[4][8];
  for (int k = 0; k < 8; k++)
    for (int i = 0; i < 4; i++) words[i][k] = x[k].montgomery()[i];
  EightWords w;
  for (int i = 0; i < 4; i++) w.v[i] = _mm512_load_si512(words[i]);
  return unpack(w);
}
template <class F>
SOTTO_IFMA_INLINE Values<F> store(const Eight& a) {
  const EightWords w = pack(a);
  alignas(64) uint64_t words[4][8];
  for (int i = 0; i < 4; i++) _mm512_store_si512(words[i], w.v[i]);
  Values<F> r;
  for (int k = 0; k < 8; k++) r[k] = F::raw({words[0][k], words[1][k], words[2][k], words[3][k]});
  return r;
}

// The operands are made lazy first: a + lazy * p, which must change nothing. One subtraction of p has to do for a product
// (that is the bound of reduce()), two for a difference of reduced values and p.
template <class F>
SOTTO_IFMA void run(const Values<F>& a, const Values<F>& b, int lazy, Values<F>& product, Values<F>& square_a, Values<F>& sum, Values<F>& difference) {
  const Limbs52 p = Constants<F>::kP;
  const Eight x = load(a), y = load(b);
  Eight u = x, v = y;
  for (int i = 0; i < lazy; i++) {
    u = add(u, all(p));
    v = add(v, all(p));
  }
  product = store<F>(subtract_if_not_less(mul<F>(u, v), p));
  square_a = store<F>(subtract_if_not_less(square<F>(u), p));
  sum = store<F>(subtract_if_not_less(add(x, y), p));
  difference = store<F>(subtract_if_not_less(sub<F>(x, y), p));
}

template <class F>
std::vector<F> edge_values() {
  std::vector<detail::Limbs> raw = {{0, 0, 0, 0}, {1, 0, 0, 0}, {2, 0, 0, 0}};
  for (uint64_t k = 1; k <= 3; k++) {
    detail::Limbs v;
    detail::sub_limbs(v, F::kModulus, {k, 0, 0, 0});
    raw.push_back(v);
  }
  for (unsigned bit : {51, 52, 53, 63, 64, 103, 104, 105, 128, 155, 156, 157, 192, 207, 208, 209, 252}) {
    detail::Limbs power{}, below{}, above{};
    power[bit / 64] = uint64_t{1} << (bit % 64);
    detail::sub_limbs(below, power, {1, 0, 0, 0});
    detail::add_limbs(above, power, {1, 0, 0, 0});
    raw.insert(raw.end(), {power, below, above});
    detail::Limbs from_top{};
    detail::sub_limbs(from_top, F::kModulus, power);
    raw.push_back(from_top);
  }
  std::vector<F> r;
  for (const auto& v : raw) r.push_back(F::raw(v));
  return r;
}

template <class F>
void check(const Values<F>& a, const Values<F>& b, int lazy) {
  static const F kRadices = F(16).inverse();  // 2^256 / 2^260
  Values<F> product, square_a, sum, difference;
  run<F>(a, b, lazy, product, square_a, sum, difference);
  for (int k = 0; k < 8; k++) {
    ASSERT_EQ(product[k], a[k] * b[k] * kRadices) << lazy;
    ASSERT_EQ(square_a[k], a[k] * a[k] * kRadices) << lazy;
    ASSERT_EQ(sum[k], a[k] + b[k]);
    ASSERT_EQ(difference[k], a[k] - b[k]);
  }
}

template <class F>
void check_field() {
  if (!use_ifma()) GTEST_SKIP() << "SOTTO-SKIPPED: no AVX-512 IFMA";
  const std::vector<F> edges = edge_values<F>();
  for (size_t i = 0; i < edges.size(); i++)
    for (size_t j = 0; j < edges.size(); j += 8) {
      Values<F> a, b;
      for (size_t k = 0; k < 8; k++) {
        a[k] = edges[(i + k) % edges.size()];
        b[k] = edges[(j + 2 * k) % edges.size()];
      }
      check<F>(a, b, static_cast<int>(i % 8));
    }
  std::mt19937_64 rng(1);
  for (int round = 0; round < 4000; round++) {
    Values<F> a, b;
    for (int k = 0; k < 8; k++) {
      a[k] = rng() % 4 ? F(rng()) * F(rng()).inverse() : edges[rng() % edges.size()];
      b[k] = rng() % 4 ? a[k] * F(rng()) : edges[rng() % edges.size()];
    }
    check<F>(a, b, round % 8);
  }
}

TEST(Ifma, FrMatchesPrimeField) { check_field<Fr>(); }
TEST(Ifma, FqMatchesPrimeField) { check_field<Fq>(); }

SOTTO_IFMA void transpose_rows(uint64_t (&m)[8][8]) {
  __m512i r[8];
  for (int i = 0; i < 8; i++) r[i] = _mm512_loadu_si512(m[i]);
  transpose(r);
  for (int i = 0; i < 8; i++) _mm512_storeu_si512(m[i], r[i]);
}
TEST(Ifma, Transpose) {
  if (!use_ifma()) GTEST_SKIP() << "SOTTO-SKIPPED: no AVX-512 IFMA";
  uint64_t m[8][8];
  for (uint64_t i = 0; i < 64; i++) m[i / 8][i % 8] = i;
  transpose_rows(m);
  for (uint64_t i = 0; i < 64; i++) EXPECT_EQ(m[i % 8][i / 8], i);
}
#endif

}  // namespace
}  // namespace sotto::zk
