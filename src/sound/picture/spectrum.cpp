// SPDX-License-Identifier: Apache-2.0
#include "sound/picture/spectrum.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace sotto::sound {
namespace {

using Complex = std::complex<float>;

// Cooley and Tukey's transform in place, decimation in time. Requires: a power of two of values.
void transform(std::vector<Complex>& x) {
  const size_t n = x.size();
  for (size_t i = 1, j = 0; i < n; i++) {
    size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (size_t length = 2; length <= n; length *= 2) {
    const float angle = -2 * std::numbers::pi_v<float> / static_cast<float>(length);
    for (size_t k = 0; k < length / 2; k++) {
      const Complex turn = std::polar(1.0f, angle * static_cast<float>(k));
      for (size_t i = k; i < n; i += length) {
        const Complex u = x[i], v = x[i + length / 2] * turn;
        x[i] = u + v;
        x[i + length / 2] = u - v;
      }
    }
  }
}

}  // namespace

std::vector<std::vector<float>> spectrogram(const Samples& samples, unsigned columns) {
  std::vector<float> window(kSpectrumWindow);
  for (unsigned i = 0; i < kSpectrumWindow; i++) {  // Hann's
    window[i] = 0.5f - 0.5f * std::cos(2 * std::numbers::pi_v<float> * (static_cast<float>(i) + 0.5f) / kSpectrumWindow);
  }
  std::vector<std::vector<float>> result(columns, std::vector<float>(kSpectrumBins, -120.0f));
  std::vector<Complex> frame(kSpectrumWindow);
  for (unsigned c = 0; c < columns; c++) {
    const int64_t middle = static_cast<int64_t>((c + 0.5) * static_cast<double>(samples.size()) / columns);
    float mean = 0;
    for (unsigned pass = 0; pass < 2; pass++) {  // a constant level is silence
      for (unsigned i = 0; i < kSpectrumWindow; i++) {
        const int64_t at = middle + i - kSpectrumWindow / 2;
        const bool inside = at >= 0 && at < static_cast<int64_t>(samples.size());
        const float x = inside ? static_cast<float>(samples[static_cast<size_t>(at)]) / 127.5f - 1 : 0;
        if (pass == 0) mean += x / kSpectrumWindow;
        frame[i] = inside ? (x - mean) * window[i] : 0;
      }
    }
    transform(frame);
    for (unsigned k = 0; k < kSpectrumBins; k++) {
      result[c][k] = 20 * std::log10(std::abs(frame[k]) / (0.25f * kSpectrumWindow) + 1e-6f);
    }
  }
  return result;
}

}  // namespace sotto::sound
