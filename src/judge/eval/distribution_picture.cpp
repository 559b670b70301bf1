// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/distribution_picture.h"

#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "judge/eval/metrics.h"

namespace sotto::judge {
namespace {

constexpr double kWidth = 1200, kLeft = 215, kRight = 60, kTop = 90, kRow = 130, kBottom = 70;
constexpr double kInner = kWidth - kLeft - kRight;
constexpr size_t kBins = 50;

struct Color {
  double r, g, b;
};
// Okabe and Ito's palette, which people who see few colours can tell apart.
constexpr Color kColors[] = {{0.00, 0.45, 0.70}, {0.84, 0.37, 0.00}, {0.00, 0.62, 0.45}, {0.80, 0.47, 0.65}, {0.90, 0.62, 0.00}, {0.34, 0.71, 0.91}};
constexpr Color kInk{0.13, 0.13, 0.15}, kGrid{0.86, 0.86, 0.88};

struct Release {
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_t* c) const { cairo_destroy(c); }
};

void set_color(cairo_t* canvas, Color c) { cairo_set_source_rgb(canvas, c.r, c.g, c.b); }

void text(cairo_t* canvas, double x, double y, double size, const std::string& words) {
  cairo_set_font_size(canvas, size);
  cairo_move_to(canvas, x, y);
  cairo_show_text(canvas, words.c_str());
}

void line(cairo_t* canvas, double x0, double y0, double x1, double y1, double width) {
  cairo_set_line_width(canvas, width);
  cairo_move_to(canvas, x0, y0);
  cairo_line_to(canvas, x1, y1);
  cairo_stroke(canvas);
}

void draw_axis(cairo_t* canvas, double bottom, double highest) {
  for (int tick = 0; tick <= 10; tick++) {
    const double x = kLeft + kInner * tick / 10;
    set_color(canvas, kGrid);
    line(canvas, x, kTop, x, bottom, 1);
    char label[32];
    std::snprintf(label, sizeof label, "%g", highest * tick / 10);
    set_color(canvas, kInk);
    text(canvas, x - 8, bottom + 26, 16, label);
  }
}

// A histogram whose highest bar fills the row, with a mark at the median.
void draw_row(cairo_t* canvas, double base, const Distribution& d, double highest, Color color) {
  set_color(canvas, kInk);
  text(canvas, 24, base - 40, 19, d.name);
  if (d.scores.empty()) return text(canvas, 24, base - 18, 14, "none");
  const double median = percentile(d.scores, 0.5);
  char facts[64];
  std::snprintf(facts, sizeof facts, "%zu, median %.2f", d.scores.size(), median);
  text(canvas, 24, base - 18, 14, facts);
  size_t bars[kBins] = {};
  for (const double score : d.scores) bars[std::min(kBins - 1, static_cast<size_t>(std::max(0.0, score / highest * kBins)))]++;
  const double most = static_cast<double>(*std::max_element(bars, bars + kBins)), width = kInner / kBins;
  set_color(canvas, color);
  for (size_t i = 0; i < kBins; i++) {
    const double height = (kRow - 30) * static_cast<double>(bars[i]) / most;
    cairo_rectangle(canvas, kLeft + width * static_cast<double>(i) + 1, base - height, width - 2, height);
    cairo_fill(canvas);
  }
  set_color(canvas, kInk);
  const double x = kLeft + kInner * std::clamp(median / highest, 0.0, 1.0);
  line(canvas, x, base - kRow + 24, x, base, 3);
}

void draw(cairo_t* canvas, double height, const std::string& title, const std::vector<Distribution>& list, double highest) {
  cairo_set_source_rgb(canvas, 1, 1, 1);
  cairo_paint(canvas);
  cairo_select_font_face(canvas, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  set_color(canvas, kInk);
  text(canvas, 24, 48, 26, title);
  draw_axis(canvas, height - kBottom, highest);
  for (size_t i = 0; i < list.size(); i++)
    draw_row(canvas, kTop + kRow * static_cast<double>(i + 1), list[i], highest, kColors[i % std::size(kColors)]);
}

}  // namespace

Status write_distributions(const std::string& path, const std::string& title, const std::vector<Distribution>& list, double highest) {
  SOTTO_CHECK(highest > 0);
  const bool svg = path.ends_with(".svg");
  if (!svg && !path.ends_with(".png")) return usage_error(path + ": a picture ends with .png or .svg");
  const double height = kTop + kRow * static_cast<double>(list.size()) + kBottom;
  const std::unique_ptr<cairo_surface_t, Release> surface(
      svg ? cairo_svg_surface_create(path.c_str(), kWidth, height)
          : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(kWidth), static_cast<int>(height)));
  const std::unique_ptr<cairo_t, Release> canvas(cairo_create(surface.get()));
  draw(canvas.get(), height, title, list, highest);
  cairo_status_t status = cairo_status(canvas.get());
  if (status == CAIRO_STATUS_SUCCESS && !svg) status = cairo_surface_write_to_png(surface.get(), path.c_str());
  cairo_surface_finish(surface.get());  // writes an SVG
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) return ok_status();
  return environment_error("cannot write " + path + ": " + cairo_status_to_string(status));
}

}  // namespace sotto::judge
