// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/functions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "base/intrinsics.h"
#include "base/parallel.h"

#define SOTTO_INLINE inline __attribute__((always_inline))

namespace sotto::judge::teacher {
namespace {

// e^x = 2^n e^r with n = round(x / ln 2), |r| <= ln 2 / 2, and Taylor's polynomial of degree 7 for e^r: its rest is
// below r^8 / 8! < 6e-9. Adding and taking away 1.5 * 2^23 rounds to an integer. Branch-free, so that loops become
// vectors.
SOTTO_INLINE float exponential(float x) {
  constexpr float kRound = 12582912.0f, kLog2E = 1.44269504f;
  constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;  // ln 2 = high + low; n * high is exact
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifted = x * kLog2E + kRound, n = shifted - kRound;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t exponent = (static_cast<int32_t>(n) + 127) << 23;
  return p * std::bit_cast<float>(exponent);
}

// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: for x >= 0,
//   erf x = 1 - (a1 t + … + a5 t^5) e^(-x²) + ε,   t = 1 / (1 + p x),   |ε| <= 1.5e-7
SOTTO_INLINE float gelu_of(float x) {
  const float y = std::fabs(x) * 0.707106781f, t = 1.0f / (1.0f + 0.3275911f * y);
  float q = 1.061405429f;
  q = q * t - 1.453152027f;
  q = q * t + 1.421413741f;
  q = q * t - 0.284496736f;
  q = q * t + 0.254829592f;
  const float erf = std::copysign(1.0f - q * t * exponential(-y * y), x);
  return 0.5f * x * (1.0f + erf);
}

SOTTO_INLINE void gelu_text(float* x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = gelu_of(x[i]);
}

constexpr size_t kWorthAThread = 50000;  // floats: below that, starting one costs more than it saves

void normalise_row(std::span<float> row, std::span<const float> weight, std::span<const float> bias) {
  const double n = static_cast<double>(row.size());
  double sum = 0, squares = 0;
  for (float x : row) sum += double{x};
  const double mean = sum / n;
  for (float x : row) squares += (double{x} - mean) * (double{x} - mean);
  const double scale = 1 / std::sqrt(squares / n + double{kNormEpsilon});
  for (size_t i = 0; i < row.size(); i++)
    row[i] = static_cast<float>((double{row[i]} - mean) * scale) * weight[i] + bias[i];
}

// Sums and maxima over lanes, since the compiler may not reorder floats by itself.
constexpr size_t kLanes = 16;

SOTTO_INLINE void softmax_text(float* x, size_t n, float gate, const float* bias) {
  float most[kLanes], sum[kLanes] = {};
  std::fill(most, most + kLanes, -INFINITY);
  for (size_t i = 0; i < n; i++) x[i] += gate * bias[i];
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (size_t l = 0; l < kLanes; l++) most[l] = x[i + l] > most[l] ? x[i + l] : most[l];
  for (; i < n; i++) most[0] = std::max(most[0], x[i]);
  const float top = *std::max_element(most, most + kLanes);
  for (i = 0; i < n; i++) x[i] = exponential(x[i] - top);
  for (i = 0; i + kLanes <= n; i += kLanes)
    for (size_t l = 0; l < kLanes; l++) sum[l] += x[i + l];
  for (; i < n; i++) sum[0] += x[i];
  float total = 0;
  for (float s : sum) total += s;
  const float scale = 1.0f / total;
  for (i = 0; i < n; i++) x[i] *= scale;
}

#if defined(__x86_64__)
#define SOTTO_AVX2 __attribute__((target("avx2,fma")))
#define SOTTO_KERNEL512 SOTTO_AVX512_WIDE("avx512f,fma")
SOTTO_AVX2 void gelu_avx2(float* x, size_t n) { gelu_text(x, n); }
SOTTO_KERNEL512 void gelu_avx512(float* x, size_t n) { gelu_text(x, n); }
SOTTO_AVX2 void softmax_avx2(float* x, size_t n, float gate, const float* bias) { softmax_text(x, n, gate, bias); }
SOTTO_KERNEL512 void softmax_avx512(float* x, size_t n, float gate, const float* bias) { softmax_text(x, n, gate, bias); }
#endif

}  // namespace

void gelu(std::span<float> x, CpuPath path) {
  const auto run = [&](float* part, size_t n) {
#if defined(__x86_64__)
    if (path == CpuPath::kAvx512) return gelu_avx512(part, n);
    if (path == CpuPath::kAvx2) return gelu_avx2(part, n);
#endif
    (void)path;
    gelu_text(part, n);
  };
  parallel_for(
      x.size(), [&](size_t begin, size_t end, unsigned) { run(x.data() + begin, end - begin); }, kWorthAThread);
}

void gated_softmax(std::span<float> x, float gate, const float* bias, CpuPath path) {
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512) return softmax_avx512(x.data(), x.size(), gate, bias);
  if (path == CpuPath::kAvx2) return softmax_avx2(x.data(), x.size(), gate, bias);
#endif
  (void)path;
  softmax_text(x.data(), x.size(), gate, bias);
}

void layer_norm(std::span<float> x, std::span<const float> weight, std::span<const float> bias) {
  const size_t width = weight.size();
  SOTTO_CHECK(bias.size() == width && x.size() % width == 0);
  const auto rows = [&](size_t begin, size_t end, unsigned) {
    for (size_t row = begin; row < end; row++) normalise_row(x.subspan(row * width, width), weight, bias);
  };
  parallel_for(x.size() / width, rows, kWorthAThread / width);
}

}  // namespace sotto::judge::teacher
