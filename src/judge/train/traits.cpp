// SPDX-License-Identifier: Apache-2.0
#include "judge/train/traits.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace sotto::judge::train {
namespace {

constexpr float kStep = 32;                      // feature units per octave
constexpr float kFloor = 0.02f;                  // octaves^2: differences below it are noise
constexpr size_t kGroups = 6;                    // of neighbouring bands
constexpr size_t kCoarse = 16;                   // parts of the spectrum
constexpr size_t kParts[] = {2, 5, 10, 20, 62};  // of the clip, in time

float log_square(double x) { return static_cast<float>(std::log2(static_cast<double>(kFloor) + x)); }

// About `count` lags from 1 to 0.7 of the frames, in equal ratios.
std::vector<size_t> lags(size_t frames, unsigned count) {
  std::vector<size_t> out;
  const double longest = std::log2(0.7 * static_cast<double>(frames));
  for (unsigned i = 0; i < count; i++) {
    const auto lag = static_cast<size_t>(std::lround(std::exp2(longest * i / (count - 1))));
    if (out.empty() || lag > out.back()) out.push_back(lag);
  }
  return out;
}

// A clip: z without the loudness of its frames, and that loudness.
struct Clip {
  size_t frames, bands;
  std::vector<float> z, level;
  const float* frame(size_t t) const { return z.data() + t * bands; }
};

Clip clip_of(std::span<const uint16_t> features, size_t bands) {
  Clip c{features.size() / bands, bands, {}, {}};
  for (size_t t = 0; t < c.frames; t++) {
    float sum = 0;
    for (size_t b = 0; b < bands; b++) sum += static_cast<float>(features[t * bands + b]) / kStep;
    c.level.push_back(sum / static_cast<float>(bands));
    for (size_t b = 0; b < bands; b++) c.z.push_back(static_cast<float>(features[t * bands + b]) / kStep - c.level[t]);
  }
  return c;
}

// Mean square of z(t + lag) - z(t): of each group of bands, of all, and of the level.
struct Differences {
  std::array<double, kGroups> group{};
  double all = 0, level = 0;
};
Differences differences(const Clip& c, size_t lag) {
  Differences d;
  const size_t in_group = c.bands / kGroups;
  for (size_t t = 0; t + lag < c.frames; t++) {
    const float *a = c.frame(t), *b = c.frame(t + lag);
    for (size_t g = 0; g < kGroups; g++) {
      float sum = 0;
      for (size_t i = g * in_group; i < (g + 1) * in_group; i++) sum += (b[i] - a[i]) * (b[i] - a[i]);
      d.group[g] += static_cast<double>(sum);
    }
    const double step = static_cast<double>(c.level[t + lag]) - static_cast<double>(c.level[t]);
    d.level += step * step;
  }
  const auto count = static_cast<double>(c.frames - lag);
  for (double& g : d.group) d.all += g / kGroups, g /= count * static_cast<double>(in_group);
  d.all = d.all * kGroups / (count * static_cast<double>(c.bands));
  d.level /= count;
  return d;
}

// Form: how the mean spectra of `parts` parts vary, and how neighbours differ, in squares per band.
std::array<double, 2> form(const Clip& c, size_t parts) {
  const size_t length = c.frames / parts;
  std::vector<double> mean(parts * c.bands), total(c.bands);
  for (size_t p = 0; p < parts; p++)
    for (size_t t = p * length; t < (p + 1) * length; t++)
      for (size_t b = 0; b < c.bands; b++)
        mean[p * c.bands + b] += static_cast<double>(c.frame(t)[b]) / static_cast<double>(length);
  for (size_t i = 0; i < mean.size(); i++) total[i % c.bands] += mean[i] / static_cast<double>(parts);
  double variance = 0, steps = 0;
  for (size_t i = 0; i < mean.size(); i++) {
    const double d = mean[i] - total[i % c.bands], step = i < c.bands ? 0 : mean[i] - mean[i - c.bands];
    variance += d * d, steps += step * step;
  }
  const auto bands = static_cast<double>(c.bands);
  return {variance / (bands * static_cast<double>(parts)), steps / (bands * static_cast<double>(parts - 1))};
}

// Mean and variance over time of each band.
struct Spectrum {
  std::vector<double> mean, variance;
};
Spectrum spectrum(const Clip& c) {
  Spectrum s{std::vector<double>(c.bands), std::vector<double>(c.bands)};
  const auto frames = static_cast<double>(c.frames);
  for (size_t i = 0; i < c.z.size(); i++) s.mean[i % c.bands] += static_cast<double>(c.z[i]) / frames;
  for (size_t i = 0; i < c.z.size(); i++) {
    const double d = static_cast<double>(c.z[i]) - s.mean[i % c.bands];
    s.variance[i % c.bands] += d * d / frames;
  }
  return s;
}

double mean_of(const std::vector<double>& v, size_t first, size_t count) {
  double sum = 0;
  for (size_t i = first; i < first + count; i++) sum += v[i];
  return sum / static_cast<double>(count);
}

}  // namespace

std::vector<float> traits(std::span<const uint16_t> features, size_t bands) {
  SOTTO_CHECK(bands % kGroups == 0 && bands % kCoarse == 0 && features.size() / bands > 4);
  const Clip c = clip_of(features, bands);
  const Spectrum s = spectrum(c);
  std::vector<float> out;
  float level = 0;
  for (float l : c.level) level += l / static_cast<float>(c.frames);
  out.push_back(level);
  for (size_t i = 0; i < kCoarse; i++) {
    const size_t width = bands / kCoarse;
    out.push_back(static_cast<float>(mean_of(s.mean, i * width, width)));
    out.push_back(log_square(mean_of(s.variance, i * width, width)));
  }
  const float variation = log_square(mean_of(s.variance, 0, bands));
  out.push_back(variation);
  for (size_t lag : lags(c.frames, 80)) {
    const float d = log_square(differences(c, lag).all);
    out.push_back(d), out.push_back(d - variation);
  }
  for (size_t lag : lags(c.frames, 20)) {
    const Differences d = differences(c, lag);
    for (double g : d.group) out.push_back(log_square(g));
    out.push_back(log_square(d.level));
  }
  for (size_t parts : kParts)
    for (double f : form(c, std::min(parts, c.frames / 2)))
      out.push_back(log_square(f)), out.push_back(log_square(f) - variation);
  return out;
}

}  // namespace sotto::judge::train
