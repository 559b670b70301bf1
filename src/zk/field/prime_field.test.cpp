// SPDX-License-Identifier: Apache-2.0
#include "zk/field/prime_field.h"
#include "zk/field/binary_gcd.h"

#include <gmp.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "zk/field/fr.h"

namespace sotto::zk {
namespace {
using detail::Limbs;

// An integer of GMP, the oracle.
class Integer {
 public:
  Integer() { mpz_init(z_); }
  explicit Integer(const Limbs& v) : Integer() { mpz_import(z_, 4, -1, 8, 0, 0, v.data()); }
  Integer(const Integer& o) { mpz_init_set(z_, o.z_); }
  Integer& operator=(const Integer&) = delete;
  ~Integer() { mpz_clear(z_); }
  Limbs limbs() const {
    Limbs v{};
    mpz_export(v.data(), nullptr, -1, 8, 0, 0, z_);
    return v;
  }
  mpz_ptr get() { return z_; }
  mpz_srcptr get() const { return z_; }

 private:
  mpz_t z_;
};

template <class F>
class PrimeFieldTest : public testing::Test {
 protected:
  PrimeFieldTest() : p_(F::kModulus), rng_(20261122) {}

  template <class Operation>
  Limbs modulo(Operation&& operation) const {
    Integer r;
    operation(r.get());
    mpz_mod(r.get(), r.get(), p_.get());
    return r.limbs();
  }

  // Values at which carries and reductions change their ways, in both forms, and random ones.
  std::vector<F> samples(size_t random) {
    std::vector<F> v;
    Limbs p1 = F::kModulus, half = F::kModulus;
    p1[0]--;
    for (size_t i = 0; i < 4; i++) half[i] = half[i] >> 1 | (i < 3 ? half[i + 1] << 63 : 0);
    std::vector<Limbs> edges = {{}, {1}, {2}, p1, half, {~0ull}, {0, 1}, {~0ull, ~0ull}, {0, 0, 1}, {~0ull, ~0ull, ~0ull}, {0, 0, 0, 1},
                                {0, 0, 0, F::kModulus[3]}, {~0ull, ~0ull, ~0ull, F::kModulus[3] - 1}, {1ull << 63, 1ull << 63, 1ull << 63, 0}};
    edges.push_back({F::kModulus[0] - 2, F::kModulus[1], F::kModulus[2], F::kModulus[3]});
    edges.push_back({half[0] + 1, half[1], half[2], half[3]});
    for (const Limbs& e : edges) {
      v.push_back(F::from_limbs(e));
      v.push_back(F::raw(e));
    }
    for (size_t i = 0; i < random; i++) {
      Limbs r = {rng_(), rng_(), rng_(), rng_() >> 2};
      if (!detail::less(r, F::kModulus)) r[3] >>= 1;
      v.push_back(F::raw(r));
    }
    return v;
  }

  Integer p_;
  std::mt19937_64 rng_;
};
using Fields = testing::Types<Fr, Fq>;
TYPED_TEST_SUITE(PrimeFieldTest, Fields);

TYPED_TEST(PrimeFieldTest, ModulusIsAnOddPrimeOf254Bits) {
  EXPECT_NE(mpz_probab_prime_p(this->p_.get(), 30), 0);
  EXPECT_EQ(mpz_sizeinbase(this->p_.get(), 2), 254u);
}

TYPED_TEST(PrimeFieldTest, OperatorsMatchGmp) {
  using F = TypeParam;
  const auto values = this->samples(100);
  std::vector<Integer> integers;
  for (const F& v : values) integers.emplace_back(v.to_limbs());
  for (size_t i = 0; i < values.size(); i++) {
    ASSERT_TRUE(detail::less(values[i].to_limbs(), F::kModulus));
    ASSERT_EQ(F::from_limbs(values[i].to_limbs()), values[i]);
    for (size_t j = 0; j < values.size(); j++) {
      const F &a = values[i], &b = values[j];
      const Integer &x = integers[i], &y = integers[j];
      ASSERT_EQ((a + b).to_limbs(), this->modulo([&](mpz_ptr r) { mpz_add(r, x.get(), y.get()); }));
      ASSERT_EQ((a - b).to_limbs(), this->modulo([&](mpz_ptr r) { mpz_sub(r, x.get(), y.get()); }));
      ASSERT_EQ((a * b).to_limbs(), this->modulo([&](mpz_ptr r) { mpz_mul(r, x.get(), y.get()); }));
    }
    ASSERT_EQ((-values[i]).to_limbs(), this->modulo([&](mpz_ptr r) { mpz_neg(r, integers[i].get()); }));
    ASSERT_EQ(values[i].square(), values[i] * values[i]);
  }
}

// The assembly and the portable code, on many more values than GMP would allow.
TYPED_TEST(PrimeFieldTest, OperatorsMatchTheirPortableTwins) {
  using F = TypeParam;
  const auto values = this->samples(1500);
  for (const F& a : values)
    for (const F& b : values) {
      ASSERT_EQ(a * b, F::mul_portable(a, b));
#if SOTTO_X86_LIMBS
      ASSERT_EQ(F::mul_columns(a, b), F::mul_portable(a, b));
#endif
      ASSERT_EQ(a + b, F::add_portable(a, b));
      ASSERT_EQ(a - b, F::sub_portable(a, b));
    }
}

TYPED_TEST(PrimeFieldTest, AssignmentToAnOperand) {
  using F = TypeParam;
  for (const F& a : this->samples(50)) {
    F b = a;
    b *= b;
    EXPECT_EQ(b, F::mul_portable(a, a));
    b = a;
    b += b;
    EXPECT_EQ(b, F::add_portable(a, a));
    b = a;
    b -= b;
    EXPECT_TRUE(b.is_zero());
  }
}

TYPED_TEST(PrimeFieldTest, PowersAndInversesMatchGmp) {
  using F = TypeParam;
  for (const F& a : this->samples(40)) {
    const Integer x(a.to_limbs());
    const Limbs e = {this->rng_(), this->rng_(), this->rng_(), this->rng_()};
    EXPECT_EQ(a.pow(e).to_limbs(), this->modulo([&](mpz_ptr r) { mpz_powm(r, x.get(), Integer(e).get(), this->p_.get()); }));
    EXPECT_EQ(a.pow(e[0]), a.pow(Limbs{e[0], 0, 0, 0}));
    if (a.is_zero()) EXPECT_TRUE(a.inverse().is_zero());
    else EXPECT_EQ(a * a.inverse(), F::one());
  }
}

TYPED_TEST(PrimeFieldTest, RunsDuringCompilation) {
  using F = TypeParam;
  constexpr F a = F(3) * F(5) - F(20) + F(-1);
  static_assert(a == F(-6));
  static_assert(F(7).inverse() * F(7) == F::one());
  EXPECT_EQ(a, F(3) * F(5) - F(20) + F(-1));
}

TYPED_TEST(PrimeFieldTest, SmallNumbers) {
  using F = TypeParam;
  EXPECT_EQ(F(-5) + F(5), F::zero());
  EXPECT_EQ(F(uint64_t{1} << 63), F(2).pow(uint64_t{63}));
  EXPECT_EQ(F::from_signed(INT64_MIN), -F(uint64_t{1} << 63));
  EXPECT_EQ(F::from_signed(INT64_MAX), F(uint64_t{INT64_MAX}));
}

TYPED_TEST(PrimeFieldTest, BytesAreCanonical) {
  using F = TypeParam;
  for (const F& a : this->samples(30)) {
    EXPECT_EQ(F::from_bytes(a.to_bytes()), a);
    EXPECT_EQ(F::from_bytes_reduced(a.to_bytes()), a);
    // a + p has no business here, but reduces to a.
    Limbs v{};
    detail::add_limbs(v, a.to_limbs(), F::kModulus);
    Bytes32 b;
    for (size_t i = 0; i < 32; i++) b[31 - i] = static_cast<uint8_t>(v[i / 8] >> (8 * (i % 8)));
    EXPECT_FALSE(F::from_bytes(b));
    EXPECT_EQ(F::from_bytes_reduced(b), a);
  }
  Bytes32 ones;
  ones.fill(255);
  EXPECT_FALSE(F::from_bytes(ones));
  EXPECT_EQ(F::from_bytes_reduced(ones), F(2).pow(uint64_t{256}) - F(1));
  std::array<uint8_t, 64> wide;
  wide.fill(255);
  EXPECT_EQ(F::from_wide_bytes(wide), F(2).pow(uint64_t{512}) - F(1));
}

TYPED_TEST(PrimeFieldTest, SmallProducts) {
  using F = TypeParam;
  std::mt19937_64 random(6);
  const F two64 = F(uint64_t{1} << 32).square();
  for (unsigned terms : {0u, 1u, 2u, 40u, 1000u})
    for (bool large : {false, true}) {
      typename F::SmallProducts sum;
      F expected;
      for (unsigned i = 0; i < terms; i++) {
        detail::Limbs top = F::kModulus;  // the largest number of the form
        top[0]--;
        const F factor = large ? F::raw(top) : F(random()) * F(random());
        const uint32_t k = large ? ~uint32_t{0} : static_cast<uint32_t>(random() >> (random() % 33 + 31));
        sum.add(factor, k);
        expected += factor * F(uint64_t{k});
      }
      EXPECT_EQ(sum.over_two64() * two64, expected) << terms;
    }
}

// Values of every length, and around powers of two: approximations are cut from them.
TYPED_TEST(PrimeFieldTest, InverseByGcdMatchesItsSlowTwin) {
  using F = TypeParam;
  EXPECT_TRUE(inverse_by_gcd(F()).is_zero());
  std::vector<F> values = this->samples(2000);
  for (unsigned bit = 0; bit < 254; bit++) {
    const F power = F(2).pow(uint64_t{bit}), one = F::one(), raw = F::raw(power.to_limbs());
    for (const F& v : {power, power + one, power - one, -power, raw, raw + one, raw - one, -raw}) values.push_back(v);
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 20000; i++) {
    detail::Limbs v{random(), random(), random(), random() >> 3};
    for (unsigned j = static_cast<unsigned>(random() % 4); j < 3; j++)
      v[3 - j] = random() % 2 ? 0 : ~uint64_t{0} >> (3 - j == 3 ? 3 : 0);
    if (detail::less(v, F::kModulus)) values.push_back(F::raw(v));
  }
  for (const F& v : values) ASSERT_EQ(inverse_by_gcd(v), v.inverse());
}

TYPED_TEST(PrimeFieldTest, BatchInverse) {
  using F = TypeParam;
  std::vector<F> v;
  EXPECT_TRUE(batch_inverse<F>(v));
  for (const F& a : this->samples(50))
    if (!a.is_zero()) v.push_back(a);
  std::vector<F> inverse = v;
  ASSERT_TRUE(batch_inverse<F>(inverse));
  for (size_t i = 0; i < v.size(); i++) EXPECT_EQ(inverse[i], v[i].inverse());
  for (size_t at : {size_t{0}, v.size() / 2, v.size() - 1}) {
    std::vector<F> with_zero = v;
    with_zero[at] = F();
    EXPECT_FALSE(batch_inverse<F>(with_zero));
  }
  std::vector<F> zero(1);
  EXPECT_FALSE(batch_inverse<F>(zero));
}
}  // namespace
}  // namespace sotto::zk
