// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/distribution_picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "judge/eval/metrics.h"
#include "sound/picture/canvas.h"

namespace sotto::judge {
namespace {

constexpr double kWidth = 1200, kLeft = 215, kRight = 60, kTop = 90, kRow = 130, kBottom = 70;
constexpr double kInner = kWidth - kLeft - kRight;
constexpr size_t kBins = 50;

constexpr sound::Color kColors[] = {sound::kBlue, sound::kVermilion, sound::kGreen, sound::kPurple, sound::kOrange, sound::kSkyBlue};

void draw_axis(sound::Canvas& canvas, double bottom, double highest) {
  for (int tick = 0; tick <= 10; tick++) {
    const double x = kLeft + kInner * tick / 10;
    canvas.line(x, kTop, x, bottom, 1, sound::kGrid);
    char label[32];
    std::snprintf(label, sizeof label, "%g", highest * tick / 10);
    canvas.text(x - 8, bottom + 26, label, 16);
  }
}

// A histogram whose highest bar fills the row, with a mark at the median.
void draw_row(sound::Canvas& canvas, double base, const Distribution& d, double highest, sound::Color color) {
  canvas.text(24, base - 40, d.name, 19);
  if (d.scores.empty()) return canvas.text(24, base - 18, "none", 14);
  const double median = percentile(d.scores, 0.5);
  char facts[64];
  std::snprintf(facts, sizeof facts, "%zu, median %.2f", d.scores.size(), median);
  canvas.text(24, base - 18, facts, 14);
  size_t bars[kBins] = {};
  for (const double score : d.scores) bars[std::min(kBins - 1, static_cast<size_t>(std::max(0.0, score / highest * kBins)))]++;
  const double most = static_cast<double>(*std::max_element(bars, bars + kBins)), width = kInner / kBins;
  canvas.color(color);
  for (size_t i = 0; i < kBins; i++) {
    const double height = (kRow - 30) * static_cast<double>(bars[i]) / most;
    cairo_rectangle(canvas.cairo(), kLeft + width * static_cast<double>(i) + 1, base - height, width - 2, height);
    cairo_fill(canvas.cairo());
  }
  const double x = kLeft + kInner * std::clamp(median / highest, 0.0, 1.0);
  canvas.line(x, base - kRow + 24, x, base, 3, sound::kInk);
}

void draw(sound::Canvas& canvas, double height, const std::string& title, const std::vector<Distribution>& list, double highest) {
  canvas.font("DejaVu Sans");
  canvas.text(24, 48, title, 26);
  draw_axis(canvas, height - kBottom, highest);
  for (size_t i = 0; i < list.size(); i++)
    draw_row(canvas, kTop + kRow * static_cast<double>(i + 1), list[i], highest, kColors[i % std::size(kColors)]);
}

}  // namespace

Status write_distributions(const std::string& path, const std::string& title, const std::vector<Distribution>& list, double highest) {
  SOTTO_CHECK(highest > 0);
  const double height = kTop + kRow * static_cast<double>(list.size()) + kBottom;
  SOTTO_TRY(sound::Canvas canvas, sound::Canvas::open(path, kWidth, height));
  draw(canvas, height, title, list, highest);
  return canvas.save();
}

}  // namespace sotto::judge
