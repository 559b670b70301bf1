// SPDX-License-Identifier: Apache-2.0
#include "judge/net/pair_product.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include "base/intrinsics.h"
#define SOTTO_AVX2 __attribute__((target("avx2")))
#define SOTTO_KERNEL512 SOTTO_AVX512("avx512f,avx512bw,avx512vnni")
#endif
#define SOTTO_INLINE inline __attribute__((always_inline))

namespace sotto::judge {
namespace {

// Register tiles of R rows times V vectors, panel by panel: `width` columns that start at column `start` of the output.
struct Panel {
  const int16_t* columns;
  size_t start, width;
};

// Calls tile(first row) for every R rows. The last tile overlaps its neighbour rather than being shorter.
template <size_t R, class Tile, class One>
SOTTO_INLINE void for_row_tiles(size_t rows, Tile tile, One one) {
  if (rows < R) {
    for (size_t m = 0; m < rows; m++) one(m);
    return;
  }
  for (size_t m = 0; m < rows; m += R) tile(std::min(m, rows - R));
}

void panel_portable(const PairProduct& in, const Panel& panel, int32_t* out) {
  constexpr size_t kLanes = 16;
  for (size_t m = 0; m < in.row_count; m++)
    for (size_t n = 0; n < panel.width; n += kLanes) {
      uint32_t sum[kLanes] = {};
      for (size_t p = 0; p < in.pairs; p++) {
        const int16_t* a = in.rows + m * in.row_stride + 2 * p;
        const int16_t* b = panel.columns + 2 * (p * panel.width + n);
        for (size_t i = 0; i < kLanes; i++)
          sum[i] += static_cast<uint32_t>(a[0] * b[2 * i]) + static_cast<uint32_t>(a[1] * b[2 * i + 1]);
      }
      std::memcpy(out + m * in.column_count + panel.start + n, sum, sizeof sum);
    }
}

#if defined(__x86_64__)
SOTTO_INLINE int32_t load_pair(const int16_t* p) {
  int32_t pair;
  std::memcpy(&pair, p, sizeof pair);
  return pair;
}

template <size_t R>
SOTTO_AVX2 void tile_avx2(const PairProduct& in, const Panel& panel, size_t m, size_t n, int32_t* out) {
  constexpr size_t kVectors = 2, kLanes = 8;
  __m256i sum[R][kVectors];
  for (size_t r = 0; r < R; r++)
    for (size_t v = 0; v < kVectors; v++) sum[r][v] = _mm256_setzero_si256();
  const int16_t* a = in.rows + m * in.row_stride;
  for (size_t p = 0; p < in.pairs; p++) {
    const __m256i* b = reinterpret_cast<const __m256i*>(panel.columns + 2 * (p * panel.width + n));
    const __m256i b0 = _mm256_loadu_si256(b), b1 = _mm256_loadu_si256(b + 1);
    for (size_t r = 0; r < R; r++) {
      const __m256i pair = _mm256_set1_epi32(load_pair(a + r * in.row_stride + 2 * p));
      sum[r][0] = _mm256_add_epi32(sum[r][0], _mm256_madd_epi16(pair, b0));
      sum[r][1] = _mm256_add_epi32(sum[r][1], _mm256_madd_epi16(pair, b1));
    }
  }
  for (size_t r = 0; r < R; r++)
    for (size_t v = 0; v < kVectors; v++) {
      int32_t* to = out + (m + r) * in.column_count + panel.start + n + v * kLanes;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), sum[r][v]);
    }
}

SOTTO_AVX2 void panel_avx2(const PairProduct& in, const Panel& panel, int32_t* out) {
  for (size_t n = 0; n < panel.width; n += 16)
    for_row_tiles<4>(in.row_count, [&](size_t m) { tile_avx2<4>(in, panel, m, n, out); },
                     [&](size_t m) { tile_avx2<1>(in, panel, m, n, out); });
}

// With 24 sums in registers, two multiplications per cycle need about one load each.
template <size_t R, size_t V>
SOTTO_KERNEL512 void tile_avx512(const PairProduct& in, const Panel& panel, size_t m, int32_t* out) {
  __m512i sum[R][V];
#pragma GCC unroll 16
  for (size_t r = 0; r < R; r++)
#pragma GCC unroll 3
    for (size_t v = 0; v < V; v++) sum[r][v] = _mm512_setzero_si512();
  const int16_t* a = in.rows + m * in.row_stride;
  for (size_t p = 0; p < in.pairs; p++) {
    __m512i b[V];
#pragma GCC unroll 3
    for (size_t v = 0; v < V; v++) b[v] = _mm512_loadu_si512(panel.columns + 32 * (p * V + v));
#pragma GCC unroll 16
    for (size_t r = 0; r < R; r++) {
      const __m512i pair = _mm512_set1_epi32(load_pair(a + r * in.row_stride + 2 * p));
#pragma GCC unroll 3
      for (size_t v = 0; v < V; v++) sum[r][v] = _mm512_dpwssd_epi32(sum[r][v], pair, b[v]);
    }
  }
#pragma GCC unroll 16
  for (size_t r = 0; r < R; r++)
#pragma GCC unroll 3
    for (size_t v = 0; v < V; v++)
      _mm512_storeu_si512(out + (m + r) * in.column_count + panel.start + 16 * v, sum[r][v]);
}

template <size_t R, size_t V>
SOTTO_KERNEL512 void panel_avx512(const PairProduct& in, const Panel& panel, int32_t* out) {
  for_row_tiles<R>(in.row_count, [&](size_t m) { tile_avx512<R, V>(in, panel, m, out); },
                   [&](size_t m) { tile_avx512<1, V>(in, panel, m, out); });
}
#endif

void panel_product(CpuPath path, const PairProduct& in, const Panel& panel, int32_t* out) {
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512) {
    if (panel.width == 48) return panel_avx512<8, 3>(in, panel, out);
    if (panel.width == 32) return panel_avx512<12, 2>(in, panel, out);
    return panel_avx512<12, 1>(in, panel, out);
  }
  if (path == CpuPath::kAvx2) return panel_avx2(in, panel, out);
#endif
  (void)path;
  panel_portable(in, panel, out);
}

}  // namespace

void pair_product(CpuPath path, const PairProduct& in, int32_t* out) {
  for (size_t start = 0; start < in.column_count; start += kPanel) {
    const size_t width = std::min(kPanel, in.column_count - start);
    panel_product(path, in, {in.columns + 2 * in.pairs * start, start, width}, out);
  }
}

}  // namespace sotto::judge
