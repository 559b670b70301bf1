// SPDX-License-Identifier: Apache-2.0
#include "sound/picture/canvas.h"

#include <cairo-svg.h>

namespace sotto::sound {
namespace {

constexpr double kTop = 60, kBottom = 70, kGap = 70, kRight = 40, kPanels = 3;

bool is_svg(const std::string& path) { return path.ends_with(".svg"); }

}  // namespace

Area chart_panel(unsigned i) {
  const double width = (kChartWidth - kChartLeft - kRight - (kPanels - 1) * kGap) / kPanels;
  return {kChartLeft + i * (width + kGap), kTop, width, kChartHeight - kTop - kBottom};
}

Status Canvas::check_ending(const std::string& path) {
  if (is_svg(path) || path.ends_with(".png")) return ok_status();
  return usage_error(path + ": the picture must be an .svg or a .png file");
}

Result<Canvas> Canvas::open(const std::string& path, double width, double height) {
  SOTTO_TRY_STATUS(check_ending(path));
  Canvas canvas;
  canvas.path_ = path;
  canvas.surface_.reset(
      is_svg(path) ? cairo_svg_surface_create(path.c_str(), width, height)
                   : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)));
  canvas.cairo_.reset(cairo_create(canvas.surface_.get()));
  canvas.color({1, 1, 1});
  cairo_paint(canvas.cairo());
  canvas.font("sans-serif");
  return canvas;
}

Status Canvas::save() {
  cairo_surface_flush(surface_.get());
  cairo_status_t status = cairo_status(cairo_.get());
  if (status == CAIRO_STATUS_SUCCESS && !is_svg(path_))
    status = cairo_surface_write_to_png(surface_.get(), path_.c_str());
  cairo_surface_finish(surface_.get());  // writes an SVG
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface_.get());
  if (status == CAIRO_STATUS_SUCCESS) return ok_status();
  return environment_error("cannot write " + path_ + ": " + cairo_status_to_string(status));
}

void Canvas::color(Color k, double alpha) { cairo_set_source_rgba(cairo(), k.r, k.g, k.b, alpha); }

void Canvas::font(const char* family) {
  cairo_select_font_face(cairo(), family, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

void Canvas::text(double x, double y, const std::string& words, double size, double anchor) {
  cairo_text_extents_t extents;
  cairo_set_font_size(cairo(), size);
  cairo_text_extents(cairo(), words.c_str(), &extents);
  color(kInk);
  cairo_move_to(cairo(), x - anchor * extents.x_advance, y);
  cairo_show_text(cairo(), words.c_str());
}

void Canvas::line(double x0, double y0, double x1, double y1, double width, Color k) {
  color(k);
  cairo_set_line_width(cairo(), width);
  cairo_move_to(cairo(), x0, y0);
  cairo_line_to(cairo(), x1, y1);
  cairo_stroke(cairo());
}

void Canvas::frame(const Area& area, const std::string& title, const std::string& across, const std::vector<Tick>& x,
                   const std::vector<Tick>& y) {
  const double right = area.left + area.width, bottom = area.top + area.height;
  for (const Tick& tick : x) {
    const double at = area.left + area.width * tick.at;
    line(at, area.top, at, bottom, 1, kGrid);
    text(at, bottom + 20, tick.label, 13, 0.5);
  }
  for (const Tick& tick : y) {
    const double at = bottom - area.height * tick.at;
    line(area.left, at, right, at, 1, kGrid);
    text(area.left - 8, at + 5, tick.label, 13, 1);
  }
  text(area.left, area.top - 10, title, 15);
  text(right, bottom + 44, across, 14, 1);
}

}  // namespace sotto::sound
