// SPDX-License-Identifier: Apache-2.0
// Arithmetic of four limbs modulo p in x86-64 assembly, because compilers turn carries into branches or setc chains.
// add, sub and mul_columns run on every x86-64. mul_adx uses mulx, adcx and adox (Intel ADX: two carry chains at once), which
// PrimeField chooses at run time. Each has a portable twin in prime_field.h, and the tests compare the two.
#pragma once
#include <array>
#include <cstdint>

#include "base/cpu_path.h"

// Without optimisation the compiler runs out of registers for the operands, and speed does not matter.
#if defined(__x86_64__) && defined(__GNUC__) && defined(__OPTIMIZE__)
#include <cpuid.h>
#define SOTTO_X86_LIMBS 1
#else
#define SOTTO_X86_LIMBS 0
#endif

namespace sotto::zk::detail {
using Limbs = std::array<uint64_t, 4>;

#if SOTTO_X86_LIMBS
// v mod p, for v < 2p.
[[gnu::always_inline]] inline Limbs reduce_once_x86(const Limbs& v, const Limbs& p) {
  uint64_t s0 = v[0], s1 = v[1], s2 = v[2], s3 = v[3];
  asm("subq %[p0], %[s0]\n\tsbbq %[p1], %[s1]\n\tsbbq %[p2], %[s2]\n\tsbbq %[p3], %[s3]\n\t"
      "cmovcq %[v0], %[s0]\n\tcmovcq %[v1], %[s1]\n\tcmovcq %[v2], %[s2]\n\tcmovcq %[v3], %[s3]"
      : [s0] "+&r"(s0), [s1] "+&r"(s1), [s2] "+&r"(s2), [s3] "+&r"(s3)
      : [v0] "rm"(v[0]), [v1] "rm"(v[1]), [v2] "rm"(v[2]), [v3] "rm"(v[3]), [p0] "m"(p[0]), [p1] "m"(p[1]),
        [p2] "m"(p[2]), [p3] "m"(p[3])
      : "cc");
  return {s0, s1, s2, s3};
}

// a + b, without reduction; a, b < 2^255.
[[gnu::always_inline]] inline Limbs add_x86(const Limbs& a, const Limbs& b) {
  uint64_t r0 = a[0], r1 = a[1], r2 = a[2], r3 = a[3];
  asm("addq %[b0], %[r0]\n\tadcq %[b1], %[r1]\n\tadcq %[b2], %[r2]\n\tadcq %[b3], %[r3]"
      : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3)
      : [b0] "rm"(b[0]), [b1] "rm"(b[1]), [b2] "rm"(b[2]), [b3] "rm"(b[3])
      : "cc");
  return {r0, r1, r2, r3};
}

// a - b mod p, for a, b < p.
[[gnu::always_inline]] inline Limbs sub_mod_x86(const Limbs& a, const Limbs& b, const Limbs& p) {
  uint64_t r0 = a[0], r1 = a[1], r2 = a[2], r3 = a[3], t0, t1, t2, t3;
  asm("subq %[b0], %[r0]\n\tsbbq %[b1], %[r1]\n\tsbbq %[b2], %[r2]\n\tsbbq %[b3], %[r3]\n\t"
      "movl $0, %k[t0]\n\tmovl $0, %k[t1]\n\tmovl $0, %k[t2]\n\tmovl $0, %k[t3]\n\t"
      "cmovcq %[p0], %[t0]\n\tcmovcq %[p1], %[t1]\n\tcmovcq %[p2], %[t2]\n\tcmovcq %[p3], %[t3]\n\t"
      "addq %[t0], %[r0]\n\tadcq %[t1], %[r1]\n\tadcq %[t2], %[r2]\n\tadcq %[t3], %[r3]"
      : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2),
        [t3] "=&r"(t3)
      : [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]), [p0] "m"(p[0]), [p1] "m"(p[1]), [p2] "m"(p[2]),
        [p3] "m"(p[3])
      : "cc");
  return {r0, r1, r2, r3};
}

inline bool cpu_has_adx() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_BMI2) != 0 && (b & bit_ADX) != 0;
}
// Before its initialisation it is false, which is slow but right. SOTTO_CPU=portable means what every machine has.
inline const bool kUseAdx = cpu_has_adx() && default_cpu_path() != CpuPath::kPortable;

// Multiplication rounds. (t0..t4) += a * rdx, where t4 is new; carries of low halves in CF, of high halves in OF.
#define SOTTO_MULTIPLY_ROW(b, t0, t1, t2, t3, t4)                   \
  "movq " b ", %%rdx\n\t"                                           \
  "xorl %%eax, %%eax\n\t"                                           \
  "mulxq 0(%[a]), %%rax, %[h]\n\t"                                  \
  "adcxq %%rax, %[" t0 "]\n\tadoxq %[h], %[" t1 "]\n\t"             \
  "mulxq 8(%[a]), %%rax, %[h]\n\t"                                  \
  "adcxq %%rax, %[" t1 "]\n\tadoxq %[h], %[" t2 "]\n\t"             \
  "mulxq 16(%[a]), %%rax, %[h]\n\t"                                 \
  "adcxq %%rax, %[" t2 "]\n\tadoxq %[h], %[" t3 "]\n\t"             \
  "mulxq 24(%[a]), %%rax, %[" t4 "]\n\t"                            \
  "adcxq %%rax, %[" t3 "]\n\t"                                      \
  "movl $0, %%eax\n\t"                                              \
  "adcxq %%rax, %[" t4 "]\n\tadoxq %%rax, %[" t4 "]\n\t"
// The first row has nothing to add to.
#define SOTTO_MULTIPLY_FIRST_ROW(b, t0, t1, t2, t3, t4)             \
  "movq " b ", %%rdx\n\t"                                           \
  "xorl %%eax, %%eax\n\t"                                           \
  "mulxq 0(%[a]), %[" t0 "], %[" t1 "]\n\t"                         \
  "mulxq 8(%[a]), %%rax, %[" t2 "]\n\tadcxq %%rax, %[" t1 "]\n\t"   \
  "mulxq 16(%[a]), %%rax, %[" t3 "]\n\tadcxq %%rax, %[" t2 "]\n\t"  \
  "mulxq 24(%[a]), %%rax, %[" t4 "]\n\tadcxq %%rax, %[" t3 "]\n\t"  \
  "movl $0, %%eax\n\t"                                              \
  "adcxq %%rax, %[" t4 "]\n\t"
// m = t0 * (-1/p) mod 2^64; (t0..t4) += m p makes t0 = 0, and the next row reuses its register.
#define SOTTO_REDUCE_ROW(t0, t1, t2, t3, t4)                        \
  "movq %[inv], %%rdx\n\t"                                          \
  "imulq %[" t0 "], %%rdx\n\t"                                      \
  "xorl %%eax, %%eax\n\t"                                           \
  "mulxq 0(%[p]), %%rax, %[h]\n\t"                                  \
  "adcxq %[" t0 "], %%rax\n\tadoxq %[h], %[" t1 "]\n\t"             \
  "mulxq 8(%[p]), %%rax, %[h]\n\t"                                  \
  "adcxq %%rax, %[" t1 "]\n\tadoxq %[h], %[" t2 "]\n\t"             \
  "mulxq 16(%[p]), %%rax, %[h]\n\t"                                 \
  "adcxq %%rax, %[" t2 "]\n\tadoxq %[h], %[" t3 "]\n\t"             \
  "mulxq 24(%[p]), %%rax, %[h]\n\t"                                 \
  "adcxq %%rax, %[" t3 "]\n\tadoxq %[h], %[" t4 "]\n\t"             \
  "movl $0, %%eax\n\t"                                              \
  "adcxq %%rax, %[" t4 "]\n\t"

// a b / 2^256 mod p, not fully reduced: below 2p. Requires a, b < p and p < 2^254, so that no sum leaves five limbs.
[[gnu::always_inline]] inline Limbs mul_adx(const Limbs& a, const Limbs& b, const Limbs& p, const uint64_t& inv) {
  uint64_t t0, t1, t2, t3, t4, h;
  asm(SOTTO_MULTIPLY_FIRST_ROW("0(%[b])", "t0", "t1", "t2", "t3", "t4") SOTTO_REDUCE_ROW("t0", "t1", "t2", "t3", "t4")
      SOTTO_MULTIPLY_ROW("8(%[b])", "t1", "t2", "t3", "t4", "t0") SOTTO_REDUCE_ROW("t1", "t2", "t3", "t4", "t0")
      SOTTO_MULTIPLY_ROW("16(%[b])", "t2", "t3", "t4", "t0", "t1") SOTTO_REDUCE_ROW("t2", "t3", "t4", "t0", "t1")
      SOTTO_MULTIPLY_ROW("24(%[b])", "t3", "t4", "t0", "t1", "t2") SOTTO_REDUCE_ROW("t3", "t4", "t0", "t1", "t2")
      : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [h] "=&r"(h)
      : [a] "r"(&a), [b] "r"(&b), [p] "r"(&p), [inv] "m"(inv), "m"(a), "m"(b), "m"(p)
      : "rax", "rdx", "cc");
  return {t4, t0, t1, t2};
}

// (c0, c1, c2) += a b
#define SOTTO_ADD_PRODUCT(a, b)                                                                              \
  do {                                                                                                       \
    uint64_t low = (a);                                                                                      \
    asm("mulq %[y]\n\taddq %%rax, %[c0]\n\tadcq %%rdx, %[c1]\n\tadcq $0, %[c2]"                            \
        : [c0] "+r"(c0), [c1] "+r"(c1), [c2] "+r"(c2), "+a"(low) : [y] "rm"(b) : "rdx", "cc");               \
  } while (false)

// The same on every x86-64, by columns (Koc, Acar, Kaliski 1996, section 6: FIPS): mulq destroys the carry, and the sum of a column
// needs three additions for a product where a row would need four.
[[gnu::noinline]] inline Limbs mul_columns(const Limbs& a, const Limbs& b, const Limbs& p, uint64_t inv) {
  uint64_t c0 = 0, c1 = 0, c2 = 0, m[4];
  const auto shift = [&] { c0 = c1, c1 = c2, c2 = 0; };
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
#pragma GCC unroll 4
    for (int i = 0; i <= k; i++) SOTTO_ADD_PRODUCT(a[i], b[k - i]);
#pragma GCC unroll 4
    for (int i = 0; i < k; i++) SOTTO_ADD_PRODUCT(m[i], p[k - i]);
    m[k] = c0 * inv;
    SOTTO_ADD_PRODUCT(m[k], p[0]);  // makes c0 = 0
    shift();
  }
  Limbs r;
#pragma GCC unroll 4
  for (int k = 4; k < 7; k++) {
#pragma GCC unroll 4
    for (int i = k - 3; i < 4; i++) SOTTO_ADD_PRODUCT(a[i], b[k - i]);
#pragma GCC unroll 4
    for (int i = k - 3; i < 4; i++) SOTTO_ADD_PRODUCT(m[i], p[k - i]);
    r[k - 4] = c0;
    shift();
  }
  r[3] = c0;
  return r;
}

#undef SOTTO_ADD_PRODUCT
#undef SOTTO_MULTIPLY_ROW
#undef SOTTO_MULTIPLY_FIRST_ROW
#undef SOTTO_REDUCE_ROW
#endif

}  // namespace sotto::zk::detail
