// SPDX-License-Identifier: Apache-2.0
#include "cli/growth_picture.h"

#include <algorithm>
#include <cmath>

#include "contest/arena/score_text.h"
#include "sound/picture/canvas.h"

namespace sotto::cli {
namespace {

constexpr double kPi = 3.14159265358979323846, kDot = 5;

// An axis from 0 to the first tick above the largest value; ticks at multiples of 1, 2 or 5 times a power of ten.
struct Axis {
  double end = 1;
  std::vector<sound::Tick> ticks;

  explicit Axis(const std::vector<double>& values) {
    const double most = std::max(1e-9, *std::max_element(values.begin(), values.end()));
    const double unit = std::pow(10, std::floor(std::log10(most / 5))), ratio = most / 5 / unit;
    const double step = unit * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
    const double count = std::ceil(most / step * 1.0001);
    end = count * step;
    for (double i = 0; i <= count; ++i) ticks.push_back({i / count, label(i * step)});
  }

  static std::string label(double v) {
    char out[32];
    std::snprintf(out, sizeof out, "%g", v);
    return v >= 1000 ? contest::with_commas(static_cast<uint64_t>(std::llround(v))) : out;
  }
};

void draw_panel(sound::Canvas& canvas, const sound::Area& area, const GrowthPanel& panel) {
  const Axis x(panel.x), y(panel.y);
  canvas.frame(area, panel.title, panel.across, x.ticks, y.ticks);
  const auto across = [&](double v) { return area.left + area.width * v / x.end; };
  const auto up = [&](double v) { return area.top + area.height * (1 - v / y.end); };
  const auto fitted = [&](double v) { return panel.fit.intercept + panel.fit.slope * v; };
  cairo_t* c = canvas.cairo();
  cairo_save(c);
  cairo_rectangle(c, area.left, area.top, area.width, area.height);
  cairo_clip(c);
  canvas.line(across(0), up(fitted(0)), across(x.end), up(fitted(x.end)), 2.2, sound::kBlue);
  cairo_restore(c);
  canvas.color(sound::kVermilion);
  for (size_t i = 0; i < panel.x.size(); ++i) {
    cairo_arc(c, across(panel.x[i]), up(panel.y[i]), kDot, 0, 2 * kPi);
    cairo_fill(c);
  }
}

}  // namespace

Status write_growth(const std::string& path, const std::string& heading, const std::array<GrowthPanel, 3>& panels) {
  SOTTO_TRY(sound::Canvas canvas, sound::Canvas::open(path, sound::kChartWidth, sound::kChartHeight));
  canvas.text(sound::kChartLeft, 24, heading, 16);
  for (unsigned i = 0; i < panels.size(); ++i) draw_panel(canvas, sound::chart_panel(i), panels[i]);
  return canvas.save();
}

}  // namespace sotto::cli
