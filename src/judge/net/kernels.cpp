// SPDX-License-Identifier: Apache-2.0
#include "judge/net/kernels.h"

#include <algorithm>

#define SOTTO_INLINE inline __attribute__((always_inline))

namespace sotto::judge {
namespace {

// F frames times C channels of scalar products along l, which the compiler turns into multiply-add of 16-bit pairs.
template <size_t F, size_t C>
SOTTO_INLINE void dft_tile(const DftKernelInput& in, size_t frame, size_t channel, int32_t* out) {
  const size_t window = 2 * in.hop;
  int32_t sum[F][C] = {};
  for (size_t l = 0; l < window; l++)
    for (size_t f = 0; f < F; f++)
      for (size_t c = 0; c < C; c++) {
        const int32_t x = in.x[(frame + f) * in.hop + l], w = in.weights[(channel + c) * window + l];
        sum[f][c] += x * w;
      }
  for (size_t f = 0; f < F; f++)
    for (size_t c = 0; c < C; c++) out[(frame + f) * in.channels + channel + c] = sum[f][c];
}

SOTTO_INLINE void dft_text(const DftKernelInput& in, int32_t* out) {
  constexpr size_t kFrames = 2, kChannels = 4;
  size_t c = 0;
  for (; c + kChannels <= in.channels; c += kChannels) {
    size_t i = 0;
    for (; i + kFrames <= in.frames; i += kFrames) dft_tile<kFrames, kChannels>(in, i, c, out);
    for (; i < in.frames; i++) dft_tile<1, kChannels>(in, i, c, out);
  }
  for (; c < in.channels; c++)
    for (size_t i = 0; i < in.frames; i++) dft_tile<1, 1>(in, i, c, out);
}

SOTTO_INLINE void conv_text(const ConvKernelInput& in, uint32_t* out) {
  for (size_t i = 0; i < in.frames; i++) {
    uint32_t* acc = out + i * in.out_channels;
    std::copy(in.bias, in.bias + in.out_channels, acc);
    const uint32_t* x = in.in + 2 * i * in.in_channels;
    for (size_t j = 0; j < 4 * in.in_channels; j++) {
      if (x[j] == 0) continue;  // half of the activations
      const uint32_t* __restrict w = in.weights + j * in.out_channels;
      for (size_t c = 0; c < in.out_channels; c++) acc[c] += x[j] * w[c];
    }
  }
}

void dft_portable(const DftKernelInput& in, int32_t* out) { dft_text(in, out); }
void conv_portable(const ConvKernelInput& in, uint32_t* out) { conv_text(in, out); }

#if defined(__x86_64__)
#define SOTTO_AVX2 __attribute__((target("avx2")))
#define SOTTO_AVX512 __attribute__((target("avx512f,avx512bw,avx512vnni,prefer-vector-width=512")))
SOTTO_AVX2 void dft_avx2(const DftKernelInput& in, int32_t* out) { dft_text(in, out); }
SOTTO_AVX2 void conv_avx2(const ConvKernelInput& in, uint32_t* out) { conv_text(in, out); }
SOTTO_AVX512 void dft_avx512(const DftKernelInput& in, int32_t* out) { dft_text(in, out); }
SOTTO_AVX512 void conv_avx512(const ConvKernelInput& in, uint32_t* out) { conv_text(in, out); }
#endif

}  // namespace

void dft_kernel(CpuPath path, const DftKernelInput& in, int32_t* out) {
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512) return dft_avx512(in, out);
  if (path == CpuPath::kAvx2) return dft_avx2(in, out);
#endif
  (void)path;
  dft_portable(in, out);
}

void conv_kernel(CpuPath path, const ConvKernelInput& in, uint32_t* out) {
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512) return conv_avx512(in, out);
  if (path == CpuPath::kAvx2) return conv_avx2(in, out);
#endif
  (void)path;
  conv_portable(in, out);
}

}  // namespace sotto::judge
