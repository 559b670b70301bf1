// SPDX-License-Identifier: Apache-2.0
#include "judge/train/portrait.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

constexpr double kSame = 0.35;  // octaves of energy per value: two stretches that differ less sound the same
constexpr double kLongest = 5;  // seconds
constexpr double kRate = 8000, kEmpty = 3;
constexpr size_t kParts = 10;

// The features in octaves of energy.
struct Picture {
  size_t frames, bands;
  std::vector<double> value;  // [frames][bands]
  double at(size_t i, size_t b) const { return value[i * bands + b]; }
};

// The frequency that a band stands for: the mean of its filter.
std::vector<double> centres(const Network& net) {
  std::vector<double> out(net.bands);
  for (size_t b = 0; b < net.bands; b++) {
    double sum = 0, weight = 0;
    for (size_t bin = 1; bin < net.bins; bin++) {
      const double w = net.mel[bin * net.bands + b];
      sum += w * static_cast<double>(bin), weight += w;
    }
    out[b] = sum / weight * kRate / (2.0 * net.hop());
  }
  return out;
}

double brightness(const Picture& p, const std::vector<double>& hz) {
  double total = 0;
  for (size_t i = 0; i < p.frames; i++) {
    double sum = 0, weight = 0;
    for (size_t b = 0; b < p.bands; b++) {
      const double energy = std::exp2(p.at(i, b));
      sum += energy * std::log2(hz[b]), weight += energy;
    }
    total += sum / weight;
  }
  return std::exp2(total / static_cast<double>(p.frames));
}

double change(const Picture& p) {
  double total = 0;
  for (size_t b = 0; b < p.bands; b++) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < p.frames; i++) sum += p.at(i, b), squares += p.at(i, b) * p.at(i, b);
    const double n = static_cast<double>(p.frames), mean = sum / n;
    total += std::sqrt(std::max(0.0, squares / n - mean * mean));
  }
  return total / static_cast<double>(p.bands);
}

double difference(const Picture& p, size_t lag) {
  double sum = 0;
  for (size_t j = 0; j + lag * p.bands < p.value.size(); j++) sum += std::abs(p.value[j] - p.value[j + lag * p.bands]);
  return sum / static_cast<double>(p.value.size() - lag * p.bands);
}

// Lags are whole windows, so a bar that is none is found where a multiple of it nearly is one.
double repeats(const Picture& p, double seconds) {
  for (size_t lag = 2; static_cast<double>(lag) * seconds <= kLongest && lag < p.frames; lag++)
    if (difference(p, lag) < kSame) return static_cast<double>(lag) * seconds;
  return 0;
}

double form(const Picture& p) {
  std::vector<double> mean(kParts * p.bands, 0);
  const size_t length = p.frames / kParts;
  for (size_t i = 0; i < kParts * length; i++)
    for (size_t b = 0; b < p.bands; b++) mean[i / length * p.bands + b] += p.at(i, b) / static_cast<double>(length);
  double sum = 0;
  for (size_t first = 0; first < kParts; first++)
    for (size_t second = first + 1; second < kParts; second++)
      for (size_t b = 0; b < p.bands; b++) sum += std::abs(mean[first * p.bands + b] - mean[second * p.bands + b]);
  return sum / static_cast<double>(p.bands * kParts * (kParts - 1) / 2);
}

double empty_share(const Picture& p) {
  size_t count = 0;
  for (size_t i = 0; i < p.frames; i++) {
    const double loudest = *std::max_element(p.value.begin() + static_cast<std::ptrdiff_t>(i * p.bands),
                                             p.value.begin() + static_cast<std::ptrdiff_t>((i + 1) * p.bands));
    for (size_t b = 0; b < p.bands; b++) count += p.at(i, b) < loudest - kEmpty;
  }
  return static_cast<double>(count) / static_cast<double>(p.value.size());
}

}  // namespace

Portrait portrait(const Network& front_end, std::span<const uint16_t> features) {
  Picture p{front_end.frames, front_end.bands, {}};
  for (uint16_t v : features) p.value.push_back(v / static_cast<double>(front_end.log_step));
  return {brightness(p, centres(front_end)), change(p), repeats(p, front_end.hop() / kRate), form(p), empty_share(p)};
}

std::string portrait_cells(const Portrait& p) {
  return format(" %.0f | %.2f | %s | %.2f | %.2f |", p.brightness, p.change,
                p.repeats > 0 ? format("%.2f", p.repeats).c_str() : "-", p.form, p.empty);
}

}  // namespace sotto::judge::train
