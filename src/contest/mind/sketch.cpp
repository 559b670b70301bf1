// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/sketch.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "contest/mind/kind.h"
#include "sound/bytebeat/render.h"

namespace sotto::contest {
namespace {

constexpr unsigned kWindows = 16, kWindow = 512, kOctaves = 8;

// One number of every window, and the same sample of every window: all loops below run over windows, and the compiler
// does eight at a time. Samples are centred, so that sums of 128 of them, and their differences, fit 16 bits.
template <typename T>
using Each = std::array<T, kWindows>;
using Columns = std::array<Each<int16_t>, kWindow>;

// floor(8 log2(v + 1)), between powers of two by linear interpolation.
unsigned eighths(uint64_t v) {
  const unsigned e = static_cast<unsigned>(std::bit_width(v + 1)) - 1;
  return 8 * e + static_cast<unsigned>(((v + 1) << 3 >> e) & 7);
}

int16_t magnitude(int v) { return static_cast<int16_t>(v < 0 ? -v : v); }

Columns columns_of(const std::array<const uint8_t*, kWindows>& windows) {
  Columns out;
  for (unsigned w = 0; w < kWindows; ++w)
    for (unsigned i = 0; i < kWindow; ++i) out[i][w] = static_cast<int16_t>(windows[w][i] - 128);
  return out;
}

Each<int16_t> means_of(const Columns& x) {
  Each<int32_t> sum{};
  for (const auto& column : x)
    for (unsigned w = 0; w < kWindows; ++w) sum[w] += column[w];
  Each<int16_t> mean;
  for (unsigned w = 0; w < kWindows; ++w) mean[w] = static_cast<int16_t>(sum[w] / static_cast<int>(kWindow));
  return mean;
}

// Sums over a window: of deviations from its mean, of steps between neighbours, of crossings of the mean.
struct Course {
  Each<uint32_t> loudness{}, steps{}, crossings{};
};

Course course_of(const Columns& x) {
  const Each<int16_t> mean = means_of(x);
  Each<uint16_t> steps{}, crossings{};
  Each<uint32_t> loudness{};
  for (unsigned i = 0; i < kWindow; ++i)
    for (unsigned w = 0; w < kWindows; ++w) loudness[w] += static_cast<uint16_t>(magnitude(x[i][w] - mean[w]));
  Course out{loudness, {}, {}};
  for (unsigned half = 0; half < 2; ++half) {  // 255 steps of at most 255 fit 16 bits
    steps = {};
    for (unsigned i = 1 + half * kWindow / 2; i < (half + 1) * kWindow / 2; ++i)
      for (unsigned w = 0; w < kWindows; ++w) {
        steps[w] = static_cast<uint16_t>(steps[w] + magnitude(x[i][w] - x[i - 1][w]));
        crossings[w] = static_cast<uint16_t>(crossings[w] + ((x[i][w] > mean[w]) != (x[i - 1][w] > mean[w])));
      }
    for (unsigned w = 0; w < kWindows; ++w) out.steps[w] += steps[w];
  }
  for (unsigned w = 0; w < kWindows; ++w) out.crossings[w] = crossings[w];
  return out;
}

// Loudness of an octave: the difference of neighbouring sums of 2^k samples, in sixteenths of a step per sample. `x` becomes the
// sums of twice as many. A window's differences are at most 255 per sample of half of it: 65,280.
Each<uint32_t> take_octave(Columns& x, unsigned pairs) {
  Each<uint16_t> sum{};
  for (unsigned i = 0; i < pairs; ++i)
    for (unsigned w = 0; w < kWindows; ++w) {
      sum[w] = static_cast<uint16_t>(sum[w] + magnitude(x[2 * i][w] - x[2 * i + 1][w]));
      x[i][w] = static_cast<int16_t>(x[2 * i][w] + x[2 * i + 1][w]);
    }
  Each<uint32_t> out;
  for (unsigned w = 0; w < kWindows; ++w) out[w] = 16u * sum[w] / (kWindow / 2);
  return out;
}

// Values in use: a melody of square waves has few, noise has all.
Each<uint32_t> levels_of(const std::array<const uint8_t*, kWindows>& windows) {
  Each<uint32_t> out{};
  for (unsigned w = 0; w < kWindows; ++w) {
    std::array<uint8_t, 256> used{};
    for (unsigned i = 0; i < kWindow; ++i) used[windows[w][i]] = 1;
    for (const uint8_t u : used) out[w] += u;
  }
  return out;
}

uint64_t changes_of(const Each<uint32_t>& v) {
  uint64_t sum = 0;
  for (unsigned w = 1; w < kWindows; ++w) sum += v[w] > v[w - 1] ? v[w] - v[w - 1] : v[w - 1] - v[w];
  return sum;
}
uint64_t sum_of(const Each<uint32_t>& v) {
  uint64_t sum = 0;
  for (const uint32_t x : v) sum += x;
  return sum;
}

uint8_t clip(uint64_t v) { return static_cast<uint8_t>(std::min<uint64_t>(255, v)); }

Glimpse look(const std::array<const uint8_t*, kWindows>& windows) {
  Columns x = columns_of(windows);
  const Course course = course_of(x);
  Glimpse out;
  unsigned at = 0;
  const auto add = [&](const Each<uint32_t>& v) {
    Each<uint32_t> logs;
    for (unsigned w = 0; w < kWindows; ++w) logs[w] = eighths(v[w]);
    out.sketch[at++] = clip(sum_of(logs) / 8);
    out.sketch[at++] = clip(changes_of(logs) / 4);
  };
  for (unsigned k = 0; k < kOctaves; ++k) add(take_octave(x, kWindow >> (k + 1)));
  add(course.crossings);
  add(levels_of(windows));
  FrameSums sums;
  for (unsigned w = 0; w < kWindows; ++w) sums.add(course.steps[w], course.loudness[w]);
  out.kind = kind_of(sums);
  return out;
}

std::array<uint32_t, kWindows> starts(uint32_t samples) {
  std::array<uint32_t, kWindows> out;
  for (unsigned w = 0; w < kWindows; ++w)
    out[w] = static_cast<uint32_t>(uint64_t{samples - kWindow} * w / (kWindows - 1));
  return out;
}

}  // namespace

Sketch sketch(std::span<const uint8_t> samples) {
  if (samples.size() < kWindow) return {};
  const auto from = starts(static_cast<uint32_t>(samples.size()));
  std::array<const uint8_t*, kWindows> windows;
  for (unsigned w = 0; w < kWindows; ++w) windows[w] = samples.data() + from[w];
  return look(windows).sketch;
}

Glimpse glimpse(const sound::Program& program, uint32_t samples) {
  if (samples < kWindow) return {};
  const sound::Samples heard = sound::render_stretches(program, starts(samples), kWindow);
  std::array<const uint8_t*, kWindows> windows;
  for (unsigned w = 0; w < kWindows; ++w) windows[w] = heard.data() + w * kWindow;
  return look(windows);
}

}  // namespace sotto::contest
