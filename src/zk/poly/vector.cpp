// SPDX-License-Identifier: Apache-2.0
#include "zk/poly/vector.h"

#include <algorithm>
#include <mutex>

#include "base/check.h"
#include "base/cpu_path.h"
#include "base/parallel.h"
#include "zk/poly/kernels/vector_ifma.h"

namespace sotto::zk {
namespace {

constexpr size_t kGrain = 1 << 10;  // entries that are worth a thread

const Fr kSixteen = Fr(uint64_t{16});

// How many of n elements the lanes take, in groups of eight.
size_t lane_groups(size_t n) { return use_ifma() ? n / 8 : 0; }

Fr at(std::span<const Fr> v, size_t i) { return i < v.size() ? v[i] : Fr::zero(); }

}  // namespace

Fr dot(std::span<const Fr> a, std::span<const Fr> b) {
  const size_t n = std::min(a.size(), b.size()), groups = lane_groups(n);
  Fr sum = groups ? dot_ifma(a.data(), b.data(), groups).value * kSixteen : Fr::zero();
  for (size_t i = 8 * groups; i < n; i++) sum += a[i] * b[i];
  return sum;
}

Fr dot_u32(std::span<const Fr> w, std::span<const uint32_t> v) {
  const size_t n = std::min(w.size(), v.size()), groups = lane_groups(n);
  Fr sum = groups ? dot_u32_ifma(w.data(), v.data(), groups) : Fr::zero();
  for (size_t i = 8 * groups; i < n; i++)
    if (v[i] != 0) sum += v[i] == 1 ? w[i] : w[i] * Fr(uint64_t{v[i]});
  return sum;
}

std::array<Fr, 3> product_round(std::span<const Fr> f, std::span<const Fr> w) {
  const size_t n = std::min(f.size(), w.size()), pairs = (n + 1) / 2, whole = n / 2;
  std::array<Fr, 3> sum{};
  std::mutex mutex;
  parallel_for(pairs, [&](size_t begin, size_t end, unsigned) {
    std::array<Fr, 3> s{};
    if (const size_t groups = lane_groups(std::min(end, whole) - std::min(begin, whole))) {
      Sixteenth lanes[3];
      product_round_ifma(&f[2 * begin], &w[2 * begin], groups, lanes);
      for (unsigned i = 0; i < 3; i++) s[i] = lanes[i].value * kSixteen;
      begin += 8 * groups;
    }
    for (size_t i = begin; i < end; i++) {
      const Fr f0 = f[2 * i], f1 = at(f, 2 * i + 1), w0 = w[2 * i], w1 = at(w, 2 * i + 1);
      s[0] += f0 * w0;
      s[1] += f1 * w1;
      s[2] += (f1 + f1 - f0) * (w1 + w1 - w0);
    }
    const std::lock_guard lock(mutex);
    for (unsigned i = 0; i < 3; i++) sum[i] += s[i];
  }, kGrain);
  return sum;
}

void add_scaled(std::span<Fr> out, const Fr& scale, std::span<const Fr> in) {
  SOTTO_CHECK(out.size() >= in.size());
  parallel_for(in.size(), [&](size_t begin, size_t end, unsigned) {
    add_scaled_serial(out.subspan(begin), scale, in.subspan(begin, end - begin));
  }, kGrain);
}

void add_scaled_serial(std::span<Fr> out, const Fr& scale, std::span<const Fr> in) {
  SOTTO_CHECK(out.size() >= in.size());
  const size_t groups = lane_groups(in.size());
  if (groups) add_scaled_ifma(out.data(), scale, in.data(), groups);
  for (size_t i = 8 * groups; i < in.size(); i++) out[i] += scale * in[i];
}

void combine_u32(std::span<const Fr> scales, std::span<const uint32_t* const> columns, std::span<Fr> out) {
  SOTTO_CHECK(scales.size() == columns.size());
  parallel_for(out.size(), [&](size_t begin, size_t end, unsigned) {
    const size_t groups = lane_groups(end - begin);
    if (groups) combine_u32_ifma(scales.data(), columns.data(), columns.size(), begin, groups, &out[begin]);
    for (size_t i = begin + 8 * groups; i < end; i++) {
      out[i] = Fr::zero();
      for (size_t c = 0; c < columns.size(); c++)
        if (const uint32_t v = columns[c][i]) out[i] += v == 1 ? scales[c] : scales[c] * Fr(uint64_t{v});
    }
  }, kGrain);
}

void interpolate(std::span<const Fr> low, std::span<const Fr> high, const Fr& x, std::span<Fr> out) {
  SOTTO_CHECK(out.size() == low.size() && high.size() <= low.size());
  const size_t groups = lane_groups(high.size());
  if (groups) interpolate_ifma(low.data(), high.data(), x, groups, out.data());
  for (size_t i = 8 * groups; i < out.size(); i++) out[i] = low[i] + x * (at(high, i) - low[i]);
}

void bind_pairs(std::span<const Fr> in, const Fr& x, std::span<Fr> out) {
  SOTTO_CHECK(out.size() == (in.size() + 1) / 2);
  const size_t whole = in.size() / 2;
  parallel_for(out.size(), [&](size_t begin, size_t end, unsigned) {
    const size_t groups = lane_groups(std::min(end, whole) - std::min(begin, whole));
    if (groups) bind_lowest_ifma(&in[2 * begin], x, groups, &out[begin]);
    for (size_t i = begin + 8 * groups; i < end; i++) out[i] = in[2 * i] + x * (at(in, 2 * i + 1) - in[2 * i]);
  }, kGrain);
}

void bind_pairs_in_place(std::span<Fr> table, const Fr& x) {
  const size_t groups = lane_groups(table.size() / 2);
  if (groups) bind_lowest_ifma(table.data(), x, groups, table.data());
  for (size_t i = 8 * groups; i < (table.size() + 1) / 2; i++)
    table[i] = table[2 * i] + x * (at(table, 2 * i + 1) - table[2 * i]);
}

}  // namespace sotto::zk
