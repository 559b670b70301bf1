// SPDX-License-Identifier: Apache-2.0
#include "judge/net/frame_kernels.h"

#if defined(__x86_64__)
#include "base/intrinsics.h"
#define SOTTO_AVX2 __attribute__((target("avx2")))
#define SOTTO_KERNEL512 SOTTO_AVX512_WIDE("avx512f,avx512bw")
#endif

namespace sotto::judge {
namespace {

// Plain enough for the compiler to turn into vectors of frames.
[[gnu::always_inline]] inline void gather_text(const int16_t* x, const WindowInput* inputs, size_t pairs,
                                               int16_t* __restrict out) {
  for (size_t p = 0; p < pairs; p++) {
    const WindowInput& u = inputs[2 * p];
    const WindowInput& v = inputs[2 * p + 1];
    for (size_t i = 0; i < kFrameBlock; i++) {
      out[2 * (p * kFrameBlock + i)] = static_cast<int16_t>(x[u.first + i] + u.factor * x[u.second + i]);
      out[2 * (p * kFrameBlock + i) + 1] = static_cast<int16_t>(x[v.first + i] + v.factor * x[v.second + i]);
    }
  }
}

void gather_portable(const int16_t* x, const WindowInput* inputs, size_t pairs, int16_t* out) {
  gather_text(x, inputs, pairs, out);
}

void channel(const PowerInput& in, size_t c, uint32_t* d) {
  for (size_t i = 0; i < kFrameBlock; i++) d[i] = static_cast<uint32_t>(in.bias[c]);
  for (size_t t = in.first_term[c]; t < in.first_term[c + 1]; t++) {
    const int32_t* row = in.rows + in.terms[t].row * kFrameBlock;
    for (size_t i = 0; i < kFrameBlock; i++)
      d[i] += static_cast<uint32_t>(in.terms[t].factor) * static_cast<uint32_t>(row[i]);
  }
}

void powers_portable(const PowerInput& in, uint64_t* power) {
  for (size_t bin = 0; bin < in.bins; bin++) {
    uint32_t re[kFrameBlock], im[kFrameBlock];
    channel(in, 2 * bin, re);
    channel(in, 2 * bin + 1, im);
    for (size_t i = 0; i < kFrameBlock; i++) {
      const int64_t a = static_cast<int32_t>(re[i]), b = static_cast<int32_t>(im[i]);
      power[bin * kFrameBlock + i] = static_cast<uint64_t>(a * a) + static_cast<uint64_t>(b * b);
    }
  }
}

void mel_portable(const uint64_t* power, const MelWeight* weights, size_t count, uint64_t* out) {
  for (size_t i = 0; i < kFrameBlock; i++) out[i] = 1;
  for (size_t j = 0; j < count; j++)
    for (size_t i = 0; i < kFrameBlock; i++) out[i] += weights[j].weight * power[weights[j].bin * kFrameBlock + i];
}

#if defined(__x86_64__)

SOTTO_AVX2 void gather_avx2(const int16_t* x, const WindowInput* inputs, size_t pairs, int16_t* out) {
  gather_text(x, inputs, pairs, out);
}

SOTTO_KERNEL512 void gather_avx512(const int16_t* x, const WindowInput* inputs, size_t pairs, int16_t* out) {
  gather_text(x, inputs, pairs, out);
}

// D of channel c, of the 8 frames from i on.
SOTTO_AVX2 inline __m256i channel_avx2(const PowerInput& in, size_t c, size_t i) {
  __m256i d = _mm256_set1_epi32(in.bias[c]);
  for (size_t t = in.first_term[c]; t < in.first_term[c + 1]; t++) {
    const int32_t* row = in.rows + in.terms[t].row * kFrameBlock + i;
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
    d = _mm256_add_epi32(d, _mm256_mullo_epi32(_mm256_set1_epi32(in.terms[t].factor), v));
  }
  return d;
}

SOTTO_AVX2 void powers_avx2(const PowerInput& in, uint64_t* power) {
  for (size_t bin = 0; bin < in.bins; bin++)
    for (size_t i = 0; i < kFrameBlock; i += 8) {
      const __m256i re = channel_avx2(in, 2 * bin, i), im = channel_avx2(in, 2 * bin + 1, i);
      const __m256i re_odd = _mm256_srli_epi64(re, 32), im_odd = _mm256_srli_epi64(im, 32);
      const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(re, re), _mm256_mul_epi32(im, im));
      const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(re_odd, re_odd), _mm256_mul_epi32(im_odd, im_odd));
      const __m256i low = _mm256_unpacklo_epi64(even, odd), high = _mm256_unpackhi_epi64(even, odd);  // 0 1 4 5, 2 3 6 7
      __m256i* to = reinterpret_cast<__m256i*>(power + bin * kFrameBlock + i);
      _mm256_storeu_si256(to, _mm256_permute2x128_si256(low, high, 0x20));
      _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(low, high, 0x31));
    }
}

SOTTO_AVX2 void mel_avx2(const uint64_t* power, const MelWeight* weights, size_t count, uint64_t* out) {
  for (size_t i = 0; i < kFrameBlock; i += 4) {
    __m256i low = _mm256_set1_epi64x(1), high = _mm256_setzero_si256();  // sum = low + 2^32 high
    for (size_t j = 0; j < count; j++) {
      const __m256i w = _mm256_set1_epi64x(weights[j].weight);
      const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(power + weights[j].bin * kFrameBlock + i));
      low = _mm256_add_epi64(low, _mm256_mul_epu32(w, v));
      high = _mm256_add_epi64(high, _mm256_mul_epu32(w, _mm256_srli_epi64(v, 32)));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), _mm256_add_epi64(low, _mm256_slli_epi64(high, 32)));
  }
}

// D of channel c, all frames of the block.
SOTTO_KERNEL512 inline void channel_avx512(const PowerInput& in, size_t c, __m512i* d) {
  d[0] = d[1] = _mm512_set1_epi32(in.bias[c]);
  for (size_t t = in.first_term[c]; t < in.first_term[c + 1]; t++) {
    const int32_t* row = in.rows + in.terms[t].row * kFrameBlock;
    const __m512i factor = _mm512_set1_epi32(in.terms[t].factor);
    d[0] = _mm512_add_epi32(d[0], _mm512_mullo_epi32(factor, _mm512_loadu_si512(row)));
    d[1] = _mm512_add_epi32(d[1], _mm512_mullo_epi32(factor, _mm512_loadu_si512(row + 16)));
  }
}

SOTTO_KERNEL512 void powers_avx512(const PowerInput& in, uint64_t* power) {
  const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), last = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  for (size_t bin = 0; bin < in.bins; bin++) {
    __m512i re[2], im[2];
    channel_avx512(in, 2 * bin, re);
    channel_avx512(in, 2 * bin + 1, im);
    for (size_t v = 0; v < 2; v++) {
      const __m512i re_odd = _mm512_srli_epi64(re[v], 32), im_odd = _mm512_srli_epi64(im[v], 32);
      const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(re[v], re[v]), _mm512_mul_epi32(im[v], im[v]));
      const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(re_odd, re_odd), _mm512_mul_epi32(im_odd, im_odd));
      uint64_t* to = power + bin * kFrameBlock + 16 * v;
      _mm512_storeu_si512(to, _mm512_permutex2var_epi64(even, first, odd));
      _mm512_storeu_si512(to + 8, _mm512_permutex2var_epi64(even, last, odd));
    }
  }
}

SOTTO_KERNEL512 void mel_avx512(const uint64_t* power, const MelWeight* weights, size_t count, uint64_t* out) {
  constexpr size_t kVectors = kFrameBlock / 8;
  __m512i low[kVectors], high[kVectors];  // sum = low + 2^32 high
  for (size_t v = 0; v < kVectors; v++) low[v] = _mm512_set1_epi64(1), high[v] = _mm512_setzero_si512();
  for (size_t j = 0; j < count; j++) {
    const __m512i w = _mm512_set1_epi64(weights[j].weight);
    for (size_t v = 0; v < kVectors; v++) {
      const __m512i p = _mm512_loadu_si512(power + weights[j].bin * kFrameBlock + 8 * v);
      low[v] = _mm512_add_epi64(low[v], _mm512_mul_epu32(w, p));
      high[v] = _mm512_add_epi64(high[v], _mm512_mul_epu32(w, _mm512_srli_epi64(p, 32)));
    }
  }
  for (size_t v = 0; v < kVectors; v++)
    _mm512_storeu_si512(out + 8 * v, _mm512_add_epi64(low[v], _mm512_slli_epi64(high[v], 32)));
}
#define SOTTO_DISPATCH(kernel, ...)                                    \
  if (path == CpuPath::kAvx512) return kernel##_avx512(__VA_ARGS__);   \
  if (path == CpuPath::kAvx2) return kernel##_avx2(__VA_ARGS__);       \
  kernel##_portable(__VA_ARGS__)
#else
#define SOTTO_DISPATCH(kernel, ...) (void)path, kernel##_portable(__VA_ARGS__)
#endif

}  // namespace

void gather_inputs(CpuPath path, const int16_t* x, const WindowInput* inputs, size_t pairs, int16_t* out) {
  SOTTO_DISPATCH(gather, x, inputs, pairs, out);
}

void powers(CpuPath path, const PowerInput& in, uint64_t* power) { SOTTO_DISPATCH(powers, in, power); }

void mel_band(CpuPath path, const uint64_t* power, const MelWeight* weights, size_t count, uint64_t* out) {
  SOTTO_DISPATCH(mel, power, weights, count, out);
}

}  // namespace sotto::judge
