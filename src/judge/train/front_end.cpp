// SPDX-License-Identifier: Apache-2.0
#include "judge/train/front_end.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sotto::judge::train {
namespace {

// 12-bit weights: features differ from the exact DFT's by 0.03 of 1/8 octave. Of long windows 11 bits, so that energies
// fit 63.
double amplitude(const Network& net) { return net.hop_bits > 8 ? 1023 : 2047; }
constexpr double kMelScale = 32;
constexpr double kLowest = 40, kHighest = 3900, kRate = 8000;  // Hz
// Energy below which nothing is heard, in units of (sample step)^2 of a windowed bin of 512 samples: rounding noise of
// 8-bit audio. Without it, digital silence would be 30 octaves below the faintest hiss.
constexpr double kFloorAmplitude = 8;
constexpr int kSampleOffset = 128;

// dft[n][2 bin + (0: re, 1: im)] = round(amplitude hann(n) (cos, -sin)(2 pi bin n / window)); the bias turns x into x -
// 128.
void fill_dft(Network& net) {
  const size_t window = 2 * size_t{net.hop()}, channels = 2 * size_t{net.bins};
  net.dft.assign(window * channels, 0);
  net.dft_bias.assign(channels, 0);
  const double turn = 2 * std::numbers::pi / static_cast<double>(window);
  for (size_t n = 0; n < window; n++) {
    const double hann = 0.5 - 0.5 * std::cos(turn * static_cast<double>(n));
    for (size_t bin = 1; bin < net.bins; bin++) {
      const double phase = turn * static_cast<double>(n * bin % window);
      net.dft[n * channels + 2 * bin] = static_cast<int32_t>(std::lround(amplitude(net) * hann * std::cos(phase)));
      net.dft[n * channels + 2 * bin + 1] = static_cast<int32_t>(std::lround(-amplitude(net) * hann * std::sin(phase)));
    }
    for (size_t c = 0; c < channels; c++) net.dft_bias[c] -= kSampleOffset * int64_t{net.dft[n * channels + c]};
  }
  // Bin 0 (the constant part, which nobody hears) is replaced by a constant: the floor that every mel band adds.
  net.dft_bias[0] = static_cast<int64_t>(kFloorAmplitude * amplitude(net) * std::sqrt(net.hop() / 256.0));
}

// Triangles between neighbouring centres, spaced geometrically but at least 0.8 bins apart, divided by the root of
// their area: what broadband noise puts into a band then grows with the root of its width.
void fill_mel(Network& net) {
  const size_t bands = net.bands, points = bands + 2;
  const double spacing = kRate / (2.0 * net.hop());
  std::vector<double> f(points);
  for (size_t i = 0; i < points; i++) {
    const double x = static_cast<double>(i) / static_cast<double>(points - 1);
    f[i] = std::max(kLowest * std::pow(kHighest / kLowest, x), kLowest + static_cast<double>(i) * spacing * 0.8);
  }
  std::sort(f.begin(), f.end());
  for (double& v : f) v *= kHighest / f.back();
  net.mel.assign(size_t{net.bins} * bands, 0);
  for (size_t b = 0; b < bands; b++) {
    std::vector<double> triangle(net.bins, 0);
    double area = 0;
    for (size_t bin = 1; bin < net.bins; bin++) {
      const double hz = static_cast<double>(bin) * spacing;
      triangle[bin] = std::max(0.0, std::min((hz - f[b]) / (f[b + 1] - f[b]), (f[b + 2] - hz) / (f[b + 2] - f[b + 1])));
      area += triangle[bin];
    }
    if (area == 0) {  // narrower than a bin: the nearest one
      triangle[static_cast<size_t>(std::lround(f[b + 1] / spacing))] = area = 1;
    }
    for (size_t bin = 1; bin < net.bins; bin++)
      net.mel[bin * bands + b] = static_cast<int32_t>(std::lround(kMelScale * triangle[bin] / std::sqrt(area)));
    net.mel[b] = static_cast<int32_t>(kMelScale);  // bin 0: the floor
  }
}

}  // namespace

Network make_front_end(uint32_t hop_bits) {
  Network net;  // the defaults of network.h are the shape of ear-20k
  if (hop_bits != net.hop_bits) {
    net.hop_bits = hop_bits;
    net.frames = net.samples / net.hop() - 1;
    net.bins = net.hop();
    net.bands = 72;  // semitones, but for the lowest octaves
  }
  fill_dft(net);
  fill_mel(net);
  const size_t half = size_t{1} << (net.range_bits - 1);
  for (size_t f = 0; f < half; f++) {
    const double octaves = std::log2(1 + static_cast<double>(f) / static_cast<double>(half));
    net.log_table.push_back(static_cast<uint32_t>(std::lround(net.log_step * octaves)));
  }
  return net;
}

}  // namespace sotto::judge::train
