// SPDX-License-Identifier: Apache-2.0
// Charts: a white canvas that becomes an SVG or PNG file, its colours, and the frame of a panel.
#pragma once
#include <cairo.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::sound {

struct Color {
  double r, g, b;
};
// Of Okabe and Ito's palette, which people who see few colours can tell apart.
inline constexpr Color kVermilion{0.84, 0.37, 0.00}, kBlue{0.00, 0.45, 0.70}, kGreen{0.00, 0.62, 0.45},
    kPurple{0.80, 0.47, 0.65}, kOrange{0.90, 0.62, 0.00}, kSkyBlue{0.34, 0.71, 0.91};
inline constexpr Color kInk{0.13, 0.13, 0.15}, kGrid{0.88, 0.88, 0.9};

struct CairoRelease {
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_t* c) const { cairo_destroy(c); }
};

// Three panels side by side, and room for a line of text above them.
inline constexpr double kChartWidth = 1500, kChartHeight = 520, kChartLeft = 70;
struct Area {
  double left, top, width, height;
};
Area chart_panel(unsigned i);

struct Tick {
  double at;  // 0 .. 1 along its axis
  std::string label;
};

class Canvas {
 public:
  // Refuses endings other than .svg and .png, as check_ending does before the work whose result is drawn.
  static Result<Canvas> open(const std::string& path, double width, double height);
  static Status check_ending(const std::string& path);
  // Writes the file.
  Status save();

  cairo_t* cairo() const { return cairo_.get(); }
  void color(Color k, double alpha = 1);
  void font(const char* family);
  // In ink. `anchor` 0, 0.5, 1: x is the left end, the middle, the right end.
  void text(double x, double y, const std::string& words, double size, double anchor = 0);
  void line(double x0, double y0, double x1, double y1, double width, Color k);
  // Grid lines and labels at the ticks, the title above, the name of the x axis below.
  void frame(const Area& area, const std::string& title, const std::string& across, const std::vector<Tick>& x,
             const std::vector<Tick>& y);

 private:
  std::string path_;
  std::unique_ptr<cairo_surface_t, CairoRelease> surface_;
  std::unique_ptr<cairo_t, CairoRelease> cairo_;
};

}  // namespace sotto::sound
