// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/matrix.h"

#include <algorithm>

#include "base/check.h"
#include "base/intrinsics.h"
#include "base/parallel.h"

#define SOTTO_INLINE inline __attribute__((always_inline))

namespace sotto::judge::teacher {
namespace {

// Vectors of W floats; the compiler splits or refuses none of them, since each W is used under the target that has it.
template <size_t W>
struct Vector {
  typedef float Type __attribute__((vector_size(W * sizeof(float)), aligned(sizeof(float)), may_alias));
};

// The shape of the inner loop: R rows times two vectors of W columns stay in registers.
template <size_t W, size_t R>
struct Tile {
  static constexpr size_t kWidth = W, kRows = R, kColumns = 2 * W;
};
using PortableTile = Tile<4, 4>;
using Avx2Tile = Tile<8, 6>;
using Avx512Tile = Tile<16, 12>;

// Blocks that stay in the caches: a panel of B of kDepth rows in the first, kRows rows of A in the second.
constexpr size_t kDepthBlock = 256, kRowBlock = 240;

size_t panel_columns(CpuPath path) {
  switch (path) {
    case CpuPath::kAvx512:
      return Avx512Tile::kColumns;
    case CpuPath::kAvx2:
      return Avx2Tile::kColumns;
    case CpuPath::kPortable:
      break;
  }
  return PortableTile::kColumns;
}

// One block of the product: rows of A, depth values of each, one panel. The first block of a sum starts from the bias.
struct Block {
  const float* a;
  size_t stride_a;
  const float* panel;
  const float* bias;  // null: go on from c
  float* c;
  size_t stride_c;
  size_t rows, depth, columns;  // columns: of the panel, those that c has
};

template <size_t W, size_t R>
SOTTO_INLINE void tile(const Block& b, size_t row) {
  using V = typename Vector<W>::Type;
  V sum[R][2];
  float edge[R][2 * W] = {};  // where c has fewer columns than the panel
  const bool whole = b.columns == 2 * W;
  float* c = b.c + row * b.stride_c;
  for (size_t r = 0; r < R; r++)
    for (size_t j = 0; j < 2; j++) {
      if (!b.bias && !whole) std::copy(c + r * b.stride_c, c + r * b.stride_c + b.columns, edge[r]);
      sum[r][j] = *reinterpret_cast<const V*>((b.bias ? b.bias : whole ? c + r * b.stride_c : edge[r]) + j * W);
    }
  const float* a = b.a + row * b.stride_a;
  for (size_t k = 0; k < b.depth; k++) {
    const V first = *reinterpret_cast<const V*>(b.panel + k * 2 * W),
            second = *reinterpret_cast<const V*>(b.panel + k * 2 * W + W);
    for (size_t r = 0; r < R; r++) {
      sum[r][0] += a[r * b.stride_a + k] * first;
      sum[r][1] += a[r * b.stride_a + k] * second;
    }
  }
  for (size_t r = 0; r < R; r++) {
    float* out = whole ? c + r * b.stride_c : edge[r];
    *reinterpret_cast<V*>(out) = sum[r][0];
    *reinterpret_cast<V*>(out + W) = sum[r][1];
    if (!whole) std::copy(edge[r], edge[r] + b.columns, c + r * b.stride_c);
  }
}

// The rows that no whole tile covers.
template <size_t W, size_t R>
SOTTO_INLINE void last_rows(const Block& b, size_t row) {
  if (b.rows - row == R) tile<W, R>(b, row);
  else if constexpr (R > 1) last_rows<W, R - 1>(b, row);
}

template <class T>
SOTTO_INLINE void block_text(const Block& b) {
  size_t row = 0;
  for (; row + T::kRows <= b.rows; row += T::kRows) tile<T::kWidth, T::kRows>(b, row);
  if (row < b.rows) last_rows<T::kWidth, T::kRows - 1>(b, row);
}

void block_portable(const Block& b) { block_text<PortableTile>(b); }
#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void block_avx2(const Block& b) { block_text<Avx2Tile>(b); }
SOTTO_AVX512("avx512f,fma") void block_avx512(const Block& b) { block_text<Avx512Tile>(b); }
#endif

void run_block(CpuPath path, const Block& b) {
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512) return block_avx512(b);
  if (path == CpuPath::kAvx2) return block_avx2(b);
#endif
  (void)path;
  block_portable(b);
}

}  // namespace

Factor::Factor(const float* data, size_t columns, size_t depth, size_t stride_n, size_t stride_k,
               std::span<const float> bias, CpuPath path)
    : columns_(columns), depth_(depth), path_(path) {
  SOTTO_CHECK(bias.empty() || bias.size() == columns);
  const size_t width = panel_columns(path), padded = (columns + width - 1) / width * width;
  bias_.assign(padded, 0);
  std::copy(bias.begin(), bias.end(), bias_.begin());
  panels_.assign(padded * depth, 0);
  for (size_t n = 0; n < columns; n++) {
    float* out = panels_.data() + n / width * width * depth + n % width;
    for (size_t k = 0; k < depth; k++) out[k * width] = data[n * stride_n + k * stride_k];
  }
}

void Factor::multiply(const float* a, size_t rows, size_t stride_a, float* c, size_t stride_c) const {
  const size_t width = panel_columns(path_);
  for (size_t row = 0; row < rows; row += kRowBlock)
    for (size_t k = 0; k < depth_; k += kDepthBlock)
      for (size_t n = 0; n < columns_; n += width)
        run_block(path_,
                  {a + row * stride_a + k, stride_a, panels_.data() + n * depth_ + k * width,
                   k == 0 ? bias_.data() + n : nullptr, c + row * stride_c + n, stride_c,
                   std::min(kRowBlock, rows - row), std::min(kDepthBlock, depth_ - k), std::min(width, columns_ - n)});
}

void Factor::multiply_parallel(const float* a, size_t rows, size_t stride_a, float* c, size_t stride_c) const {
  parallel_for(
      rows,
      [&](size_t begin, size_t end, unsigned) {
        multiply(a + begin * stride_a, end - begin, stride_a, c + begin * stride_c, stride_c);
      },
      kRowBlock / 2);
}

}  // namespace sotto::judge::teacher
