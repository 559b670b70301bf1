// SPDX-License-Identifier: Apache-2.0
// Every loop against its definition, at sizes around whole groups of lanes and with extreme entries.
#include "zk/poly/vector.h"

#include <gtest/gtest.h>

#include <random>

#include "zk/poly/multilinear.h"

namespace sotto::zk {
namespace {

class Vectors : public testing::TestWithParam<size_t> {
 protected:
  std::vector<Fr> scalars(size_t n) {
    std::vector<Fr> v(n);
    for (Fr& x : v) {
      const unsigned kind = static_cast<unsigned>(random_() % 8);
      x = kind == 0 ? Fr::zero() : kind == 1 ? -Fr::one() : Fr(random_()) * Fr(random_()) * Fr(random_()) * Fr(random_()) * Fr(random_());
    }
    return v;
  }
  std::vector<uint32_t> words(size_t n) {
    std::vector<uint32_t> v(n);
    for (uint32_t& x : v) x = random_() % 4 == 0 ? UINT32_MAX : random_() % 3 == 0 ? 0 : static_cast<uint32_t>(random_());
    return v;
  }
  std::mt19937_64 random_{GetParam()};
};

TEST_P(Vectors, Dot) {
  const auto a = scalars(GetParam()), b = scalars(GetParam() + 3);
  const auto v = words(GetParam());
  Fr sum, small;
  for (size_t i = 0; i < a.size(); i++) sum += a[i] * b[i], small += a[i] * Fr(uint64_t{v[i]});
  EXPECT_EQ(dot(a, b), sum);
  EXPECT_EQ(dot(b, a), sum);
  EXPECT_EQ(dot_u32(a, v), small);
}

TEST_P(Vectors, ProductRound) {
  for (const size_t longer : {0, 1, 5}) {
    const auto f = scalars(GetParam()), w = scalars(GetParam() + longer);
    std::array<Fr, 3> expected{};
    auto value = [](const std::vector<Fr>& t, size_t i, int x) {
      auto entry = [&](size_t j) { return j < t.size() ? t[j] : Fr::zero(); };
      return entry(2 * i) + Fr(x) * (entry(2 * i + 1) - entry(2 * i));
    };
    for (size_t i = 0; 2 * i < GetParam(); i++)
      for (int x = 0; x < 3; x++) expected[static_cast<size_t>(x)] += value(f, i, x) * value(w, i, x);
    EXPECT_EQ(product_round(f, w), expected);
    EXPECT_EQ(product_round(w, f), expected);
  }
}

TEST_P(Vectors, AddScaledAndCombine) {
  const auto in = scalars(GetParam()), scales = scalars(23);
  auto out = scalars(GetParam() + 2), expected = out;
  for (size_t i = 0; i < in.size(); i++) expected[i] += scales[0] * in[i];
  add_scaled(out, scales[0], in);
  EXPECT_EQ(out, expected);

  std::vector<std::vector<uint32_t>> columns;
  std::vector<const uint32_t*> pointers;
  for (size_t c = 0; c < scales.size(); c++) columns.push_back(words(GetParam()));
  for (const auto& c : columns) pointers.push_back(c.data());
  std::vector<Fr> sum(GetParam()), slow(GetParam());
  for (size_t c = 0; c < scales.size(); c++)
    for (size_t i = 0; i < slow.size(); i++) slow[i] += scales[c] * Fr(uint64_t{columns[c][i]});
  combine_u32(scales, pointers, sum);
  EXPECT_EQ(sum, slow);
}

TEST_P(Vectors, BindPairs) {
  const auto in = scalars(GetParam());
  const Fr x = scalars(3)[2];
  std::vector<Fr> out((in.size() + 1) / 2), expected(out.size());
  for (size_t i = 0; i < out.size(); i++) {
    const Fr high = 2 * i + 1 < in.size() ? in[2 * i + 1] : Fr::zero();
    expected[i] = in[2 * i] + x * (high - in[2 * i]);
  }
  bind_pairs(in, x, out);
  EXPECT_EQ(out, expected);
}

TEST_P(Vectors, BindInPlace) {
  for (unsigned variable = 0; variable < 7; variable++) {
    const auto in = scalars(GetParam());
    const Fr x = scalars(3)[2];
    const size_t half = size_t{1} << variable;
    std::vector<Fr> out = in;
    bind_in_place(out, variable, x);
    auto entry = [&](size_t i) { return i < in.size() ? in[i] : Fr::zero(); };
    for (size_t i = 0; i < std::max(in.size(), out.size()); i++) {
      const size_t low = i / half * 2 * half + i % half;
      EXPECT_EQ(i < out.size() ? out[i] : Fr::zero(), entry(low) + x * (entry(low + half) - entry(low)))
          << "variable " << variable;
    }
    EXPECT_LE(out.size(), std::max(half, in.size() / 2 + half));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Vectors, testing::Values(0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 1000, 1024, 5001, 20000));

}  // namespace
}  // namespace sotto::zk
