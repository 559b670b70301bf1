// SPDX-License-Identifier: Apache-2.0
#include "zk/poly/multilinear.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "zk/poly/vector.h"

namespace sotto::zk {

std::vector<Fr> eq_table(PointSpan r, const Fr& scale) {
  std::vector<Fr> t = huge_vector<Fr>(size_t{1} << r.size());
  t[0] = scale;
  for (size_t i = 0; i < r.size(); i++) {
    const size_t half = size_t{1} << i;
    parallel_for(half, [&](size_t b, size_t e, unsigned) {
      for (size_t x = b; x < e; x++) {
        const Fr hi = t[x] * r[i];
        t[x + half] = hi;
        t[x] -= hi;
      }
    }, 1 << 12);
  }
  return t;
}

std::vector<Fr> eq_table_start(PointSpan r, uint64_t count) {
  const auto bits = std::min(r.size(), static_cast<size_t>(std::bit_width(std::max<uint64_t>(count, 1) - 1)));
  return eq_table(r.first(bits), eq_zero(r.subspan(bits)));
}

Fr eq(PointSpan x, PointSpan y) {
  SOTTO_CHECK(x.size() == y.size());
  Fr v = Fr::one();
  for (size_t i = 0; i < x.size(); i++) {
    const Fr xy = x[i] * y[i];
    v *= Fr::one() - x[i] - y[i] + xy + xy;
  }
  return v;
}

Fr eq_index(PointSpan x, uint64_t index) {
  Fr v = Fr::one();
  for (size_t i = 0; i < x.size(); i++) v *= (index >> i & 1) ? x[i] : Fr::one() - x[i];
  return (x.size() < 64 && (index >> x.size())) ? Fr::zero() : v;
}

Fr eq_zero(PointSpan x) { return eq_index(x, 0); }

// Low bits first: `below` is the sum over low parts < the low part of limit, `all` over all low parts. A bit of t below the
// bit of limit makes t smaller whatever the lower bits; an equal bit passes the verdict of the lower bits on.
Fr eq_truncated(PointSpan x, PointSpan r, uint64_t limit) {
  SOTTO_CHECK(x.size() == r.size());
  Fr all = Fr::one(), below;
  if (limit >> x.size()) return eq(x, r);
  for (size_t i = 0; i < x.size(); i++) {
    const Fr e1 = x[i] * r[i], e0 = Fr::one() - x[i] - r[i] + e1;
    below = (limit >> i & 1) ? e0 * all + e1 * below : e0 * below;
    all *= e0 + e1;
  }
  return below;
}

Fr indicator(PointSpan x, uint64_t limit) {
  if (limit >> x.size()) return Fr::one();
  Fr below;
  for (size_t i = 0; i < x.size(); i++) {
    const Fr e1 = x[i], e0 = Fr::one() - x[i];
    below = (limit >> i & 1) ? e0 + e1 * below : e0 * below;
  }
  return below;
}

// As indicator, carrying sum of t as well: `all_t`, `below_t`.
Fr weighted_indicator(PointSpan x, uint64_t limit) {
  Fr below, below_t, all_t, power = Fr::one();
  for (size_t i = 0; i < x.size(); i++) {
    const Fr e1 = x[i], e0 = Fr::one() - x[i];
    if (limit >> i & 1) {
      below_t = e0 * all_t + e1 * (below_t + power * below);
      below = e0 + e1 * below;
    } else {
      below_t = e0 * below_t;
      below = e0 * below;
    }
    all_t += power * e1;
    power += power;
  }
  return (limit >> x.size()) ? all_t : below_t;
}

// Adds d with a carry from the lowest bit up; state = carry into the next bit, and as in eq_truncated the verdict i < limit.
Fr shift_eq(PointSpan p, PointSpan r, uint64_t limit, unsigned d) {
  SOTTO_CHECK(p.size() == r.size() && d <= 1 && limit + d <= (uint64_t{1} << p.size()));
  Fr all[2], below[2];
  all[d] = Fr::one();
  for (size_t j = 0; j < p.size(); j++) {
    Fr next_all[2], next_below[2];
    for (unsigned bit = 0; bit < 2; bit++)
      for (unsigned carry = 0; carry < 2; carry++) {
        const Fr w = (bit ? r[j] : Fr::one() - r[j]) * ((bit ^ carry) ? p[j] : Fr::one() - p[j]);
        const unsigned limit_bit = limit >> j & 1;
        next_all[bit & carry] += w * all[carry];
        if (bit < limit_bit) next_below[bit & carry] += w * all[carry];
        if (bit == limit_bit) next_below[bit & carry] += w * below[carry];
      }
    for (unsigned c = 0; c < 2; c++) all[c] = next_all[c], below[c] = next_below[c];
  }
  return (limit >> p.size()) ? all[0] : below[0];
}

Fr triangle(PointSpan xj, PointSpan yj, PointSpan xk, PointSpan yk) {
  Fr ge = Fr::one(), all = Fr::one();  // over the low bits: j >= k, and everything
  for (size_t i = 0; i < xj.size(); i++) {
    const Fr j1 = xj[i] * yj[i], j0 = Fr::one() - xj[i] - yj[i] + j1;
    const Fr k1 = xk[i] * yk[i], k0 = Fr::one() - xk[i] - yk[i] + k1;
    ge = (j0 * k0 + j1 * k1) * ge + j1 * k0 * all;
    all *= (j0 + j1) * (k0 + k1);
  }
  return ge;
}

void bind_lowest(std::vector<Fr>& table, const Fr& x) {
  std::vector<Fr> out = huge_vector<Fr>((table.size() + 1) / 2);
  bind_pairs(table, x, out);
  table = std::move(out);
}

// Blocks of 2^(v+1) entries shrink to their lower halves. Reads are ahead of writes.
void bind_in_place(std::vector<Fr>& table, unsigned variable, const Fr& x) {
  const size_t half = size_t{1} << variable, size = table.size();
  const std::span<Fr> all(table);
  size_t out = 0;
  if (variable == 0) {
    bind_pairs_in_place(all, x);
    out = (size + 1) / 2;
  } else {
    for (size_t at = 0; at < size; at += 2 * half) {
      const size_t low = std::min(half, size - at), high = std::min(half, size - at - low);
      interpolate(all.subspan(at, low), all.subspan(at + low, high), x, all.subspan(out, low));
      out += low;
    }
  }
  table.resize(out);
}

Fr evaluate(std::span<const Fr> table, PointSpan point) {
  std::vector<Fr> t(table.begin(), table.end());
  if (t.empty()) return Fr::zero();
  for (const Fr& x : point) bind_lowest(t, x);
  SOTTO_CHECK(t.size() == 1);
  return t[0];
}

Fr evaluate_at(uint64_t index, const Fr& value, PointSpan point) { return value * eq_index(point, index); }

Fr horner(std::span<const Fr> c, const Fr& x) {
  Fr v;
  for (size_t i = c.size(); i-- > 0;) v = v * x + c[i];
  return v;
}

}  // namespace sotto::zk
